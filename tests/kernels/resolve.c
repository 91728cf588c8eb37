// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * resolve [-a] [-s] [-d] SOURCE VERSION <NAMES
 *
 * Resolve each line of standard input separately, in one process, and print a line with
 * the result:
 *
 *     NAME: PATH...     the modules that would be copied, in plan order
 *     NAME: MODULE...   -a: the modules and built-ins that the name selects
 *
 * -s follows softdeps and weakdeps as well as hard dependencies. -d takes hard
 * dependencies from the modules themselves, not from modules.dep.  Lookups use the
 * tree's indexes if there are any.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "module/names.h"
#include "plan/closure.h"
#include "tree/modopen.h"

static void print_answer(const struct plan *plan)
{
	const struct plan_name *name = &plan->names[0];
	struct arena arena = { 0 };
	size_t i;

	if (plan->n_requests != 1)
		exit(STATUS_IO);
	for (i = 0; i < name->n_modules; i++)
		printf(" %s", plan->modules[name->modules[i]].name);
	for (i = 0; i < name->n_builtins; i++)
		printf(" %s", module_name(&arena, name->builtins[i]));
	putchar('\n');
	arena_free(&arena);
}

static void print_modules(const struct plan *plan)
{
	size_t i;

	for (i = 0; i < plan->n_modules; i++)
		printf(" %s", plan->modules[i].path);
	putchar('\n');
}

int main(int argc, char **argv)
{
	int flags = CLOSURE_NO_SOFTDEP | CLOSURE_NO_WEAKDEP, option;
	struct modtree_options options = { 0 };
	struct rootfs root;
	struct modtree tree;
	bool answers = false;
	char line[4096];

	while ((option = getopt(argc, argv, "asd")) != -1) {
		if (option == 'a')
			answers = true;
		else if (option == 's')
			flags &= ~(CLOSURE_NO_SOFTDEP | CLOSURE_NO_WEAKDEP);
		else if (option == 'd')
			flags |= CLOSURE_DIRECT;
	}
	if (argc - optind != 2 || rootfs_open(&root, argv[optind]) < 0 ||
	    modtree_open(&tree, &root, argv[optind + 1], &options) < 0) {
		fprintf(stderr, "usage: resolve [-a] [-s] [-d] SOURCE VERSION <NAMES\n");
		return STATUS_USAGE;
	}
	while (fgets(line, sizeof(line), stdin)) {
		struct request_list wanted = { 0 };
		struct plan plan = { 0 };

		line[strcspn(line, "\n")] = '\0';
		request_add(&wanted, line, "line");
		printf("%s:", line);
		if (closure_resolve(&plan, &tree, &wanted, flags) < 0)
			putchar('\n');
		else if (answers)
			print_answer(&plan);
		else
			print_modules(&plan);
		plan_free(&plan);
		request_list_free(&wanted);
	}
	modtree_close(&tree);
	rootfs_close(&root);
	return message_status();
}
