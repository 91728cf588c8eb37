/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_LINTCHECKS_H
#define MODBOX_LINTCHECKS_H

#include "lint/lint.h"

/*
 * The checks; each function covers a group of rules.  Those that return int return 0, or
 * -1 on error (reported).
 */

/* The lists, resolved against one kernel. */
struct lint_kernel_result {
	struct lint *lint;
	struct modtree *tree;
	size_t number;
	struct plan plan;
	struct plan_name **names;      /* the plan's answer to asked[i]; NULL for an
					  exclusion */
	struct lint_asked **pulled_by; /* for each module of the plan: the line that lists
					  it, or the first that pulls it in */
};

/* Check the bytes of a list and find the name in each line. */
void lint_check_text(struct lint *lint, struct lint_file *list);

/* Check for duplicates, paths and empty lists. */
void lint_check_lists(struct lint *lint);

/* Check each name's answers; needs the answers of all kernels. */
void lint_check_names(struct lint *lint);

/* Check names against a kernel's aliases. */
void lint_check_aliases(struct lint_kernel_result *kernel);

/* Find the lines that pull in each module: fills kernel->pulled_by, answers[].redundant. */
void lint_find_redundant(struct lint_kernel_result *kernel);

/* Check for missing or excluded dependencies, softdeps and firmware. */
int lint_check_deps(struct lint_kernel_result *kernel);

/* Prove that the kernel will load the plan's modules. */
int lint_check_proof(struct lint_kernel_result *kernel);

/* Check the indexes against all modules, on the first line of the first list. */
int lint_check_indexes(struct lint_kernel_result *kernel);

/* Check the plan's modules: their vermagic, and debug information. */
void lint_check_modules(struct lint_kernel_result *kernel);

/* Find versions that are leftovers, if others are not. */
int lint_find_leftovers(struct lint *lint, const char *module_dir);

/* Remove them from a list, unless all are. */
void lint_drop_leftovers(const struct lint *lint, struct string_list *versions);

/* Report them, on the first line of the first list. */
void lint_check_leftovers(struct lint *lint);

/* Parse modprobe.d into lint->statements and report invalid lines. */
void lint_read_conf(struct lint *lint);

/* Record a finding on a statement, with its subject ("options ext4"). */
#define LINT_ADD(lint, statement, rule, kernel, ...)                                   \
	lint_add(lint, (statement)->line, (statement)->at, rule, (statement)->subject, \
		 kernel, __VA_ARGS__)

/* True if the statement has this keyword. */
bool lint_is(const struct lint_statement *statement, const char *keyword);

/* Check modprobe.d by itself. */
void lint_check_softdeps(struct lint *lint);

/* Check modprobe.d against one kernel and the lists. */
int lint_check_conf_kernel(struct lint_kernel_result *kernel);

/* Note which modules of modprobe.d a kernel has. */
int lint_check_conf_known(struct lint_kernel_result *kernel);

/* Check modprobe.d for module names that no kernel has; needs all kernels' notes. */
void lint_check_conf_names(struct lint *lint);

#endif
