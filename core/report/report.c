// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reports with one line per module: paths, names, and modprobe's insmod lines.
 *
 * The insmod lines reproduce modprobe --show-depends, including its treatment of options
 * and install lines, so the comments below refer to kmod's functions.
 */
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "module/names.h"
#include "report/report.h"

static void end_line(const struct report *report)
{
	putchar(report->nul ? '\0' : '\n');
}

void report_paths(const struct report *report)
{
	const struct plan *plan = report->plan;

	for (size_t i = 0; i < plan->n_modules; i++) {
		CLEANUP_FREE char *path = module_join(plan->dir, plan->modules[i].path);

		fputs(path, stdout);
		end_line(report);
	}
}

void report_names(const struct report *report)
{
	for (size_t i = 0; i < report->plan->n_modules; i++) {
		fputs(report->plan->modules[i].name, stdout);
		end_line(report);
	}
}

/*
 * Print all options for a module's name and for the alias that led to it.  If the alias
 * comes from modprobe.d, libkmod compares options with the pattern in that line, not with
 * the requested name (kmod_lookup_alias_from_config()); if it comes from an index, with
 * the requested name.
 */
static void put_options(const struct modconf *conf, const char *name, const char *asked,
			bool requested)
{
	CLEANUP_FREE char *normal = xstrdup(asked);
	const struct conf_alias *by = NULL;
	const char *alias = normal;

	if (normalize_alias(normal) && requested)
		by = modconf_alias(conf, normal, name);
	if (by)
		alias = by->pattern;
	for (size_t i = 0; i < conf->n_lines; i++) {
		const struct conf_line *line = &conf->lines[i];

		if (strcmp(line->keyword, "options") != 0 ||
		    (strcmp(line->module, name) != 0 && strcmp(line->module, alias) != 0))
			continue;
		printf("%s ", line->text);
	}
}

static const char *command_of(const struct report *report, const char *name, bool softdep)
{
	return softdep ? NULL : modconf_install(&report->tree->conf, name);
}

static void put_fileless(const struct report *report, const struct plan_fileless *item)
{
	const struct modconf *conf = &report->tree->conf;
	const char *command = NULL;

	/* libkmod keeps the line that it found the name by
	 * (kmod_lookup_alias_from_commands()) */
	if (!item->softdep && !item->alias)
		command = modconf_command(conf, item->name);
	if (!command)
		command = command_of(report, item->name, item->softdep);
	if (command) {
		printf("install %s ", command);
		put_options(conf, item->name, item->alias ? item->alias : item->name,
			    true);
	} else if (item->builtin) {
		printf("builtin %s", item->name);
	} else {
		return;
	}
	end_line(report);
}

static void put_module(const struct report *report, const struct plan_module *module)
{
	CLEANUP_FREE char *path = modtree_host_path(report->tree, module->path);
	const char *command = command_of(report, module->name, module->softdep);
	bool requested;

	if (command)
		printf("install %s ", command);
	else
		printf("insmod %s ", path);
	/* modprobe reaches a hard dependency by its path, never through an alias. */
	requested = module->edge != EDGE_DEPENDS;
	put_options(&report->tree->conf, module->name,
		    requested && module->alias ? module->alias : module->name, requested);
	end_line(report);
}

/*
 * As kmod's print_action() does, print a space after the path and after the options:
 * scripts rely on it.
 */
void report_insmod(const struct report *report)
{
	const struct plan *plan = report->plan;
	size_t next = 0;

	for (size_t i = 0; i <= plan->n_modules; i++) {
		while (next < plan->n_fileless && plan->fileless[next].before == i)
			put_fileless(report, &plan->fileless[next++]);
		if (i < plan->n_modules)
			put_module(report, &plan->modules[i]);
	}
}
