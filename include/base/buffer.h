/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_BUFFER_H
#define MODBOX_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A buffer that is reused from file to file: mapping fresh pages costs more than most of
 * the work done on them. Zero-initialise it.
 */
struct buffer {
	unsigned char *data;
	size_t size; /* bytes allocated, not bytes of contents */
};

/*
 * Make room for size bytes. Contents are kept; data may move.
 * Returns 0, or -1 with *err set to a constant text (see modfile.h); not reported.
 */
int buffer_reserve(struct buffer *buffer, uint64_t size, const char **err);
void buffer_free(struct buffer *buffer);

/* Free a buffer that has grown larger than most files need. */
void buffer_trim(struct buffer *buffer);

/*
 * Read exactly size bytes of fd at offset.
 * Returns 0, or -1 with *err set to a constant text; not reported.
 */
int read_at(int fd, void *data, size_t size, uint64_t offset, const char **err);

/*
 * read_failure() returns the constant text for an errno that reading a file gave.
 * is_read_failure() tells whether a text is one of those: the file was not read, which
 * does not mean that it is bad.
 */
const char *read_failure(int error_number);
bool is_read_failure(const char *err);

#endif
