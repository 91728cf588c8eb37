/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_UTIL_H
#define MODBOX_UTIL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/*
 * Allocation that does not fail: when out of memory, the program reports it and exits
 * (status 4).
 */
void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);
void *xreallocarray(void *old, size_t n, size_t size);
char *xstrdup(const char *s);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *xvasprintf(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

/*
 * Register clean to be called before that exit, to remove temporary files. At most
 * three functions. exit_clean() exits so (status 4), after an error was reported.
 */
void at_out_of_memory(void (*clean)(void));
_Noreturn void exit_clean(void);

/* Return "DIR/NAME", which the caller frees; ten times as fast as xasprintf(). */
char *path_join(const char *dir, const char *name);

/*
 * Make room for one more element: returns array, perhaps moved, with a capacity above n.
 * The capacity doubles.
 */
void *grow(void *array, size_t n, size_t *capacity, size_t size);

/*
 * An arena: memory that its owner frees all at once. Zero-initialise it. Nothing
 * allocated in it is freed or moved before arena_free().
 */
struct arena {
	struct arena_block *blocks;
	size_t used, size;
};

void *arena_alloc(struct arena *arena, size_t size);
char *arena_strdup(struct arena *arena, const char *s);
/* s may be NULL if n is 0. */
char *arena_strndup(struct arena *arena, const char *s, size_t n);
char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
char *arena_join(struct arena *arena, const char *dir, const char *name);
void arena_free(struct arena *arena);

/*
 * For __attribute__((cleanup)): close *fd if it is open and set it to -1; free *pointer.
 * errno is kept by close_fd().
 */
void close_fd(int *fd);
void free_pointer(void *pointer);

#define CLEANUP_FD __attribute__((cleanup(close_fd)))
#define CLEANUP_FREE __attribute__((cleanup(free_pointer)))

/* Whether a time is before another. */
static inline bool is_earlier(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

#endif
