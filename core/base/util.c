// SPDX-License-Identifier: GPL-2.0-or-later
/* Allocation helpers that do not fail, and arenas. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "base/readat.h"
#include "base/util.h"

enum {
	ARENA_FIRST =
		1024, /* bytes of the first block; many arenas hold just a name or two */
	ARENA_GROWTH = 8, /* factor for the next block, up to: */
	ARENA_MOST = 512 << 10,
	ARENA_ALIGN = _Alignof(max_align_t),
	MAX_CLEANERS = 3,
};

struct arena_block {
	struct arena_block *next;
	max_align_t data[];
};

static void (*cleaners[MAX_CLEANERS])(void);

void at_out_of_memory(void (*clean)(void))
{
	size_t i = 0;

	while (i < MAX_CLEANERS - 1 && cleaners[i] && cleaners[i] != clean)
		i++;
	cleaners[i] = clean;
}

void exit_clean(void)
{
	for (size_t i = 0; i < MAX_CLEANERS && cleaners[i]; i++)
		cleaners[i]();
	exit(STATUS_IO);
}

static void *checked(void *p)
{
	if (p)
		return p;
	error(STATUS_IO, "out of memory%s", limit_name(ENOMEM));
	exit_clean();
}

void *xmalloc(size_t size)
{
	return checked(malloc(size ? size : 1));
}

void *xcalloc(size_t n, size_t size)
{
	return checked(calloc(n ? n : 1, size ? size : 1));
}

void *xreallocarray(void *old, size_t n, size_t size)
{
	return checked(reallocarray(old, n ? n : 1, size ? size : 1));
}

char *xstrdup(const char *s)
{
	return checked(strdup(s));
}

/*
 * Most strings are short: try a local buffer first, as formatting twice to learn the size
 * takes twice as long.
 */
char *xvasprintf(const char *format, va_list args)
{
	char *s, first[256];
	va_list again;
	int n;

	va_copy(again, args);
	n = vsnprintf(first, sizeof(first), format, args);
	if (n >= 0 && (size_t)n < sizeof(first))
		s = strdup(first);
	else if (vasprintf(&s, format, again) < 0)
		s = NULL;
	va_end(again);
	return checked(s);
}

char *xasprintf(const char *format, ...)
{
	va_list args;
	char *s;

	va_start(args, format);
	s = xvasprintf(format, args);
	va_end(args);
	return s;
}

/* Write dir, a slash and name to to. */
static char *join(char *to, const char *dir, size_t n, const char *name, size_t m)
{
	memcpy(to, dir, n);
	to[n] = '/';
	memcpy(to + n + 1, name, m + 1);
	return to;
}

char *path_join(const char *dir, const char *name)
{
	size_t n = strlen(dir), m = strlen(name);

	return join(xmalloc(n + m + 2), dir, n, name, m);
}

char *arena_join(struct arena *arena, const char *dir, const char *name)
{
	size_t n = strlen(dir), m = strlen(name);

	return join(arena_alloc(arena, n + m + 2), dir, n, name, m);
}

void *grow(void *array, size_t n, size_t *capacity, size_t size)
{
	if (n < *capacity)
		return array;
	*capacity = *capacity ? *capacity * 2 : 16;
	return xreallocarray(array, *capacity, size);
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct arena_block *block;
	void *p;

	size = (size + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
	if (!arena->blocks || size > arena->size - arena->used) {
		size_t usual = arena->size ? arena->size * ARENA_GROWTH : ARENA_FIRST;
		size_t room;

		if (usual > ARENA_MOST)
			usual = ARENA_MOST;
		room = size > usual / 4 ? size : usual;
		block = xmalloc(sizeof(*block) + room);
		if (arena->blocks && room == size) {
			/* A separate block; keep filling the current one. */
			block->next = arena->blocks->next;
			arena->blocks->next = block;
			return block->data;
		}
		block->next = arena->blocks;
		arena->blocks = block;
		arena->used = 0;
		arena->size = room;
	}
	p = (char *)arena->blocks->data + arena->used;
	arena->used += size;
	return p;
}

char *arena_strndup(struct arena *arena, const char *s, size_t n)
{
	char *copy = arena_alloc(arena, n + 1);

	if (n) /* or s may be NULL */
		memcpy(copy, s, n);
	copy[n] = '\0';
	return copy;
}

char *arena_strdup(struct arena *arena, const char *s)
{
	return arena_strndup(arena, s, strlen(s));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	char *s, *text;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	s = arena_strdup(arena, text);
	free(text);
	return s;
}

void arena_free(struct arena *arena)
{
	struct arena_block *block, *next;

	for (block = arena->blocks; block; block = next) {
		next = block->next;
		free(block);
	}
	*arena = (struct arena){ 0 };
}

void close_fd(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	errno = saved;
}

void free_pointer(void *pointer)
{
	free(*(void **)pointer);
}
