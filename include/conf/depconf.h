/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_DEPCONF_H
#define MODBOX_DEPCONF_H

#include "conf/conffile.h"

/*
 * What depmod.d says, for one kernel version.  Owns all.
 * The files are kept as they are too, for a depmod(8) that is to see just them.
 */
struct depconf {
	struct conf_files files;
	struct arena arena;
	const char **overrides; /* paths without suffix, the first given first */
	size_t n_overrides, overrides_capacity;
	const char **searches; /* directories, or "built-in"; the first is preferred */
	size_t n_searches, searches_capacity;
	const char **excludes; /* names of directories and files to pass over */
	size_t n_excludes, excludes_capacity;
	const char **externals; /* absolute paths of directories with more modules */
	size_t n_externals, externals_capacity;
};

/* Read depmod.d of root from depmod's own places.  Returns 0, or -1, reported. */
int depconf_read(struct depconf *conf, const struct rootfs *root, const char *version);

/* The same from directories, or files, of this host instead. */
int depconf_read_host(struct depconf *conf, const char *const *dirs, size_t n,
		      const char *version);
void depconf_free(struct depconf *conf);

/*
 * Which of two files of one module name depmod prefers: above 0 the first, below 0
 * the second, 0 where its rules do not say.  Paths are below the module directory, or
 * absolute: those of an external directory.
 * The rules are those of kmod's depmod_module_is_higher_priority().
 */
int depconf_compare(const struct depconf *conf, const char *a, const char *b);

/* True where depmod passes over directories and files of this name. */
bool depconf_excludes(const struct depconf *conf, const char *name);

#endif
