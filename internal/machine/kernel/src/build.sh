#!/bin/sh
# Rebuilds the committed objects of the core kernel text, byte for byte, with
# GNU as 2.40 and gcc 12: sh build.sh [OUTDIR]
set -eu
[ $# -eq 0 ] || { mkdir -p "$1" && out=$(cd "$1" && pwd); }
cd "$(dirname "$0")"
out=${out:-..}
for f in entry ftrace services sched lib modules irq tracers; do
	as --64 -I . -o "$out/$f.o" "$f.S"
done
gcc -c -O2 -pg -mfentry -mrecord-mcount -mno-sse -mno-red-zone -mcmodel=kernel \
	-mgeneral-regs-only -fcf-protection=branch -fno-pic -ffreestanding \
	-fno-stack-protector -fno-optimize-sibling-calls -fno-ident \
	-o "$out/builtin.o" builtin.c
