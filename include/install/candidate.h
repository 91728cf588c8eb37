/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_CANDIDATE_H
#define MODBOX_CANDIDATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "fs/rootfs.h"
#include "module/decode.h"

/* A module to install. */
struct candidate {
	const char *label; /* its file, as messages show it */
	const char *name;  /* with underscores */
	const char *place; /* in the module directory, up to ".ko": updates/foo.ko */
	const struct rootfs *root; /* its file is below this root; NULL: on the host, */
	const char *from;	   /* with this path */
	bool linked;		   /* from is a link, which becomes a file */

	/* Set by candidates_read(): */
	struct stat attrs;
	const char *release; /* of its vermagic: the kernel that it was built for */

	/* Set by stage_modules() and stage_each(): */
	enum codec codec;
	bool unsigned_now; /* stripping dropped a signature */
	bool unchanged;	   /* it is installed as it should be */
};

/* Those of a run. Zero-initialise it. */
struct candidates {
	struct arena arena;
	struct candidate *items;
	size_t n, capacity;
};

/*
 * Add a file on the host, or all modules below a directory. They go into the directory
 * into of the module directory; NULL: "updates". What modules_install put below a
 * directory keeps its place there, and without into also that directory, updates or
 * extra.
 * Returns 0, or -1 and reports it: it cannot be read, or there is no module (status 4).
 */
int candidates_add(struct candidates *candidates, const char *path, const char *into);

/*
 * Add a module that is installed, or all below a directory. path is relative to root, top
 * the module directory there; they stay where they are. Returns as candidates_add();
 * a path outside of top is status 2.
 */
int candidates_add_installed(struct candidates *candidates, const struct rootfs *root,
			     const char *top, const char *path);

/*
 * Refuse two files of one module. If they are installed they can be two, in different
 * directories; of one directory, in two compressions, the one is kept that depmod takes.
 * Returns 0, or -1 and reports it (status 2).
 */
int candidates_check_names(struct candidates *candidates);

/*
 * Read all of them: that they are modules, and for which kernel. max limits the bytes of
 * each when decompressed. Of installed ones only the attributes are read: the kernel is
 * known. Returns 0, or -1 and reports it (status 4).
 */
int candidates_read(struct candidates *candidates, uint64_t max);

/*
 * The release that all were built for. Returns NULL and reports it, if they differ
 * (status 2).
 */
const char *candidates_release(const struct candidates *candidates);

/* Return its path in the module directory, with the suffix of codec. The caller frees it.
 */
char *candidate_path(const struct candidate *candidate);

/* Open a file. Returns a descriptor that the caller owns, or -1 with errno. */
int candidate_open(const struct candidate *candidate);

void candidates_free(struct candidates *candidates);

#endif
