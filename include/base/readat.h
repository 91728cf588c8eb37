/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_READAT_H
#define MODBOX_READAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/*
 * Name the limit of this process (setrlimit(2)) that can cause an errno, to follow the
 * errno's text: " (limit: RLIMIT_NOFILE, ulimit -n)" for EMFILE. Returns a constant text;
 * "" if no limit is set.
 */
const char *limit_name(int error_number);

#endif
