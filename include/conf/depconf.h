/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_DEPCONF_H
#define MODBOX_DEPCONF_H

#include <stdbool.h>

#include "conf/conffile.h"

/*
 * The configuration in depmod.d for one kernel version. Owns all its memory. The files
 * are kept as well, to be passed to a depmod(8) that must see only them.
 */
struct depconf {
	struct conf_files files;
	struct arena arena;
	const char **overrides; /* paths without suffix, in the order given */
	size_t n_overrides, overrides_capacity;
	const char **searches; /* directories, or "built-in"; most preferred first */
	size_t n_searches, searches_capacity;
	bool default_search;   /* no line gave them */
	const char **excludes; /* names of directories and files to skip */
	size_t n_excludes, excludes_capacity;
	const char **externals; /* absolute paths of directories with additional modules */
	size_t n_externals, externals_capacity;
};

/* Read root's depmod.d from depmod's usual places. Returns 0, or -1 and reports it. */
int depconf_read(struct depconf *conf, const struct rootfs *root, const char *version);

/* Read it from directories or files of the host instead. */
int depconf_read_host(struct depconf *conf, const char *const *dirs, size_t n,
		      const char *version);
void depconf_free(struct depconf *conf);

/*
 * Compare two files with the same module name by depmod's preference: positive for a,
 * negative for b, 0 if its rules do not decide. Paths are relative to the module
 * directory, or absolute for external directories. The rules are those of kmod's
 * depmod_module_is_higher_priority().
 */
int depconf_compare(const struct depconf *conf, const char *a, const char *b);

/* The same, but by override and search lines only, not by the default for search. */
int depconf_compare_given(const struct depconf *conf, const char *a, const char *b);

/* Whether depmod skips directories and files of this name. */
bool depconf_excludes(const struct depconf *conf, const char *name);

#endif
