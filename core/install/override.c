// SPDX-License-Identifier: GPL-2.0-or-later
/* Modules of one name in a kernel's module directory: which one depmod takes. */
#include <string.h>

#include "base/message.h"
#include "install/override.h"
#include "module/names.h"
#include "tree/modscan.h"

static void report_one(struct modtree *tree, const struct candidate *item, bool rivals)
{
	struct module *module = modtree_met(tree->modules, item->name);
	const char *before = module ? module->path : NULL;
	CLEANUP_FREE char *path = candidate_path(item);

	if (before && strncmp(before, item->place, strlen(item->place)) == 0)
		before = NULL; /* the same, perhaps compressed otherwise */
	modscan_add(tree, path);
	if (!before)
		return;
	module = modtree_met(tree->modules, item->name);
	if (module->rival && !rivals)
		return; /* who indexes them warns of it */
	if (module->rival)
		warning("%s and %s are one module, and no depmod.d rule orders them: "
			"--into=updates does",
			path, before);
	else if (strcmp(module->path, before) == 0)
		warning("%s would not be loaded: depmod prefers %s (depmod.d)", path,
			before);
	else
		notice("%s overrides %s", path, before);
}

int overrides_report(struct modtree *tree, const struct candidates *c, bool rivals)
{
	if (modwalk_all(tree, modscan_take, NULL) < 0)
		return -1;
	for (size_t i = 0; i < c->n; i++)
		report_one(tree, &c->items[i], rivals);
	return 0;
}
