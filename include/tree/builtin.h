/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_BUILTIN_H
#define MODBOX_BUILTIN_H

#include <stdbool.h>

#include "base/strlist.h"
#include "base/util.h"
#include "fs/rootfs.h"
#include "tree/aliases.h"

/*
 * A kernel's built-in modules, from modules.builtin and modules.builtin.modinfo. Owns all
 * its memory.
 */
struct builtins {
	struct arena arena;
	char *text; /* contents of modules.builtin; paths points into it */
	struct string_list paths;
	const char **names; /* sorted */
	size_t n_names, names_capacity;
	char *modinfo; /* the file: NUL-terminated MODULE.KEY=VALUE strings */
	size_t modinfo_size;
	struct aliases aliases; /* from modinfo; each owner is a module's name */
	bool aliases_read;	/* by the first builtin_by_alias() */
};

/*
 * Read both files from the module directory dir, a path inside root. Kernels before 5.2
 * have no modules.builtin.modinfo; a missing file is a warning unless required.
 * Returns 0, or -1 and reports it: a required file is missing (status 3), or a file is
 * unreadable (4).
 */
int builtins_read(struct builtins *builtins, const struct rootfs *root, const char *dir,
		  bool required);
void builtins_free(struct builtins *builtins);

/* Whether name (with underscores) is a built-in module's. */
bool builtin_has(const struct builtins *builtins, const char *name);

/*
 * Find the built-in modules that have a normalised name as an alias. Returns their
 * number; they are the owners in builtins->aliases.found until the next call.
 */
size_t builtin_by_alias(struct builtins *builtins, const char *name);

#endif
