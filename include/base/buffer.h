/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_BUFFER_H
#define MODBOX_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Memory that is kept from one file to the next, for mapping fresh pages costs more
 * than most of what is done with them.  Zero-initialise it.
 */
struct buffer {
	unsigned char *data;
	size_t size; /* bytes of memory, not of contents */
};

/*
 * Make room for size bytes; contents stay, data may move.
 * Returns 0, or -1 with *err set to a constant text (see modfile.h); not reported.
 */
int buffer_reserve(struct buffer *buffer, uint64_t size, const char **err);
void buffer_free(struct buffer *buffer);

/* Give memory back that only few files need. */
void buffer_trim(struct buffer *buffer);

/*
 * Read size bytes of fd at offset, all of them.
 * Returns 0, or -1 with *err set to a constant text; not reported.
 */
int read_at(int fd, void *data, size_t size, uint64_t offset, const char **err);

/*
 * The constant text for a system call that failed with this errno while a file was to be
 * read, and whether a text is one of those: then it is not the file that is bad, and
 * what it holds is not known.
 */
const char *read_failure(int error_number);
bool is_read_failure(const char *err);

#endif
