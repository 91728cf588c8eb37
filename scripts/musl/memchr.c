// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * memchr(3) for static binaries on x86-64, sixteen bytes at a time.  It finds the end
 * of the line, or of the path, in thousands of lines of modules.order and modules.dep;
 * musl's takes four times as long.  Linked as an object, ahead of musl; other
 * processors use musl's.
 */
#ifdef __x86_64__
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef char v16 __attribute__((vector_size(16), may_alias));

enum { BLOCK = sizeof(v16) };

/*
 * An aligned block lies within one page, so bytes outside the buffer can be read
 * safely; they are masked out.
 */
void *memchr(const void *s, int c, size_t n)
{
	const char *begin = s;
	const char *p = (const char *)((uintptr_t)begin & -(uintptr_t)BLOCK);
	const char byte = (char)c;
	const v16 wanted = { byte, byte, byte, byte, byte, byte, byte, byte,
			     byte, byte, byte, byte, byte, byte, byte, byte };
	unsigned skipped = (unsigned)(begin - p), found;

	if (!n)
		return NULL;
	/* Bytes left from p on; on overflow, the maximum. */
	n = n > SIZE_MAX - skipped ? SIZE_MAX : n + skipped;
	found = (unsigned)__builtin_ia32_pmovmskb128(*(const v16 *)p == wanted) >>
		skipped << skipped;
	while (!found) {
		if (n <= BLOCK)
			return NULL;
		n -= BLOCK;
		p += BLOCK;
		found = (unsigned)__builtin_ia32_pmovmskb128(*(const v16 *)p == wanted);
	}
	p += __builtin_ctz(found);
	return (size_t)__builtin_ctz(found) < n ? (void *)(uintptr_t)p : NULL;
}
#endif
