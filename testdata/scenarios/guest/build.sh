#!/bin/sh
# Builds the guest code of the scenarios with gcc 12.2: sh build.sh [OUTDIR]
# The same version gives the same bytes.
set -eu
[ $# -eq 0 ] || { mkdir -p "$1" && out=$(cd "$1" && pwd); }
cd "$(dirname "$0")"
out=${out:-.}
export LC_ALL=C

# compile SOURCE OBJECT FLAGS...
compile() {
	src=$1 obj=$2
	shift 2
	gcc -O2 -std=gnu11 -Wall -Wextra -Wno-unused-parameter -I. -I../transition \
		-mno-sse -mno-red-zone -mcmodel=kernel -fcf-protection=branch -fno-pic -ffreestanding \
		-fno-stack-protector -fno-strict-aliasing -fno-ipa-ra -fno-optimize-sibling-calls \
		-fasynchronous-unwind-tables -fno-ident -pg -mfentry -mrecord-mcount "$@" \
		-c "$src" -o "$out/$obj"
}

for name in lab_klp_a lab_klp_b lab_klp_c test_klp_livepatch test_klp_atomic_replace; do
	compile show.c $name.o "-DMODNAME=\"$name\""
done
for name in livepatch_sample lab_klp_multi test_klp_callbacks_mod vmlinux types syscall enodev demo2 count count_patch; do
	compile $name.c $name.o
done
