/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_UNPACK_SOURCE_H
#define MODBOX_UNPACK_SOURCE_H

#include "config.h"
#include "fs/rootset.h"
#include "fs/tempdir.h"
#include "unpack/image.h"

/* What of an archive is unpacked. Symbolic links that lead to it are always. */
enum unpack_want {
	/* module directories, firmware, configuration of modules, kernels (wanted.c) */
	UNPACK_SOURCE = 1 << 0,
	/* modprobe and what it is: kmod or busybox, with the libraries of its codecs */
	UNPACK_MODPROBE = 1 << 1,
};

/* Bytes that are unpacked or decompressed of one archive, unless --max-unpacked is given.
 */
#define UNPACKED_MAX (UINT64_C(4) << 30)

struct source_options {
	const struct string_list *overlays; /* NULL: none */
	uint64_t max_unpacked;		    /* in bytes; 0: UNPACKED_MAX */
	unsigned want;			    /* enum unpack_want; 0: UNPACK_SOURCE */
	/* More directories of SOURCE to unpack, which options name; or NULL. */
	const char *module_dir;
	const struct string_list *config_dirs, *firmware_dirs;
	/*
	 * If not NULL, it gets all entries and segments, and then a damaged archive is no
	 * failure: what comes before the damage is unpacked, and the segment has the
	 * problem. The caller frees it, also after a failure.
	 */
	struct image_listing *listing;
};

/*
 * SOURCE, and the overlays over it: a directory, or with FEATURE_ARCHIVE_SOURCE a
 * private copy of what an initramfs, a package or a tarball has. A copy's root.unpacked
 * is set, and root.path is the archive's. Several may be open at once. A source must not
 * move while it is open.
 */
struct source {
	struct rootset roots;
	struct rootfs root;
	struct tempdir dir; /* of the copy */
};

/* source_open() and source_close() with the feature. */
int source_unpack(struct source *source, const char *path,
		  const struct source_options *options);
void source_remove(struct source *source);

/*
 * Open SOURCE at path. Before something is unpacked, this calls interrupt_catch(). Close
 * it with source_close(), also after a failure: that removes the copy.
 *
 * Returns 0, or -1 and reports it: path does not exist, or is neither a directory nor an
 * archive (status 3); cannot be read or unpacked, is damaged, too large, or a signal came
 * (status 4).
 */
static inline int source_open(struct source *source, const char *path,
			      const struct source_options *options)
{
	return ENABLED(FEATURE_ARCHIVE_SOURCE) ?
		       source_unpack(source, path, options) :
		       rootset_open(&source->roots, &source->root, path,
				    options->overlays);
}

static inline void source_close(struct source *source)
{
	if (ENABLED(FEATURE_ARCHIVE_SOURCE))
		source_remove(source);
	else
		rootset_close(&source->roots, &source->root);
}

#endif
