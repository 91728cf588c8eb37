/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_TABLE_H
#define MODBOX_TABLE_H

#include <stddef.h>

#include "util.h"

/* uthash's own hash function, but once in the program and not at each use. */
unsigned table_hash(const void *key, size_t len);

#define HASH_FUNCTION(key, len, hash) ((hash) = table_hash(key, len))

/* uthash's own way ends the program without a word. */
#define uthash_malloc(size) xmalloc(size)

#include <uthash.h>

#endif
