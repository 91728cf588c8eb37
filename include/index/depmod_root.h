/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_DEPMOD_ROOT_H
#define MODBOX_DEPMOD_ROOT_H

#include <stddef.h>

#include "base/util.h"
#include "conf/conffile.h"
#include "index/depmod.h"
#include "index/installed.h"

/* What a private root is made of; borrowed until it is removed. */
struct depmod_target {
	const struct installed *installed; /* its files that are not superseded */
	int module_dir;
	const char *version;
	const char *label;	       /* the module directory, as messages name it */
	const struct conf_files *conf; /* depmod's only configuration; NULL: none */
};

/* A private base directory for depmod(8).  Owns all but what it is made of. */
struct depmod_root {
	const struct depmod_target *target;
	struct arena arena;
	const char *path;    /* depmod's -b: absolute */
	const char *config;  /* depmod's -C */
	const char *modules; /* path/lib/modules/VERSION, where depmod writes */
	int fd;		     /* modules, opened */
	int lock;	  /* path, opened and locked while it is in use, by depmod too */
	const char *real; /* how depmod reaches module_dir; it inherits the descriptor */
	struct replacement *replacements; /* for depmod's messages */
	size_t n_replacements, capacity;
};

/* Make one in TMPDIR.  Returns 0, or -1, reported, with nothing left. */
int depmod_root_make(struct depmod_root *root, const struct depmod_target *target);

/* Whether one can be made there.  Returns 0, or -1, reported. */
int depmod_root_check(void);
void depmod_root_remove(struct depmod_root *root);

#endif
