/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_UNPACK_DEB_H
#define MODBOX_UNPACK_DEB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "input.h"

/* Whether a .deb begins with these bytes, at least 21. */
bool deb_begins(const unsigned char *bytes, size_t size);

/*
 * Find the files of the .deb that begins at in->p, in a file of size bytes: *start and
 * *end get the offsets of its data.tar, which may be compressed. Returns NULL, or what is
 * wrong, as the end of a sentence: a constant text.
 */
const char *deb_find(struct input *in, uint64_t size, uint64_t *start, uint64_t *end);

#endif
