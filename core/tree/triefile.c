// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Access to an index's bytes, in memory or in a file.
 *
 * A lookup visits a few dozen nodes of a file of a megabyte. So a file is read in blocks,
 * each once, when a search first needs it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "tree/triefile.h"

enum { ROOT_AT = 8, HEADER_SIZE = 12, BLOCK = 4096 };

int trie_corrupt(void)
{
	errno = EBADMSG;
	return -1;
}

uint32_t trie_u32(const struct trie *trie, size_t at)
{
	const unsigned char *p = trie->data + at;

	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int read_block(const struct trie *trie, size_t block)
{
	size_t at = block * BLOCK;
	size_t end = trie->size - at > BLOCK ? at + BLOCK : trie->size;

	while (at < end) {
		ssize_t n = pread(trie->fd, trie->data + at, end - at, (off_t)at);

		if (n == 0) /* the file was truncated */
			return trie_corrupt();
		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0)
			at += (size_t)n;
	}
	trie->have[block] = true;
	return 0;
}

bool trie_within(const struct trie *trie, size_t at, size_t n)
{
	size_t block;

	if (at > trie->size || n > trie->size - at)
		return trie_corrupt() == 0;
	for (block = at / BLOCK; trie->have && block * BLOCK < at + n; block++)
		if (!trie->have[block] && read_block(trie, block) < 0)
			return false;
	return true;
}

static int check_header(const struct trie *trie)
{
	if (!trie_within(trie, 0, HEADER_SIZE))
		return -1;
	return trie_u32(trie, 0) == TRIE_MAGIC &&
			       trie_u32(trie, 4) >> 16 == TRIE_VERSION >> 16 ?
		       0 :
		       trie_corrupt();
}

int trie_init(struct trie *trie, char *data, size_t size)
{
	*trie = (struct trie){ .data = (unsigned char *)data, .size = size, .fd = -1 };
	return check_header(trie);
}

int trie_open(struct trie *trie, int *fd, off_t size)
{
	*trie = (struct trie){ .fd = -1 };
	if (size > (off_t)NODE_OFFSET) { /* too large for node offsets */
		close_fd(fd);
		return trie_corrupt();
	}
	trie->size = (size_t)size;
	trie->data = xmalloc(trie->size);
	trie->have = xcalloc(trie->size / BLOCK + 1, sizeof(*trie->have));
	trie->fd = *fd;
	*fd = -1;
	return check_header(trie);
}

bool trie_root_first(const struct trie *trie)
{
	return (trie_u32(trie, ROOT_AT) & NODE_OFFSET) == HEADER_SIZE;
}

void trie_free(struct trie *trie)
{
	if (trie->have) /* not zero-initialised */
		close_fd(&trie->fd);
	free(trie->have);
	free(trie->data);
	*trie = (struct trie){ 0 };
}

const char *trie_string(const struct trie *trie, size_t *at)
{
	const char *s = (const char *)trie->data + *at;
	size_t from, n;

	for (from = *at; from < trie->size; from += n) {
		const char *end;

		n = BLOCK - from % BLOCK;
		if (n > trie->size - from)
			n = trie->size - from;
		if (!trie_within(trie, from, n))
			return NULL;
		end = memchr(trie->data + from, '\0', n);
		if (end) {
			*at += (size_t)(end - s) + 1;
			return s;
		}
	}
	trie_corrupt();
	return NULL;
}

bool trie_contains(const struct trie *trie, const char *text)
{
	size_t len = strlen(text), at, n;

	for (at = 0; at < trie->size; at += BLOCK) {
		n = trie->size - at < BLOCK + len ? trie->size - at : BLOCK + len;
		if (!trie_within(trie, at, n) || memmem(trie->data + at, n, text, len))
			return true;
	}
	return false;
}
