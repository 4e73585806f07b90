#!/bin/sh
# Builds the images that the tests run, and records what the same code returns
# natively. Needs gcc 12 and GNU ld; the committed files come from Debian 12.
set -eu
cd "$(dirname "$0")"
tmp=$(mktemp -d)
trap 'rm -r "$tmp"' EXIT
guest="-mno-sse -mgeneral-regs-only -mcx16 -mno-red-zone -mcmodel=kernel -fcf-protection=branch
	-fno-pic -fno-pie -ffreestanding -fno-stack-protector -fno-asynchronous-unwind-tables"
src="kernels.c programs.c runtime.c"

image() { # name, flags...
	name=$1; shift
	for f in $src; do
		gcc $guest "$@" -c "$f" -o "$tmp/${f%.c}.o"
	done
	(cd "$tmp" && ld -static -nostdlib -z noexecstack -z max-page-size=4096 -e 0 --build-id=none \
		-Ttext=0xffffffff81000000 -o "$name.elf" kernels.o programs.o runtime.o)
	cp "$tmp/$name.elf" "$name.elf"
}

native() { # flags...
	gcc -mgeneral-regs-only -mcx16 -fno-stack-protector -fno-builtin "$@" -o "$tmp/native" main.c $src
	"$tmp/native"
}

image O0 -O0
image O1 -O1
image O2 -O2
image O3 -O3
image Os -Os
image v3 -O2 -march=x86-64-v3
image fentry -O2 -pg -mfentry -mrecord-mcount -mnop-mcount

native -O2 >results.txt
for f in -O0 -O1 -O3 -Os "-O2 -march=x86-64-v3"; do
	native $f | cmp - results.txt
done
