#!/bin/sh
# Builds the guest modules of the transition scenarios with gcc 12.2.
set -eu
cd "$(dirname "$0")"
for src in *.c; do
	gcc -O2 -std=gnu11 -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers -I. \
		-mno-sse -mno-red-zone -mcmodel=kernel -fcf-protection=branch -fno-pic -ffreestanding \
		-fno-stack-protector -fno-strict-aliasing -fno-ipa-ra -fno-optimize-sibling-calls \
		-fasynchronous-unwind-tables -fno-ident -pg -mfentry -mrecord-mcount \
		-c "$src" -o "${src%.c}.o"
done
