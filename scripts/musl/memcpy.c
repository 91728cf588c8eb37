// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * memcpy(3) and memmove(3) for static binaries on x86-64.  LZMA decoders copy a few
 * bytes at a time, and musl's memcpy(3) is a "rep movsq", which is slow to start: it
 * makes liblzma 25% slower than on glibc; this one is as fast as glibc's.  Linked as an
 * object, ahead of musl; other processors use musl's.
 */
#ifdef __x86_64__
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Any bytes, of any type and alignment. */
#define ANY __attribute__((aligned(1), may_alias))
typedef uint32_t ANY u32;
typedef uint64_t ANY u64;
typedef long long ANY v16 __attribute__((vector_size(16)));

/* Bytes; from this size on "rep movsb" is fastest. */
enum { REP_MOVSB = 1024 };

/*
 * Overlap is fine if to is below from: the end is loaded before the first store, and
 * each block before it is stored.
 */
static inline void *copy_up(void *to, const void *from, size_t n)
{
	unsigned char *p = to;
	const unsigned char *q = from;

	if (n > 16) {
		unsigned char *end = p + n - 16;
		v16 last = *(const v16 *)(q + n - 16);

		if (n >= REP_MOVSB) {
			__asm__ volatile("rep movsb"
					 : "+D"(p), "+S"(q), "+c"(n)
					 :
					 : "memory");
			return to;
		}
		for (; p < end; p += 16, q += 16)
			*(v16 *)p = *(const v16 *)q;
		*(v16 *)end = last;
	} else if (n >= 8) {
		u64 first = *(const u64 *)q, last = *(const u64 *)(q + n - 8);

		*(u64 *)p = first;
		*(u64 *)(p + n - 8) = last;
	} else if (n >= 4) {
		u32 first = *(const u32 *)q, last = *(const u32 *)(q + n - 4);

		*(u32 *)p = first;
		*(u32 *)(p + n - 4) = last;
	} else if (n) {
		unsigned char first = q[0], middle = q[n / 2], last = q[n - 1];

		p[0] = first;
		p[n / 2] = middle;
		p[n - 1] = last;
	}
	return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	return copy_up(to, from, n);
}

void *memmove(void *to, const void *from, size_t n)
{
	unsigned char *p = to;
	const unsigned char *q = from;

	if ((uintptr_t)p - (uintptr_t)q >= n)
		return copy_up(to, from, n);
	for (; n >= 8; n -= 8) {
		u64 word = *(const u64 *)(q + n - 8);

		*(u64 *)(p + n - 8) = word;
	}
	while (n--)
		p[n] = q[n];
	return to;
}
#endif
