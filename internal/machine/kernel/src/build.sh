#!/bin/sh
# Rebuilds the committed objects of the core kernel text, byte for byte, with
# GNU as 2.40: sh build.sh [OUTDIR]
set -eu
[ $# -eq 0 ] || { mkdir -p "$1" && out=$(cd "$1" && pwd); }
cd "$(dirname "$0")"
out=${out:-..}
for f in entry ftrace services sched lib modules notifier irq tracers percpu signal syscall exports jumplabel; do
	as --64 -I . -o "$out/$f.o" "$f.S"
done
for f in kobject string number bits container crc seqfile xarray nls libgcc; do
	gcc -c -O2 -std=gnu11 -Wall -Wextra -mno-sse -mno-red-zone -mcmodel=kernel -mgeneral-regs-only \
		-fcf-protection=branch -fno-pic -ffreestanding -fno-stack-protector -fno-optimize-sibling-calls \
		-fno-strict-aliasing \
		-fno-tree-loop-distribute-patterns -fasynchronous-unwind-tables -fno-ident -o "$out/$f.o" $f.c
done
