#!/bin/sh
# Builds the guest modules of these scenarios: sh build.sh [OUTDIR]
# The committed objects come from gcc 12.2.
set -eu
[ $# -eq 0 ] || { mkdir -p "$1" && out=$(cd "$1" && pwd); }
cd "$(dirname "$0")"
out=${out:-$PWD}
export LC_ALL=C
for src in *.c; do
	name=${src%.c}
	${CC:-gcc} -O2 -std=gnu11 -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers \
		-I../recorded/test_modules -mno-sse -mno-red-zone -mcmodel=kernel -fcf-protection=branch -fno-pic \
		-ffreestanding -fno-stack-protector -fno-strict-aliasing -fno-ipa-ra -fasynchronous-unwind-tables \
		-fno-ident -pg -mfentry -mrecord-mcount -DKBUILD_MODNAME="\"$name\"" -c "$src" -o "$out/$name.o"
done
