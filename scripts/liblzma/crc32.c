// SPDX-License-Identifier: GPL-2.0-or-later
/* liblzma's CRC32, implemented by zlib's: saves a table in the binary and is as fast. */
#include <lzma.h>
#include <zlib.h>

/* For data NULL, zlib would return the initial CRC. */
uint32_t lzma_crc32(const uint8_t *data, size_t size, uint32_t crc)
{
	return size ? (uint32_t)crc32_z(crc, data, size) : crc;
}
