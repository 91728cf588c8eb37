/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_SHADOW_H
#define MODBOX_SHADOW_H

#include <stddef.h>

#include "base/util.h"
#include "conf/conffile.h"
#include "index/depmod.h"
#include "index/present.h"

/* What a shadow is made of; borrowed until it is removed. */
struct shadowed {
	const struct present *present; /* its files that are not superseded */
	int module_dir;
	const char *version;
	const char *shown;	       /* the module directory, as messages name it */
	const struct conf_files *conf; /* depmod's only configuration; NULL: none */
};

/* A private base directory for depmod(8).  Owns all but what it is made of. */
struct shadow {
	const struct shadowed *of;
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
int shadow_make(struct shadow *shadow, const struct shadowed *of);

/* Whether one can be made there.  Returns 0, or -1, reported. */
int shadow_check(void);
void shadow_remove(struct shadow *shadow);

#endif
