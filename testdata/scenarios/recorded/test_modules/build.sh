#!/bin/sh
# Builds the guest modules and the kernel image: sh build.sh [OUTDIR]
#
# The committed objects come from gcc 12.2 and binutils 2.40; the same versions
# give the same bytes. Without OUTDIR the committed files are replaced.
set -eu
[ $# -eq 0 ] || { mkdir -p "$1" && out=$(cd "$1" && pwd); }
cd "$(dirname "$0")"
out=${out:-$PWD}
export LC_ALL=C

# compile NAME SOURCE OUTPUT [FLAG...]
compile() {
	name=$1 src=$2 obj=$3
	shift 3
	${CC:-gcc} -O2 -std=gnu11 -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers -I. \
		-mno-sse -mno-red-zone -mcmodel=kernel -fcf-protection=branch -fno-pic -ffreestanding \
		-fno-stack-protector -fno-strict-aliasing -fno-ipa-ra -fasynchronous-unwind-tables -fno-ident \
		-pg -mfentry -mrecord-mcount -DKBUILD_MODNAME="\"$name\"" "$@" -c "$src" -o "$obj"
}

for src in *.c; do
	name=${src%.c}
	compile "$(echo "$name" | tr - _)" "$src" "$out/$name.o"
done

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
compile vmlinux kernel/procfs.c "$tmp/procfs.o" -fno-tree-loop-distribute-patterns
parts=procfs.o
for i in 01 02 03 04 05 06 07 08 09 10 11 12 13; do
	compile vmlinux kernel/type_show.c "$tmp/type_show_$i.o" -DTABLE=type_table_$i
	parts="$parts type_show_$i.o"
done
(cd "$tmp" && ld -r -o "$out/kernel.o" $parts)
