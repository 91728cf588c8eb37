/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_NAMES_H
#define MODBOX_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/util.h"

/*
 * Length of a file name without its module suffix (.ko, .ko.gz, .ko.xz, .ko.zst),
 * or 0 where it has none, or begins with '.', so that there is no name in it.
 */
size_t module_stem(const char *filename);

/*
 * What the kernel tries behind a firmware's name, in this order
 * (CONFIG_FW_LOADER_COMPRESS; drivers/base/firmware_loader).
 */
enum { FIRMWARE_SUFFIXES = 3 };
extern const char *const firmware_suffixes[FIRMWARE_SUFFIXES];

/* Length of a firmware's path without such a suffix. */
size_t firmware_stem(const char *path);

/*
 * Length of the module suffix with which a name of len bytes ends, or 0 where it has none
 * or nothing before it.
 */
size_t module_suffix(const char *filename, size_t len);

/* The most bytes that a key of an index can have, as for depmod: PATH_MAX less its NUL. */
#define INDEX_KEY_MAX 4095

/* Whether an index (.bin) can hold a key: it is ASCII, and not too long. */
bool is_index_key(const char *key);

/*
 * True where a path has a blank, a control character or ':' in it: a row of modules.dep
 * cannot hold it, nor a line of a list.
 */
bool is_unlistable(const char *path);

/* Write a module name as libkmod does: every '-' as '_'. */
void normalize_name(char *name);

/*
 * The module name of a path, as libkmod makes it: the last component up to its
 * first '.', every '-' as '_'.  Allocated in arena.
 */
char *module_name(struct arena *arena, const char *path);

/*
 * Write an alias or name as indexes hold it, as libkmod's alias_normalize() does:
 * '-' becomes '_' but within [...].  Returns false where brackets do not pair: no
 * index holds such a name.
 */
bool normalize_alias(char *alias);

/*
 * A requested name as it is looked up: a modules.order path or a file name loses its
 * directories and suffix; then normalize_alias().  NULL where that fails.
 */
char *normalize_request(struct arena *arena, const char *request);

/* True where a request is a module's own name, file name or path, and no alias of it. */
bool is_name_of(const char *request, const char *module);

/*
 * The distance of two names for "did you mean": insertions, deletions, replacements
 * and transpositions of neighbours; limit + 1 where it is more than limit.
 */
unsigned name_distance(const char *a, const char *b, unsigned limit);

#endif
