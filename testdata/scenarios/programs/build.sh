#!/bin/sh
# Builds the programs: sh build.sh [OUTDIR]
#
# The committed ones come from gcc 12.2 and binutils 2.40.
set -eu
[ $# -eq 0 ] || { mkdir -p "$1" && out=$(cd "$1" && pwd); }
cd "$(dirname "$0")"
out=${out:-.}
flags="-O2 -std=gnu11 -Wall -ffreestanding -nostdinc -I include -nostdlib -mgeneral-regs-only
	-fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables -fno-ident
	-fno-tree-loop-distribute-patterns -Wl,--build-id=none -Wl,-z,noexecstack -s"
for name in hammer calls; do
	${CC:-gcc} $flags -static -o "$out/$name" "$name.c" libc.c
done
${CC:-gcc} $flags -static-pie -fpie -o "$out/calls-pie" calls.c libc.c
