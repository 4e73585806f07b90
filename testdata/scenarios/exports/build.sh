#!/bin/sh
# Builds the guest code of the scenarios with gcc 12.2: sh build.sh [OUTDIR]
# The same version gives the same bytes.
set -eu
[ $# -eq 0 ] || { mkdir -p "$1" && out=$(cd "$1" && pwd); }
cd "$(dirname "$0")"
out=${out:-.}
export LC_ALL=C
for src in *.c; do
	name=${src%.c}
	gcc -O2 -std=gnu11 -Wall -Wextra -Wno-unused-parameter -I. -mno-sse -mno-red-zone -mcmodel=kernel \
		-fcf-protection=branch -fno-pic -ffreestanding -fno-strict-aliasing -fno-ipa-ra \
		-fno-optimize-sibling-calls -fstack-protector-strong -mfunction-return=thunk-extern \
		-mindirect-branch=thunk-extern -mindirect-branch-register -fasynchronous-unwind-tables \
		-fno-ident -pg -mfentry -mrecord-mcount -DMODNAME="\"$name\"" -c "$src" -o "$out/$name.o"
done
