/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_NAMES_H
#define MODBOX_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/util.h"
#include "config.h"

/*
 * Return the length of a file name without its module suffix (.ko, .ko.gz, .ko.xz,
 * .ko.zst); 0 if it has none or begins with '.'.
 */
size_t module_stem(const char *filename);

/* Whether a module's file name says that it is not compressed: it ends in .ko. */
bool is_uncompressed(const char *path);

/*
 * The suffixes that the kernel tries for a firmware file, in order
 * (CONFIG_FW_LOADER_COMPRESS; drivers/base/firmware_loader).
 */
enum { FIRMWARE_SUFFIXES = 3 };
extern const char *const firmware_suffixes[FIRMWARE_SUFFIXES];

/* Return the length of a firmware path without such a suffix. */
size_t firmware_stem(const char *path);

/*
 * Return the length of the module suffix of a name of len bytes; 0 if it has none or
 * nothing precedes it.
 */
size_t module_suffix(const char *filename, size_t len);

/* Maximum bytes of an index key, as in depmod: PATH_MAX without the NUL. */
#define INDEX_KEY_MAX 4095

/* Whether an index (.bin) can hold a key: ASCII, and not too long. */
bool is_index_key(const char *key);

/*
 * Whether a path contains a control character or ':': neither a row of modules.dep nor a
 * line of a list can hold it. A space is no obstacle to depmod.
 */
bool is_unlistable(const char *path);

/*
 * A module's path in indexes is relative to its module directory, or absolute: depmod.d's
 * "external" directories are outside it.
 */
static inline bool is_external(const char *path)
{
	return ENABLED(FEATURE_EXTERNAL) && path[0] == '/';
}

/* Return a module's path below the root, with the module directory dir. The caller frees.
 */
char *module_join(const char *dir, const char *path);

/* The same, allocated in arena, or a part of path. */
static inline const char *module_arena_join(struct arena *arena, const char *dir,
					    const char *path)
{
	return is_external(path) ? path + 1 : arena_join(arena, dir, path);
}

/*
 * Return the path of a module as indexes have it, from its path below the root; allocated
 * in arena, or a part of path.
 */
static inline const char *module_split(struct arena *arena, const char *dir,
				       const char *path)
{
	size_t len = strlen(dir);

	if (!ENABLED(FEATURE_EXTERNAL) ||
	    (strncmp(path, dir, len) == 0 && path[len] == '/'))
		return path + len + 1;
	return arena_printf(arena, "/%s", path);
}

/*
 * Return the length of the first path in the dependencies of a modules.dep row. It can
 * have spaces: it ends behind the suffix of a module.
 */
size_t row_path_length(const char *row);

/* Normalise a module name as libkmod does: replace '-' by '_'. */
void normalize_name(char *name);

/*
 * Return a path's module name as libkmod does: the last component up to its first '.',
 * with '-' replaced by '_'. Allocated in arena.
 */
char *module_name(struct arena *arena, const char *path);

/* Whether module_name() of a path of len bytes is this name. */
bool is_path_of(const char *path, size_t len, const char *name);

/*
 * Normalise an alias or name as indexes have it, like libkmod's alias_normalize(): '-'
 * becomes '_' outside of [...]. Returns false if brackets do not match; no index holds
 * such a name.
 */
bool normalize_alias(char *alias);

/*
 * Return a requested name in the form that is looked up: a path or file name loses its
 * directories and suffix; then normalize_alias(). Allocated in arena. NULL if that fails.
 */
char *normalize_request(struct arena *arena, const char *request);

/* Whether a request is a module's own name, file name or path, not an alias. */
bool is_name_of(const char *request, const char *module);

/*
 * Return the edit distance of two names, for "did you mean": insertions, deletions,
 * replacements and transpositions of neighbours; limit + 1 if it exceeds limit.
 */
unsigned name_distance(const char *a, const char *b, unsigned limit);

#endif
