/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_DEPMOD_ROOT_H
#define MODBOX_DEPMOD_ROOT_H

#include <stddef.h>

#include "base/util.h"
#include "conf/conffile.h"
#include "fs/tempdir.h"
#include "index/depmod.h"
#include "index/installed.h"

/* Input of depmod_root_make(); borrowed until depmod_root_remove(). */
struct depmod_target {
	const struct installed *installed; /* superseded files are hidden from depmod */
	int module_dir;
	const char *version;
	const char *label;	       /* names the module directory in messages */
	const struct conf_files *conf; /* depmod's only configuration, or NULL */
};

/* A private base directory for depmod(8).  Owns everything but target. */
struct depmod_root {
	const struct depmod_target *target;
	struct arena arena;
	struct tempdir base;
	const char *path;    /* depmod's -b: that of base */
	const char *config;  /* depmod's -C */
	const char *modules; /* path/lib/modules/VERSION, depmod's output directory */
	int fd;		     /* modules, open */
	const char *real; /* module_dir as depmod reaches it, by inherited descriptor */
	struct replacement *replacements; /* for paths in depmod's messages */
	size_t n_replacements, capacity;
};

/* Make one in TMPDIR. Returns 0, or -1 (reported) after removing it. */
int depmod_root_make(struct depmod_root *root, const struct depmod_target *target);

/* Check that one can be made in TMPDIR. Returns 0, or -1 (reported). */
int depmod_root_check(void);
void depmod_root_remove(struct depmod_root *root);

#endif
