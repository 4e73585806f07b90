#!/bin/sh
# Builds the vmlinux of the tests, and its parts, with binutils 2.40.
set -e
cd "$(dirname "$0")"
tmp=$(mktemp -d)
trap 'rm -r "$tmp"' EXIT
as vmlinux.s -o "$tmp/a.o"
as twice.s -o "$tmp/b.o"
ld -static -n -T vmlinux.lds "$tmp/a.o" "$tmp/b.o" -o vmlinux
nm -n vmlinux >System.map-6.12.117+deb12-cloud-amd64
strip vmlinux -o "$tmp/stripped"
zstd -q -19 "$tmp/stripped" -o "$tmp/payload"
# What of a bzImage tells where the kernel is: no setup sectors, the header's
# magic, offset and length of the payload, and the size behind the payload.
python3 - "$tmp/payload" <<EOF
import struct, sys
payload = open(sys.argv[1], "rb").read() + b"\0\0\0\0"
head = bytearray(1024)
head[0x202:0x206] = b"HdrS"
struct.pack_into("<II", head, 0x248, 512, len(payload))
open("bzImage", "wb").write(head + payload)
EOF
