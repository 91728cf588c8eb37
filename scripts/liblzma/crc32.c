// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * liblzma's CRC32, without its table of 8 KB: by the processor's instructions where
 * liblzma (5.8) has code for them and the processor has them, else by zlib's CRC32, which
 * is as fast as liblzma's with tables.
 */
#include <stdbool.h>
#include <zlib.h>

#include "check.h"
#if __has_include("crc_x86_clmul.h")
#include "crc_common.h"
#ifdef CRC_X86_CLMUL
#define BUILDING_CRC_CLMUL 32
#include "crc_x86_clmul.h"
#define BY_PROCESSOR
#elif defined(CRC32_ARM64)
#include "crc32_arm64.h"
#define BY_PROCESSOR
#endif
#endif

#ifdef BY_PROCESSOR
/* In a virtual machine, each CPUID takes microseconds. */
static bool supported(void)
{
	static int answer; /* 0: not asked yet; else 1 or 2 */
	int known = __atomic_load_n(&answer, __ATOMIC_RELAXED);

	if (!known) {
		known = is_arch_extension_supported() ? 2 : 1;
		__atomic_store_n(&answer, known, __ATOMIC_RELAXED);
	}
	return known == 2;
}
#endif

/* For data NULL, zlib would return the initial CRC. */
extern LZMA_API(uint32_t) lzma_crc32(const uint8_t *data, size_t size, uint32_t crc)
{
	if (size == 0)
		return crc;
#ifdef BY_PROCESSOR
	if (supported())
		return crc32_arch_optimized(data, size, crc);
#endif
	return (uint32_t)crc32_z(crc, data, size);
}
