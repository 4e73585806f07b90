#!/bin/sh
# Builds the peers that BenchmarkRatio can measure beside klpemu, into the directory
# given or /tmp: unicorn, if Debian's libunicorn-dev is there, and qemu, which runs the
# native kernels by Debian's qemu-user. It needs gcc. Nothing else in the tree uses them.
set -e
cd "$(dirname "$0")"
out=${1:-/tmp}
flags="-O2 -mgeneral-regs-only -mcx16 -fno-stack-protector -fno-builtin -fno-pie -c"
gcc $flags -pg -mfentry -mrecord-mcount -mnop-mcount ../programs/kernels.c -o "$out/kernels.o"
for f in main programs runtime; do
	gcc $flags ../programs/$f.c -o "$out/$f.o"
done
gcc -no-pie "$out/kernels.o" "$out/main.o" "$out/programs.o" "$out/runtime.o" -o "$out/native"
cat >"$out/qemu" <<END
#!/bin/sh
shift # the image: qemu runs the same code as a program
exec \${QEMU:-qemu-x86_64} "$out/native" "\$@"
END
chmod +x "$out/qemu"
[ -e /usr/include/unicorn ] || exit 0
gcc -O2 -Wall -o "$out/unicorn" unicorn.c -lunicorn
