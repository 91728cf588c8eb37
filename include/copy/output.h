/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_OUTPUT_H
#define MODBOX_OUTPUT_H

#include "base/strbuf.h"
#include "copy/dest.h"
#include "copy/outputopts.h"

/* A kernel to copy for, and its plan.  The tree stays open until the end. */
struct kernel_job {
	struct modtree tree;
	struct plan plan;
	/* In DEST, after output_choose_place(): */
	const char *dest_module_dir; /* the directory of kernels */
	const char *dest_dir;	     /* the module directory */
	/* After output_place(): */
	const uint64_t *sizes; /* bytes of each module's file, in plan order */
	uint64_t bytes;	       /* their sum */
};

/* Everything that a run writes, and its input. */
struct output {
	const struct output_options *options; /* borrowed, as are source and jobs */
	const struct rootfs *source;
	struct kernel_job *jobs;
	size_t n;
	bool usr; /* in an archive, SOURCE's lib goes to usr/lib */
	struct filelist list;
	struct outfile archive, manifest;
	struct strbuf text; /* of the manifest */
};

/*
 * Open the files that options name, before any input is read: they may not be writable,
 * and messages must not end up in them.  Returns 0, or -1 (reported).  In either case
 * output_free() ends it and removes unfinished files.
 */
int output_open(struct output *output);

/*
 * Choose the module directory of a kernel in DEST, once its tree is open: DIR/VERSION,
 * where DIR is SOURCE's directory of kernels unless --dest-module-dir names another.
 */
void output_choose_place(struct output *output, size_t kernel);

/*
 * Set the paths in DEST for the whole list, and record the sizes of its modules.
 * Archives are unpacked where lib is a link to usr/lib; an archive with lib itself
 * would replace that link by a directory (init/initramfs.c: clean_path()).
 */
void output_place(struct output *output);

/*
 * Add files generated from an archive's modules to the list.  Returns 0, or -1
 * (reported).
 */
int output_add_indexes(struct output *output, enum index_writer writer, bool verbose);

/* The same for DEST after writing a kernel, if there will be a manifest. */
int output_add_made(struct output *output, size_t kernel, const struct rootfs *dest,
		    enum index_writer writer);

/*
 * Before anything is written, handle --max-size, --check, and the manifest of an
 * archive.  Returns 0, or -1 to write nothing: a failure (reported), or --check, which
 * is done.
 */
int output_judge(struct output *output);

/* Write the archive.  Returns 0, or -1 (reported). */
int output_archive(struct output *output);

/* Write the manifest, after everything else.  Returns 0, or -1 (reported). */
int output_manifest(struct output *output);

void output_free(struct output *output);

#endif
