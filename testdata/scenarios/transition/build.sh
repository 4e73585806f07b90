#!/bin/sh
# Builds the guest code of the transition scenarios with gcc 12.2:
# sh build.sh [OUTDIR]. The same version gives the same bytes.
set -eu
[ $# -eq 0 ] || { mkdir -p "$1" && out=$(cd "$1" && pwd); }
cd "$(dirname "$0")"
out=${out:-.}
export LC_ALL=C
for src in *.c; do
	name=${src%.c}
	cfi=-fasynchronous-unwind-tables
	[ "$name" = blind ] && cfi=-fno-asynchronous-unwind-tables
	gcc -O2 -std=gnu11 -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers -I. \
		-mno-sse -mno-red-zone -mcmodel=kernel -fcf-protection=branch -fno-pic -ffreestanding \
		-fno-stack-protector -fno-strict-aliasing -fno-ipa-ra -fno-optimize-sibling-calls \
		$cfi -fno-ident -pg -mfentry -mrecord-mcount -DKBUILD_MODNAME="\"$name\"" \
		-c "$src" -o "$out/$name.o"
done
as --64 -o "$out/orc.o" orc.S
as --64 -o "$out/debugframe.o" debugframe.S
