/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_INITCHECKS_H
#define MODBOX_INITCHECKS_H

#include "initcheck/initcheck.h"

/*
 * Record a finding about a file of the image, or NULL; kernel may be NULL. Texts are
 * copied, kernel is borrowed.
 */
struct init_finding *init_find(struct initcheck *check, enum init_rule_number rule,
			       const struct init_kernel *kernel, const char *path,
			       const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* Record a note. */
struct init_note *init_note(struct initcheck *check, const struct init_kernel *kernel,
			    const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Copy an item to a finding's or note's list. */
void init_item(struct initcheck *check, struct string_list *items, const char *item);

/* The path of a module of a kernel in the image; allocated in the check's arena. */
const char *init_module_path(struct initcheck *check, const struct init_kernel *kernel,
			     const char *path);

/*
 * Find the kernels of the image, sorted by version. Returns 0, or -1 and reports it.
 */
int init_kernels_find(struct initcheck *check);

/* Open a kernel and read its modules. Returns 0, or -1 and reports it. */
int init_kernel_open(struct initcheck *check, struct init_kernel *kernel);
void init_kernel_close(struct init_kernel *kernel);

/*
 * The checks of one kernel, in this order. Each returns 0, or -1 and reports it.
 */
int init_check_files(struct initcheck *check, struct init_kernel *kernel);
int init_check_version(struct initcheck *check, struct init_kernel *kernel);
int init_check_codecs(struct initcheck *check, struct init_kernel *kernel);
int init_check_indexes(struct initcheck *check, struct init_kernel *kernel);
int init_check_deps(struct initcheck *check, struct init_kernel *kernel);

#endif
