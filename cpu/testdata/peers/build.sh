#!/bin/sh
# Builds the peers that BenchmarkRatio can measure beside klpemu. It needs gcc and
# Debian's libunicorn-dev. Nothing else in the tree uses them.
set -e
cd "$(dirname "$0")"
gcc -O2 -Wall -o "${1:-/tmp}/unicorn" unicorn.c -lunicorn
