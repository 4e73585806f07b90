#!/bin/sh
# Rebuilds the committed objects of the core kernel text, byte for byte, with
# GNU as 2.40: sh build.sh [OUTDIR]
set -eu
[ $# -eq 0 ] || { mkdir -p "$1" && out=$(cd "$1" && pwd); }
cd "$(dirname "$0")"
out=${out:-..}
for f in entry ftrace services sched lib modules notifier irq tracers percpu signal; do
	as --64 -I . -o "$out/$f.o" "$f.S"
done
