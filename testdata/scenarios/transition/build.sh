#!/bin/sh
# Builds the guest code of the transition scenarios with gcc 12.2.
set -eu
cd "$(dirname "$0")"
for src in *.c; do
	name=${src%.c}
	cfi=-fasynchronous-unwind-tables
	[ "$name" = blind ] && cfi=-fno-asynchronous-unwind-tables
	gcc -O2 -std=gnu11 -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers -I. \
		-mno-sse -mno-red-zone -mcmodel=kernel -fcf-protection=branch -fno-pic -ffreestanding \
		-fno-stack-protector -fno-strict-aliasing -fno-ipa-ra -fno-optimize-sibling-calls \
		$cfi -fno-ident -pg -mfentry -mrecord-mcount -DKBUILD_MODNAME="\"$name\"" \
		-c "$src" -o "$name.o"
done
as --64 -o orc.o orc.S
