#!/bin/sh
# Builds the guest objects: sh testdata/guest/build.sh [OUTDIR]
#
# The committed objects come from gcc 12.2 and binutils 2.40; the same versions
# give the same bytes. Without OUTDIR the committed files are replaced.
set -eu
[ $# -eq 0 ] || { mkdir -p "$1" && out=$(cd "$1" && pwd); }
cd "$(dirname "$0")"
out=${out:-.}
CC=${CC:-gcc}
export LC_ALL=C

# The kernel's own flags as far as they shape code. -fno-ipa-ra is what -pg
# implies: a caller must not rely on which registers a function leaves alone
# when a patch can put another function in its place.
common="-O2 -std=gnu11 -Wall -Wextra -Wno-unused-parameter -I. \
	-mno-sse -mno-red-zone -mcmodel=kernel -fcf-protection=branch -fno-pic \
	-ffreestanding -fno-stack-protector -fno-strict-aliasing -fno-ipa-ra \
	-fasynchronous-unwind-tables -fno-ident"

# set NAME FLAGS...: the guest kernel and the patches, with call sites of one kind.
set_of() {
	name=$1
	shift
	mkdir -p "$out/$name"
	for src in kernel/*.c patches/*.c; do
		obj=$out/$name/$(basename "$src" .c).o
		$CC $common "$@" -c "$src" -o "$obj"
	done
	# All of the guest kernel in one object, for `boot kernel.o`.
	(cd "$out/$name" && ld -r -o kernel.o pair.o calls.o park.o red.o blue.o)
}

set_of fentry -pg -mfentry -mrecord-mcount
set_of nop -pg -mfentry -mrecord-mcount -mnop-mcount
set_of patchable5 -fpatchable-function-entry=5
set_of patchable16_11 -fpatchable-function-entry=16,11
set_of padding16_16 -pg -mfentry -mrecord-mcount -fpatchable-function-entry=16,16
set_of mcount -pg

# Ordinary programs: gcc's defaults, with and without position independence.
program() {
	name=$1
	shift
	mkdir -p "$out/programs/$name"
	for src in arith data; do
		$CC "$@" -std=gnu11 -Wall -Wextra -mgeneral-regs-only -fno-ident \
			-c "programs/$src.c" -o "$out/programs/$name/$src.o"
	done
}

for level in O0 O1 O2 O3 Os; do
	program $level -$level -fpie -fcf-protection=none
done
program O2_nopic -O2 -fno-pic -fcf-protection=branch
program O2_pic -O2 -fpic -fcf-protection=none

# The results of programs/results.txt, from the objects themselves, at every
# level. A level that disagrees with the one before stops the build.
native() {
	tmp=$(mktemp -d)
	trap 'rm -rf "$tmp"' EXIT
	{
		echo '#include <stdio.h>'
		sed -n 's/^[iux][0-9]* \([a-z_0-9]*\).*/extern long \1();/p' programs/results.txt | sort -u
		echo 'int main(void) {'
		awk '
			/^#/ { printf "\tputs(\"%s\");\n", $0; next }
			{
				sub(/ *=.*/, "")
				args = ""; types = ""
				for (i = 3; i <= NF; i++) {
					args = args (i > 3 ? ", " : "") ($i ~ /^-/ || length($i) < 19 ? "(long)" $i : $i "u")
					types = types (i > 3 ? ", " : "") "long"
				}
				t["i8"] = "signed char"; t["u8"] = "unsigned char"; t["i16"] = "short"; t["u16"] = "unsigned short"
				t["i32"] = "int"; t["u32"] = "unsigned int"; t["i64"] = "long"; t["u64"] = t["x64"] = "unsigned long"
				f["i"] = "%ld"; f["u"] = "%lu"; f["x"] = "%#lx"
				printf "\tprintf(\"%s = %s\\n\", (%s)(%s)((long (*)(%s))%s)(%s));\n", $0, f[substr($1, 1, 1)], \
					$1 ~ /^i/ ? "long" : "unsigned long", t[$1], types, $2, args
			}' programs/results.txt
		echo '}'
	} >"$tmp/main.c"
	for level in O0 O1 O2 O3 Os O2_nopic O2_pic; do
		pie=-pie
		[ $level = O2_nopic ] && pie=-no-pie
		$CC -w $pie -o "$tmp/main" -fpie "$tmp/main.c" "$out/programs/$level/arith.o" "$out/programs/$level/data.o"
		"$tmp/main" >"$tmp/new"
		if [ -e "$tmp/old" ] && ! cmp "$tmp/old" "$tmp/new"; then
			echo "build.sh: programs/$level gives other results" >&2
			exit 1
		fi
		mv "$tmp/new" "$tmp/old"
	done
	cp "$tmp/old" "$out/programs/results.txt"
}
native
