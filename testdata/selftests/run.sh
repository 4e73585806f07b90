#!/bin/sh
# Runs the kernel's own livepatch selftests with klpemu: sh run.sh [WORKDIR]
#
# Debian's packages of the 6.12 kernel are fetched and unpacked below WORKDIR
# (default: ./klpemu-selftests), the selftests' modules are built from the sources
# in them as they are, and the seven scripts run with `klpemu sh`. Nothing is
# installed, and nothing needs root; what is there already is not fetched again.
#
# Needed: a Debian (or derivative) with a source of packages that has
# linux-source-6.12, such as bookworm-security or bookworm-backports; gcc-12,
# make, libelf1, xz-utils, Go. KLPEMU names a klpemu that is built already,
# VERSION another 6.12 kernel than the newest (6.12.117+deb12).
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
mkdir -p "${1:-klpemu-selftests}"
work=$(cd "${1:-klpemu-selftests}" && pwd)
cd "$work"

say() { printf '%s\n' "$*" >&2; }

# The version that apt offers: the name of the headers' package has it.
version=${VERSION:-$(apt-cache depends linux-headers-cloud-amd64 linux-headers-6.12-cloud-amd64 2>/dev/null |
	sed -n 's/^ *Depends: linux-headers-\(6\.12\.[^ ]*\)-cloud-amd64$/\1/p' | sort -V | tail -n 1)}
[ -n "$version" ] || version=$(apt-cache pkgnames linux-headers-6.12. | sed -n 's/^linux-headers-\(.*\)-cloud-amd64$/\1/p' | sort -V | tail -n 1)
if [ -z "$version" ]; then
	say "apt knows no linux-headers-6.12.*-cloud-amd64; add bookworm-security or bookworm-backports and run apt-get update"
	exit 2
fi
say "kernel $version"

# fetch PACKAGE unpacks a package below root/.
fetch() {
	[ ! -e "root/.have-$1" ] || return 0
	say "fetching $1"
	apt-get -q download "$1" >&2
	dpkg-deb -x "$1"_*.deb root
	rm -f "$1"_*.deb
	touch "root/.have-$1"
}
mkdir -p root
fetch linux-source-6.12
fetch "linux-headers-$version-cloud-amd64"
fetch "linux-headers-$version-common"
fetch "linux-kbuild-$version"

src=$work/src/tools/testing/selftests/livepatch
if [ ! -d "$src" ]; then
	say "unpacking the sources"
	mkdir -p src
	tar -xf root/usr/src/linux-source-6.12.tar.xz -C src --strip-components=1 --wildcards \
		'linux-source-6.12/tools/testing/selftests/livepatch' 'linux-source-6.12/samples/livepatch'
fi

# The headers name each other by their places on an installed system.
kdir=$work/root/usr/src/linux-headers-$version-cloud-amd64
sed -i "s|include /usr/src/|include $work/root/usr/src/|" "$kdir/Makefile"

if [ ! -e "$src/test_modules/test_klp_livepatch.ko" ]; then
	say "building the modules"
	make -s -C "$kdir" M="$src/test_modules" modules >&2
fi

# The program that hammers getpid(), as it is, with the C library of the tests: it
# needs no instruction that klpemu lacks.
programs=$top/testdata/scenarios/programs
if [ ! -e "$src/test_klp-call_getpid" ]; then
	gcc -O2 -static -nostdlib -nostdinc -ffreestanding -fno-stack-protector -fno-pie -no-pie -mgeneral-regs-only \
		-fcf-protection=none -fno-asynchronous-unwind-tables -I"$programs/include" \
		"$src/test_klp-call_getpid.c" "$programs/libc.c" -o "$src/test_klp-call_getpid"
fi

if [ -z "${KLPEMU:-}" ]; then
	KLPEMU=$work/klpemu
	(cd "$top" && CGO_ENABLED=0 go build -o "$KLPEMU" ./cmd/klpemu)
fi

ok=0 bad=0
cd "$src"
for script in test-livepatch.sh test-callbacks.sh test-shadow-vars.sh test-state.sh test-ftrace.sh test-sysfs.sh test-syscall.sh; do
	status=0
	KDIR=$kdir "$KLPEMU" sh "$script" >"$work/$script.out" 2>&1 || status=$?
	n=$(grep -c '^ok' "$work/$script.out" || true)
	tests=$(grep -c '^TEST: ' "$work/$script.out" || true)
	ok=$((ok + n)) bad=$((bad + tests - n))
	say "$script: $n of $tests ok, exit status $status"
	[ "$status" -eq 0 ] || sed 's/^/    /' "$work/$script.out" | tail -n 20 >&2
done
echo "$ok ok, $bad not ok"
[ "$bad" -eq 0 ] && [ "$ok" -eq 25 ]
