/* Checksums, bit by bit (lib/crc32.c, lib/crc16.c, lib/crc-ccitt.c, lib/crc-itu-t.c). */
#include "kernel.h"

static u32 reflected(u32 crc, const u8 *p, size_t n, u32 poly)
{
	while (n--) {
		crc ^= *p++;
		for (int i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? poly : 0);
	}
	return crc;
}

u32 crc32_le(u32 crc, const u8 *p, size_t n) { return reflected(crc, p, n, 0xedb88320); }
u32 __crc32c_le(u32 crc, const u8 *p, size_t n) { return reflected(crc, p, n, 0x82f63b78); }
u16 crc16(u16 crc, const u8 *p, size_t n) { return reflected(crc, p, n, 0xa001); }
u16 crc_ccitt(u16 crc, const u8 *p, size_t n) { return reflected(crc, p, n, 0x8408); }

u32 crc32_be(u32 crc, const u8 *p, size_t n)
{
	while (n--) {
		crc ^= (u32)*p++ << 24;
		for (int i = 0; i < 8; i++)
			crc = crc << 1 ^ (crc & 0x80000000 ? 0x04c11db7 : 0);
	}
	return crc;
}

u16 crc_itu_t(u16 crc, const u8 *p, size_t n)
{
	while (n--) {
		crc ^= (u16)*p++ << 8;
		for (int i = 0; i < 8; i++)
			crc = crc << 1 ^ (crc & 0x8000 ? 0x1021 : 0);
	}
	return crc;
}
