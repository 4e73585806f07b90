#!/bin/sh
# Builds the kernel modules of this directory: sh build.sh [OUTDIR]
#
# OBJTOOL is the objtool of a 6.12 kernel (Debian: /usr/lib/linux-kbuild-6.12*/
# tools/objtool/objtool.real-x86); it adds .return_sites, .call_sites and .orc_unwind. The
# committed files come from gcc 12.2, binutils 2.40, pahole 1.24 and Debian's
# objtool 6.12.
set -eu
: "${OBJTOOL:?set it to the objtool of a 6.12 kernel}"
[ $# -eq 0 ] || { mkdir -p "$1" && out=$(cd "$1" && pwd); }
cd "$(dirname "$0")"
out=${out:-$PWD}
export LC_ALL=C
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# The flags of Debian's kernel for amd64, as far as they change code.
compile() { # NAME SOURCE OUTPUT [FLAG...]
	name=$1 src=$2 obj=$3
	shift 3
	${CC:-gcc} -std=gnu11 -O2 -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers -I. \
		-fshort-wchar -funsigned-char -fno-common -fno-PIE -fno-strict-aliasing -mno-sse -mno-mmx -mno-sse2 \
		-mno-80387 -mno-fp-ret-in-387 -fcf-protection=branch -fno-jump-tables -mpreferred-stack-boundary=3 \
		-mskip-rax-setup -mno-red-zone -mcmodel=kernel -fno-asynchronous-unwind-tables -ffreestanding \
		-mindirect-branch=thunk-extern -mindirect-branch-register -mindirect-branch-cs-prefix \
		-mfunction-return=thunk-extern -mharden-sls=all -fpatchable-function-entry=16,16 \
		-fno-delete-null-pointer-checks -fno-allow-store-data-races -fstack-protector-strong \
		-ftrivial-auto-var-init=zero -pg -mrecord-mcount -mfentry -falign-functions=16 -fno-strict-overflow \
		-fconserve-stack -fno-ident -fdebug-prefix-map="$PWD"=. -DKBUILD_MODNAME="\"$name\"" "$@" -c "$src" -o "$obj"
}

# modpost writes the source of the last object: what the module says of itself,
# its struct module, and the version of each symbol that it wants.
modpost() { # NAME OBJECT HIDDEN
	cat <<EOF
#include "kernel.h"
MODULE_INFO(name, "$1");
MODULE_INFO(depends, "");
MODULE_INFO(retpoline, "Y");
MODULE_INFO(vermagic, "6.12.117+deb12-cloud-amd64 SMP preempt mod_unload modversions ");
int init_module(void);
void cleanup_module(void);
struct module __this_module __attribute__((section(".gnu.linkonce.this_module"), aligned(64))) = {
	.name = "$1", .init = init_module, .exit = cleanup_module,
};
static const struct { unsigned long crc; char name[56]; } versions[]
__attribute__((used, section("__versions"), aligned(32))) = {
EOF
	for sym in module_layout $(nm -u "$2" | awk '{ print $2 }' | grep -v '^__this_module$'); do
		case " $3" in *".$sym,"*) continue ;; esac
		awk -v s="$sym" '$2 == s { printf "\t{ %s, \"%s\" },\n", $1, s; n++ }
			END { if (!n) { print "no version of " s > "/dev/stderr"; exit 1 } }' symvers
	done
	echo "};"
}

for src in *.c; do
	name=${src%.c}
	debug=
	hidden=
	case $name in
	lp_cmdline | lp_wide | lp_foreign) debug=-gdwarf-5 ;; # have their layouts in .debug_info
	lp_state1) debug=-g ;;         # in .BTF
	lp_hidden) hidden='vmlinux.saved_command_line,0 cb_worker.block,1' ;;
	esac
	compile "$name" "$src" "$tmp/$name.o" $debug
	"$OBJTOOL" --hacks=jump_label --hacks=noinstr --hacks=skylake --ibt --orc --retpoline --rethunk --sls \
		--static-call --uaccess --prefix=16 --link --module "$tmp/$name.o"
	modpost "$name" "$tmp/$name.o" "$hidden" >"$tmp/$name.mod.c"
	compile "$name" "$tmp/$name.mod.c" "$tmp/$name.mod.o"
	ld -r -m elf_x86_64 -z noexecstack --build-id=sha1 -T module.lds -o "$out/$name.ko" "$tmp/$name.o" "$tmp/$name.mod.o"
	[ -z "$hidden" ] || python3 klp-convert.py "$out/$name.ko" $hidden
	if [ "$name" = lp_state1 ]; then
		pahole -J "$out/$name.ko"
		strip -g "$out/$name.ko"
	fi
done
