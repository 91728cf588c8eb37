/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_GENERATOR_H
#define MODBOX_GENERATOR_H

#include <stdbool.h>

#include "base/strlist.h"
#include "base/util.h"
#include "generator/filter.h"
#include "tree/modtree.h"

/* How a generator of initramfs asks for modules: dracut-install's options. */
struct generator {
	const char *kernel_dir; /* absolute, otherwise as given */
	struct modtree *tree;	/* NULL: the directory has no indexes */
	struct filter filter;
	struct string_list
		*host;	/* sorted; requests for other modules are dropped; or NULL */
	int load_flags; /* what is read of each module (modload.h) */
	bool optional, silent, verbose;
	bool compat; /* softdeps and weakdeps as libkmod has them, not all lines */
	struct device *devices, **devices_end; /* suppliers.c */
	struct string_list asked; /* devices that others need; freed by the caller */
	struct arena arena;
};

/* dracut-install's exit statuses. */
enum { INSTALL_FAILED = 1, INSTALL_NOT_FOUND = 254 /* -ENOENT */ };

/* Modules in dracut-install's order: each before its dependencies. */
struct module_list {
	struct module **items;
	size_t n, capacity;
};

void module_list_add(struct module_list *list, struct module *module);

/* Return the path of a module's file, as dracut-install names it. In the arena. */
const char *generator_path(struct generator *g, const struct module *module);

/* Whether a module's file exists. If a record has it as it is, it need not be opened. */
bool generator_see(struct generator *g, const struct module *module);

/*
 * Find the modules of a name or an alias as libkmod does. Returns a module_list for the
 * caller to free; *known tells whether there are any, also without a file. Reports
 * damaged indexes only.
 */
struct module_list generator_lookup(struct generator *g, const char *name, bool *known);

/*
 * Add a module and what it needs to the list. Returns 0; 1 if its own file is gone, which
 * is not reported; or -1: that of a dependency is.
 */
int dependents_add(struct generator *g, struct module_list *list, struct module *module);

/* Add what the modules of the list need by the weakdeps in their own .modinfo. */
void dependents_add_own(struct generator *g, struct module_list *list);

/*
 * Add the modules that the arguments name, and what they need, to the list: until one
 * fails, which is reported as dracut-install does. Returns the exit status so far.
 */
int requests_add(struct generator *g, struct module_list *list, char **args);

#endif
