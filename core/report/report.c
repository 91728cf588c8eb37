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
		printf("%s/%s/%s", plan->module_dir, plan->version,
		       plan->modules[i].path);
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

/* Print a module's install command.  A remove command prints nothing. */
static void put_command(const struct report *report, const char *name, const char *asked,
			bool requested)
{
	const struct modconf *conf = &report->tree->conf;
	const char *command = modconf_install(conf, name);

	if (!command)
		return;
	printf("install %s ", command);
	put_options(conf, name, asked, requested);
	end_line(report);
}

/* Print the install commands of a name, or of the targets of its modprobe.d aliases. */
static void put_commands(const struct report *report, const char *asked)
{
	const struct modconf *conf = &report->tree->conf;
	CLEANUP_FREE char *name = xstrdup(asked);
	bool aliased = false;

	normalize_alias(name);
	for (size_t i = 0; i < conf->n_aliases; i++)
		if (fnmatch(conf->aliases[i].pattern, name, 0) == 0) {
			put_command(report, conf->aliases[i].target, name, true);
			aliased = true;
		}
	if (!aliased)
		put_command(report, name, name, false);
}

/* libkmod counts a modprobe.d alias as found even if its target does not exist. */
static bool is_found(const struct modconf *conf, const struct plan_name *name)
{
	CLEANUP_FREE char *normal = xstrdup(name->name);

	return name->answer != ANSWER_NONE ||
	       (normalize_alias(normal) && modconf_alias(conf, normal, NULL));
}

/* libkmod ignores a module's install command if any of its softdeps exists (kmod 30). */
static bool has_softdep(const struct report *report, size_t module)
{
	const struct plan *plan = report->plan;
	const char *name = plan->modules[module].name;

	for (size_t i = 0; i < plan->n_edges; i++)
		if (plan->edges[i].from == module &&
		    (plan->edges[i].edge == EDGE_PRE || plan->edges[i].edge == EDGE_POST))
			return true;
	for (size_t i = plan->n_requests; i < plan->n_names; i++)
		if (plan->names[i].edge != EDGE_WEAKDEP &&
		    strcmp(plan->names[i].by, name) == 0 &&
		    is_found(&report->tree->conf, &plan->names[i]))
			return true;
	return false;
}

/*
 * As kmod's print_action() does, print a space after the path and after the options:
 * scripts rely on it.
 */
void report_insmod(const struct report *report)
{
	const struct plan *plan = report->plan;
	const struct modconf *conf = &report->tree->conf;
	const char *root = rootfs_absolute(report->tree->root);

	for (size_t i = 0; i < plan->n_names; i++) {
		if (plan->names[i].answer == ANSWER_COMMAND)
			put_commands(report, plan->names[i].name);
		if (plan->names[i].answer != ANSWER_BUILTIN)
			continue;
		printf("builtin %s", plan->names[i].builtin);
		end_line(report);
	}
	for (size_t i = 0; i < plan->n_modules; i++) {
		const struct plan_module *module = &plan->modules[i];
		const char *command = modconf_install(conf, module->name);

		if (command && has_softdep(report, i))
			command = NULL;
		if (command)
			printf("install %s ", command);
		else
			printf("insmod %s/%s/%s/%s ", root, plan->module_dir,
			       plan->version, module->path);
		/* Hard dependencies are never reached through an alias. */
		put_options(conf, module->name,
			    module->alias ? module->alias : module->name,
			    module->edge != EDGE_DEPENDS);
		end_line(report);
	}
}
