// SPDX-License-Identifier: GPL-2.0-or-later
/* The firmware options, and the report on missing firmware. */
#include <string.h>

#include "base/message.h"
#include "base/path.h"
#include "cli/applet.h"
#include "cli/options.h"
#include "config.h"
#include "plan/firmwareopts.h"

#define FIELD(name) offsetof(struct firmware_options, name)

const struct option_row firmware_option_rows[] = {
	/* clang-format off */
	IF_ENABLED(FEATURE_FIRMWARE,
	{ 0, "firmware", NULL, OPTION_FLAG, FIELD(wanted),
	  "include the firmware that the modules request" },
	{ 0, "builtin-firmware", NULL, OPTION_FLAG, FIELD(builtins),
	  "and the firmware of built-in modules" },
	{ 0, "firmware-dir", "DIR", OPTION_LIST, FIELD(dirs),
	  "search this directory of SOURCE for firmware; repeatable" },
	{ 0, "firmware-exclude", "GLOB", OPTION_LIST, FIELD(excluded),
	  "leave out firmware with matching names; repeatable" },
	{ 0, "firmware-missing", "HOW", OPTION_STRING, FIELD(missing),
	  "if SOURCE lacks firmware: warn, error or ignore" },)
	/* clang-format on */
	{ 0 },
};

/* The policy of a word (NULL: the usual one), or -1: there is no such policy. */
static int find_policy(const char *word, enum firmware_missing usual)
{
	static const char *const words[] = {
		[FIRMWARE_WARN] = "warn",
		[FIRMWARE_ERROR] = "error",
		[FIRMWARE_IGNORE] = "ignore",
	};
	int policy;

	if (!word)
		return usual;
	for (policy = FIRMWARE_WARN; policy <= FIRMWARE_IGNORE; policy++)
		if (strcmp(word, words[policy]) == 0)
			return policy;
	return -1;
}

int firmware_options_check(const struct applet *applet, struct firmware_options *o,
			   enum firmware_missing usual)
{
	const char *alone = o->dirs.n	  ? "dir" :
			    o->excluded.n ? "exclude" :
			    o->missing	  ? "missing" :
					    NULL;

	if (!ENABLED(FEATURE_FIRMWARE))
		return 0;
	o->wanted |= o->builtins;
	if (alone && !o->wanted) {
		usage_error(applet, "--firmware-%s needs --firmware", alone);
		return -1;
	}
	for (size_t i = 0; i < o->dirs.n; i++) {
		o->dirs.items[i] += strspn(o->dirs.items[i], "/");
		if (is_path_below(o->dirs.items[i]))
			continue;
		usage_error(applet,
			    "--firmware-dir must be a path in SOURCE without '..'");
		return -1;
	}
	o->on_missing = find_policy(o->missing, usual);
	if (o->on_missing >= 0)
		return 0;
	usage_error(applet, "--firmware-missing must be warn, error or ignore, not '%s'",
		    o->missing);
	return -1;
}

void firmware_options_free(struct firmware_options *o)
{
	if (!ENABLED(FEATURE_FIRMWARE))
		return;
	string_list_free(&o->dirs);
	string_list_free(&o->excluded);
}

/* Warn of all missing files in one line. */
static void warn_of_missing(const struct firmware_list *list, const struct modtree *tree)
{
	struct string_list modules = { 0 };
	size_t i, n = 0;

	for (i = 0; i < list->n; i++) {
		const struct firmware *item = &list->items[i];

		if (item->path || !is_path_below(item->name))
			continue;
		n++;
		if (!string_list_has(&modules, item->module))
			string_list_add(&modules, item->module);
	}
	if (n)
		warning("%s/%s: %zu firmware file%s that %zu module%s request%s %s not in "
			"SOURCE; list %s with --firmware-missing=warn",
			tree->root->path, tree->dir, n, n == 1 ? "" : "s", modules.n,
			modules.n == 1 ? "" : "s", modules.n == 1 ? "s" : "",
			n == 1 ? "is" : "are", n == 1 ? "it" : "them");
	string_list_free(&modules);
}

int firmware_require(const struct firmware_list *list, const struct firmware_options *o,
		     const struct modtree *tree, bool keep_going)
{
	bool fail = o->on_missing == FIRMWARE_ERROR, missing = false;
	bool each = fail || o->on_missing == FIRMWARE_WARN;

	if (o->on_missing == FIRMWARE_COUNT)
		warn_of_missing(list, tree);
	for (size_t i = 0; i < list->n; i++) {
		const struct firmware *item = &list->items[i];
		bool refused = !is_path_below(item->name);
		CLEANUP_FREE char *text = NULL;

		if (item->path || (!refused && !each))
			continue;
		missing = true;
		text = xasprintf("%s/%s: %s requests firmware '%s', which %s",
				 tree->root->path, tree->dir, item->module, item->name,
				 refused ? "is skipped: not a path below a directory" :
					   "SOURCE does not have");
		if (fail && !keep_going)
			error(STATUS_MISSING, "%s", text);
		else
			warning("%s", text);
	}
	if (!fail || !missing)
		return 0;
	message_latch(STATUS_MISSING);
	return keep_going ? 0 : -1;
}
