/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_CONFCOPY_H
#define MODBOX_CONFCOPY_H

#include "base/strlist.h"
#include "cli/options.h"
#include "config.h"
#include "copy/filelist.h"
#include "plan/kernelopts.h"
#include "plan/plan.h"

/* The options for copying configuration. */
struct conf_options {
	int with_config;
	struct string_list load; /* borrowed names */
};

/* Rows for a struct conf_options. */
extern const struct option_row conf_option_rows[];

/* Check the values.  Returns 0, or -1 (reported, status 2). */
int conf_options_check(const struct applet *applet, const struct conf_options *options,
		       const struct kernel_options *kernel);
void conf_options_free(struct conf_options *options);

/* Add the names given to --load to the requests. */
void conf_options_requests(const struct conf_options *options,
			   struct request_list *wanted);

/* Names of the chosen modules of all kernels.  Zero-initialise it. */
struct conf_names {
	struct arena arena;
	struct string_list modules; /* module names; all three lists may have duplicates */
	struct string_list asked;   /* names that were looked up */
	struct string_list load;    /* for modules-load.d */
};

/* Add the names of a plan, which must outlive names. */
void conf_names_add(struct conf_names *names, const struct plan *plan);
void conf_names_free(struct conf_names *names);

/* Input of conf_copy(), all borrowed. */
struct conf_copying {
	struct filelist *list;
	const struct conf_options *options;
	const struct kernel_options *kernel;
	struct conf_names *names;
	const struct rootfs *source;
	const struct rootfs *dest; /* NULL if it does not exist or is an archive */
	bool merge;		   /* refresh the contents of files added earlier */
};

/*
 * Add the files that the options request to the list, belonging to no kernel:
 *
 * etc/modprobe.d/modbox.conf: the lines of source's modprobe.d (kernel's -C) about the
 * modules, in modprobe's order, with continued lines joined, each after a comment that
 * names its file and line. options, blacklist, install, remove, softdep and weakdep
 * lines are about the module or looked-up name that they name, compared as libkmod does
 * (options and blacklist literally, the others as patterns).  An alias is about its
 * target and the names that it matches.
 *
 * etc/modprobe.d/zz-modbox.conf: those softdep (weakdep) lines whose file sorts after
 * modules.softdep (modules.weakdep), which libkmod reads among the configuration files.
 *
 * etc/modules-load.d/modbox.conf: the names of --load.
 *
 * Existing contents of these files in dest are kept: names, and lines that source still
 * has.  Another run may add more until dest is locked; then the contents are merged
 * again.
 *
 * Returns 0, or -1 (reported, status 4).
 */
int conf_copy(const struct conf_copying *copying);

#endif
