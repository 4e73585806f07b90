#!/bin/sh
# Builds the objects and the BTF of this directory with gcc, objcopy and pahole.
set -e
cd "$(dirname "$0")"
cc='gcc -c -O2 -fno-pie -fno-asynchronous-unwind-tables -fdebug-prefix-map='"$PWD"'=.'
$cc -g -gdwarf-5 structs.c -o dwarf5.o
$cc -g -gdwarf-4 structs.c -o dwarf4.o
tmp=$(mktemp -d)
trap 'rm -r "$tmp"' EXIT
for s in structs base module; do $cc -g $s.c -o "$tmp/$s.o"; done
raw() { objcopy -O binary --only-section=.BTF --set-section-flags .BTF=alloc "$1" "$2"; }
pahole -J "$tmp/structs.o" && raw "$tmp/structs.o" structs.btf
pahole -J "$tmp/base.o" && raw "$tmp/base.o" base.btf
pahole -J --btf_base base.btf "$tmp/module.o" && raw "$tmp/module.o" module.btf
