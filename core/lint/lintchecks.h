/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_LINTCHECKS_H
#define MODBOX_LINTCHECKS_H

#include "lint/lint.h"

/*
 * The checks, a group of rules each.  Those that return int return 0, or -1, reported.
 */

/* One kernel's answer to the lists. */
struct lint_kernel_result {
	struct lint *lint;
	struct modtree *tree;
	size_t number;
	struct plan plan;
	struct plan_name **names;  /* what asked[i] came to; NULL for an exclusion */
	struct lint_asked **leads; /* to each module of the plan: the line that lists it,
				      or one that pulls it in */
};

/* The bytes of a list's lines. */
void lint_check_text(struct lint *lint, struct lint_file *list);

/* Names that are there twice, paths, and lists that name nothing. */
void lint_check_lists(struct lint *lint);

/* What each name came to, once all kernels answered. */
void lint_check_names(struct lint *lint);

/* What a kernel's aliases tell of the names. */
void lint_check_aliases(struct lint_kernel_result *kernel);

/*
 * Who leads to which module: fills view->leads, and answers[].redundant.
 */
void lint_find_redundant(struct lint_kernel_result *kernel);

/* What the modules need: dependencies, softdeps, firmware, exclusions. */
int lint_check_deps(struct lint_kernel_result *kernel);

/* Read modprobe.d, into lint->statements, and say which lines are no statements. */
void lint_read_conf(struct lint *lint);

/* A finding on a statement, about what it is for: "options ext4". */
#define LINT_ADD(lint, statement, rule, kernel, ...)                                   \
	lint_add(lint, (statement)->line, (statement)->at, rule, (statement)->subject, \
		 kernel, __VA_ARGS__)

/* True for a statement of a keyword. */
bool lint_is(const struct lint_statement *statement, const char *keyword);

/* modprobe.d by itself, */
void lint_check_softdeps(struct lint *lint);

/* for a kernel and what is listed, */
int lint_check_conf_kernel(struct lint_kernel_result *kernel);

/* and what no kernel has. */
int lint_check_conf_names(struct lint *lint);

#endif
