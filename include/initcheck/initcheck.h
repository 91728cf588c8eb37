/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_INITCHECK_H
#define MODBOX_INITCHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strlist.h"
#include "base/util.h"
#include "initcheck/initimage.h"
#include "initcheck/initrules.h"
#include "initcheck/modprobe.h"
#include "kernel/kconfig.h"
#include "plan/plan.h"
#include "tree/modtree.h"
#include "unpack/source.h"

/*
 * The data of initcheck: an image, the kernels in it, and what was found.
 *
 *	IMAGE ──► image (entries, segments) ──► kernels (trees of modules)
 *	                                          │
 *	--kernel ──► source ──────────────► checks ──► findings, notes ──► report
 */
struct init_options {
	const char *kernel;	     /* SOURCE, or NULL */
	const char *against;	     /* another image, or NULL */
	const char *module_dir;	     /* of the image; NULL: the usual ones */
	struct string_list versions; /* of these kernels only; none: all */
	uint64_t max_module_size;    /* bytes when decompressed; 0: the default */
	uint64_t max_unpacked;	     /* bytes of an archive; 0: the default */
};

/* A kernel whose modules are in the image. */
struct init_kernel {
	const char *version;
	const char *dir;	 /* its module directory, below the image's root */
	struct modtree tree;	 /* without indexes, of the modules that can be read */
	struct module **modules; /* these, sorted by path */
	size_t n;
	struct module **damaged; /* those that cannot */
	size_t n_damaged;
	uint64_t bytes;		  /* of all modules' files */
	struct plan plan;	  /* of the modules that can be read, and all they need */
	struct kconfig config;	  /* its configuration, of --kernel, */
	const char *config_label; /* and its file; NULL: not known */

	/* With --kernel: this kernel there, if it has it. */
	struct modtree source;
	bool in_source; /* it has the modules */
};

struct init_finding {
	enum init_rule_number rule;
	const char *kernel; /* its version, or NULL */
	const char *path;   /* of a file in the image, or NULL: the image as a whole */
	const char *text;
	struct string_list items; /* that the text speaks of; may be empty */
	const char *subject;	  /* what the items belong to, or NULL */
	size_t number;		  /* position in the order of the checks */
};

/* A fact that is no fault. */
struct init_note {
	const char *kernel; /* its version, or NULL */
	const char *text;
	struct string_list items;
};

struct initcheck {
	const struct init_options *options;
	struct arena arena;
	struct init_image image;
	struct init_kernel *kernels; /* sorted by version */
	size_t n_kernels;
	struct modprobe modprobe; /* the one in the image */
	struct source source;	  /* of --kernel */
	bool has_source;
	struct init_image other; /* of --against */
	bool has_other;
	struct init_finding *findings; /* sorted by rule, at the end */
	size_t n_findings, findings_capacity;
	struct init_note *notes;
	size_t n_notes, notes_capacity;
};

/*
 * Open an image and all that options name, and make all checks.
 * Returns 0, or -1 and reports it: no image (status 3), no such kernel (3), or something
 * cannot be read (4). initcheck_free() is needed either way.
 */
int initcheck_run(struct initcheck *check, const char *image,
		  const struct init_options *options);
void initcheck_free(struct initcheck *check);

/*
 * A finding or note as one text, with at most so many of its items (0: none). The caller
 * frees it.
 */
char *init_finding_text(const struct init_finding *finding, size_t items);
char *init_note_text(const struct init_note *note, size_t items);

#endif
