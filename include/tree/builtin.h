/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_BUILTIN_H
#define MODBOX_BUILTIN_H

#include <stdbool.h>

#include "base/strlist.h"
#include "base/util.h"
#include "fs/rootfs.h"
#include "tree/aliases.h"

/* What is built into a kernel: modules.builtin and modules.builtin.modinfo.  Owns all. */
struct builtins {
	struct arena arena;
	char *text; /* modules.builtin, which the paths are in */
	struct string_list paths;
	const char **names; /* sorted */
	size_t n_names, names_capacity;
	char *modinfo; /* the file: NUL-terminated MODULE.KEY=VALUE strings */
	size_t modinfo_size;
	struct aliases aliases; /* owned by modules' names; read out of modinfo */
	bool aliases_read;	/* when first asked for */
};

/*
 * Read both files of the module directory dir, a path inside root.
 * Returns 0, or -1, reported: a file is missing (status 3) or cannot be read (4).
 */
int builtins_read(struct builtins *builtins, const struct rootfs *root, const char *dir);
void builtins_free(struct builtins *builtins);

/* True where the name (with underscores) is that of a built-in module. */
bool builtin_has(const struct builtins *builtins, const char *name);

/* The first built-in module of which a normalised name is an alias, or NULL. */
const char *builtin_by_alias(struct builtins *builtins, const char *name);

#endif
