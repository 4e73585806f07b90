#!/bin/sh
# Builds the kernel modules of these scenarios: sh build.sh [OUTDIR]
# What modpost and objtool add to a module is written by hand: see mod.S and
# patched.S. The committed files come from gcc 12.2 and binutils 2.40.
set -eu
[ $# -eq 0 ] || { mkdir -p "$1" && out=$(cd "$1" && pwd); }
cd "$(dirname "$0")"
out=${out:-$PWD}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export LC_ALL=C

# module NAME SOURCE FLAGS...: FLAGS are for mod.S
module() {
	name=$1 src=$2
	shift 2
	case $src in
	*.c)
		${CC:-gcc} -O2 -std=gnu11 -Wall -Wextra -Wno-unused-parameter -I../recorded/test_modules \
			-mno-sse -mno-red-zone -mcmodel=kernel -fcf-protection=branch -fno-pic -ffreestanding \
			-fno-stack-protector -fno-strict-aliasing -fno-ipa-ra -fno-asynchronous-unwind-tables -fno-ident \
			-fno-common -mfunction-return=thunk-extern -pg -mfentry -mrecord-mcount \
			-DKBUILD_MODNAME="\"$name\"" -c "$src" -o "$tmp/$name.o"
		;;
	*) ${CC:-gcc} -c "$src" -o "$tmp/$name.o" ;;
	esac
	${CC:-gcc} "$@" -DNAME="\"$name\"" -c mod.S -o "$tmp/$name.mod.o"
	ld -r -o "$out/$name.ko" "$tmp/$name.o" "$tmp/$name.mod.o"
}

module hello hello.c -DINTREE
module newer hello.c -DVERMAGIC='"6.18.0-1-amd64 SMP preempt mod_unload modversions "' -DLAYOUT=0x12345678
module nopreempt hello.c -DVERMAGIC='"6.12.117+deb12-cloud-amd64 SMP mod_unload modversions "'
module forced hello.c -DNOVERSIONS
module binary hello.c -DLICENSE='"Proprietary"'
module supplier supplier.c -DINTREE
module user user.c -DINTREE
module unfree user.c -DLICENSE='"Proprietary"'
module missing missing.c -DINTREE
module warns warns.S -DINTREE
module patched patched.S -DINTREE
module keys keys.S -DINTREE
