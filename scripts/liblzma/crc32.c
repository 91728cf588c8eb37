// SPDX-License-Identifier: GPL-2.0-or-later
/* liblzma's CRC32, which is zlib's: one table in the binary less, and no slower. */
#include <lzma.h>
#include <zlib.h>

/* Of no data, which may be NULL, zlib would give the CRC that one begins with. */
uint32_t lzma_crc32(const uint8_t *data, size_t size, uint32_t crc)
{
	return size ? (uint32_t)crc32_z(crc, data, size) : crc;
}
