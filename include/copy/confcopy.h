/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_CONFCOPY_H
#define MODBOX_CONFCOPY_H

#include "base/strlist.h"
#include "cli/options.h"
#include "config.h"
#include "copy/filelist.h"
#include "plan/kernelopts.h"
#include "plan/plan.h"

/* The options on configuration that goes along with modules. */
struct conf_options {
	int with_config;
	struct string_list load; /* borrowed names */
};

/* Rows for a struct conf_options. */
extern const struct option_row conf_option_rows[];

/* Check their values.  Returns 0, or -1, reported (status 2). */
int conf_options_check(const struct applet *applet, const struct conf_options *options,
		       const struct kernel_options *kernel);
void conf_options_free(struct conf_options *options);

/* Request what --load names. */
void conf_options_requests(const struct conf_options *options,
			   struct request_list *wanted);

/* What the chosen modules of all kernels are called.  Zero-initialise it. */
struct conf_names {
	struct arena arena;
	struct string_list modules; /* their names; some twice, in all of these lists */
	struct string_list asked;   /* what was looked up */
	struct string_list load;    /* for modules-load.d */
};

/* Add those of a plan, from which it borrows. */
void conf_names_add(struct conf_names *names, const struct plan *plan);
void conf_names_free(struct conf_names *names);

/* What conf_copy() works on.  All is borrowed. */
struct conf_copying {
	struct filelist *list;
	const struct conf_options *options;
	const struct kernel_options *kernel;
	struct conf_names *names;
	const struct rootfs *source;
	const struct rootfs *dest; /* NULL: it is not there, or an archive */
	bool merge; /* make the contents of the files that were added anew */
};

/*
 * Add the files that the options ask for to a list of files, as files that belong to no
 * kernel:
 *
 * etc/modprobe.d/modbox.conf: the lines of source's modprobe.d (kernel's -C) that concern
 * the modules, in the order in which modprobe reads them, continued ones joined, each
 * behind a comment that tells its file and line.  options, blacklist, install, remove,
 * softdep and weakdep lines concern the module, or the looked-up name, that they name, as
 * libkmod compares it (options and blacklist as it stands, the others as a pattern); an
 * alias, its target and the names that it stands for.
 *
 * etc/modprobe.d/zz-modbox.conf: of these, softdep (weakdep) lines of files whose names
 * sort after modules.softdep (modules.weakdep), which libkmod reads among the files.
 *
 * etc/modules-load.d/modbox.conf: the names of --load.
 *
 * What is in these files of dest already stays: lines that source still has, and names.
 * Another run may add some until dest is locked: then it is done again.
 *
 * Returns 0, or -1, reported (status 4).
 */
int conf_copy(const struct conf_copying *copying);

#endif
