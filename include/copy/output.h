/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_OUTPUT_H
#define MODBOX_OUTPUT_H

#include "base/strbuf.h"
#include "copy/dest.h"
#include "copy/outputopts.h"

/* A kernel to copy for: a plan made of a tree that stays open until all is done. */
struct kernel_job {
	struct modtree tree;
	struct plan plan;
	/* In DEST, after output_place(): */
	const char *dest_dir;  /* the module directory */
	const uint64_t *sizes; /* bytes of each file of the plan's modules */
	uint64_t bytes;	       /* their sum */
};

/* All that a run is to write, and of what. */
struct output {
	const struct output_options *options; /* borrowed, as all up to n */
	const struct rootfs *source;
	struct kernel_job *jobs;
	size_t n;
	bool usr; /* in an archive, what SOURCE has in lib goes to usr/lib */
	struct filelist list;
	struct outfile archive, manifest;
	struct strbuf text; /* the manifest's */
};

/*
 * Open the files that options name, before anything is read: it may turn out that they
 * cannot be written, and what is shown must not get into them.
 * Returns 0, or -1, reported.  output_free() ends it in each case, and what was not
 * finished is not there.
 */
int output_open(struct output *output);

/*
 * Settle where in DEST all of the list goes, and note the sizes of its modules.  Archives
 * are unpacked where lib is a link to usr/lib: one that had lib itself would put a
 * directory in the place of that link (init/initramfs.c: clean_path()).
 */
void output_place(struct output *output);

/* Add what is made of an archive's modules to the list.  Returns 0, or -1, reported. */
int output_add_indexes(struct output *output, bool no_indexes, bool verbose);

/* The same for DEST, if a manifest is to tell it, once a kernel was written there. */
int output_add_made(struct output *output, size_t kernel, const struct rootfs *dest,
		    bool no_indexes);

/*
 * Before anything is written: --max-size, --check, and what --manifest says of an archive.
 * Returns 0, or -1 where nothing is to be written, reported, or done: --check alone.
 */
int output_judge(struct output *output);

/* Write the archive.  Returns 0, or -1, reported. */
int output_archive(struct output *output);

/* After all has been written: the manifest.  Returns 0, or -1, reported. */
int output_manifest(struct output *output);

void output_free(struct output *output);

#endif
