// SPDX-License-Identifier: GPL-2.0-or-later
/* The firmware options, and the report on missing firmware. */
#include <string.h>

#include "base/message.h"
#include "base/path.h"
#include "cli/applet.h"
#include "cli/options.h"
#include "config.h"
#include "module/names.h"
#include "plan/firmwareopts.h"

#define FIELD(name) offsetof(struct firmware_options, name)

const struct option_row firmware_option_rows[] = {
	/* clang-format off */
	IF_ENABLED(FEATURE_FIRMWARE,
	{ "firmware", NULL, 0, OPTION_FLAG, FIELD(wanted),
	  "include the firmware that the modules request" },
	{ "builtin-firmware", NULL, 0, OPTION_FLAG, FIELD(builtins),
	  "and the firmware of built-in modules" },
	{ "firmware-file", ELSEWHERE("NAME"), 0, OPTION_LIST, FIELD(files),
	  "include this firmware, which no module need request; repeatable" },
	{ "firmware-dir", IN_SOURCE("DIR"), 0, OPTION_LIST, FIELD(dirs),
	  "search this directory of SOURCE for firmware; repeatable" },
	{ "firmware-exclude", "GLOB", 0, OPTION_LIST, FIELD(excluded),
	  "leave out firmware with matching names; repeatable" },
	{ "firmware-missing", "HOW", 0, OPTION_STRING, FIELD(missing),
	  "if SOURCE lacks firmware: " VALUES("warn", "error", "ignore") },)
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

/* Check that values are paths; each loses its leading '/' if slash is set. */
static bool are_paths(struct string_list *list, bool slash)
{
	for (size_t i = 0; i < list->n; i++) {
		if (slash)
			list->items[i] += strspn(list->items[i], "/");
		if (!is_path_below(list->items[i]))
			return false;
	}
	return true;
}

/* Find a wrong value or an option that lacks another.  Returns the problem, or NULL. */
static const char *find_mistake(struct firmware_options *o)
{
	if (o->missing && !firmware_is_wanted(o))
		return "--firmware-missing needs --firmware or --firmware-file";
	if (o->dirs.n && !firmware_is_wanted(o))
		return "--firmware-dir needs --firmware or --firmware-file";
	if (o->excluded.n && !firmware_is_wanted(o))
		return "--firmware-exclude needs --firmware or --firmware-file";
	if (!are_paths(&o->dirs, true))
		return "--firmware-dir must be a path in SOURCE without '..'";
	if (!are_paths(&o->files, false))
		return "--firmware-file must be a path below lib/firmware, without '..', such "
		       "as regulatory.db or 'intel/ibt-*'";
	return NULL;
}

int firmware_options_check(const struct applet *applet, struct firmware_options *o,
			   enum firmware_missing usual)
{
	const char *mistake;

	if (!ENABLED(FEATURE_FIRMWARE))
		return 0;
	o->wanted |= o->builtins;
	mistake = find_mistake(o);
	o->on_missing = find_policy(o->missing, usual);
	if (mistake)
		usage_error(applet, "%s", mistake);
	else if (o->on_missing < 0)
		usage_error(applet,
			    "--firmware-missing must be warn, error or ignore, not '%s'",
			    o->missing);
	return mistake || o->on_missing < 0 ? -1 : 0;
}

void firmware_options_free(struct firmware_options *o)
{
	if (!ENABLED(FEATURE_FIRMWARE))
		return;
	string_list_free(&o->files);
	string_list_free(&o->dirs);
	string_list_free(&o->excluded);
}

/* Warn in one line of all missing files that modules request. */
static void warn_of_missing(const struct firmware_list *list, const struct modtree *tree)
{
	struct string_list modules = { 0 };
	const char *lost = NULL;
	size_t i, n = 0, n_lost = 0;

	for (i = 0; i < list->n; i++) {
		const struct firmware *item = &list->items[i];

		if (item->path || !item->module || !is_path_below(item->name))
			continue;
		if (item->lost) {
			lost = n_lost++ ? lost : item->lost;
			continue;
		}
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
	if (n_lost == 1)
		warning("%s", lost);
	else if (lost)
		warning("%s; so do the links of %zu more firmware file%s", lost,
			n_lost - 1, n_lost == 2 ? "" : "s");
	string_list_free(&modules);
}

/* The policy for a missing file: if the user requests it, an error is the default. */
static int policy(const struct firmware *item, const struct firmware_options *o)
{
	return item->module || o->missing ? o->on_missing : FIRMWARE_ERROR;
}

/* Say why a name is no firmware, if there is a likely reason. */
static const char *hint(const struct firmware *item)
{
	if (item->empty)
		return "; the file of that name is empty, which the kernel refuses";
	if (item->module)
		return "";
	if (item->directory)
		return "; it is a directory: write DIRECTORY/* for its files";
	return firmware_stem(item->name) < strlen(item->name) ?
		       "; write it without the suffix of its compression" :
		       "";
}

static void report(const struct firmware *item, const struct modtree *tree, bool fail)
{
	bool refused = !is_path_below(item->name);
	CLEANUP_FREE char *text =
		xasprintf("%s/%s: %s requests firmware '%s', which %s%s%s",
			  tree->root->path, tree->dir, firmware_origin(item), item->name,
			  refused ? "is skipped: not a path below a directory" :
				    "SOURCE does not have",
			  item->lost ? ": " : "", item->lost ? item->lost : hint(item));

	if (fail)
		error(STATUS_MISSING, "%s", text);
	else
		warning("%s", text);
}

int firmware_require(const struct firmware_list *list, const struct firmware_options *o,
		     const struct modtree *tree, bool keep_going)
{
	bool missing = false;

	if (o->on_missing == FIRMWARE_COUNT)
		warn_of_missing(list, tree);
	for (size_t i = 0; i < list->n; i++) {
		const struct firmware *item = &list->items[i];
		int how = policy(item, o);

		if (item->path)
			continue;
		missing |= how == FIRMWARE_ERROR;
		if (how == FIRMWARE_ERROR || how == FIRMWARE_WARN ||
		    !is_path_below(item->name))
			report(item, tree, how == FIRMWARE_ERROR && !keep_going);
	}
	if (missing)
		message_latch(STATUS_MISSING);
	return missing && !keep_going ? -1 : 0;
}
