// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Options. A table of rows is the only place where an option is written down;
 * getopt_long()'s tables and --help are made from an applet's tables.
 */
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "base/path.h"
#include "base/util.h"
#include "cli/applet.h"
#include "cli/options.h"
#include "config.h"

const struct option_row common_option_rows[] = {
	{ "help", NULL, 'h', OPTION_HELP, 0, "show this help" },
	{ "version", NULL, 'V', OPTION_VERSION, 0, "show the version" },
	{ 0 },
};

enum { MAX_OPTIONS = 64, LONG_ONLY = 256 /* getopt_long() value of row 0 */ };

void usage_error(const struct applet *applet, const char *format, ...)
{
	CLEANUP_FREE char *text = NULL;
	va_list args;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	error(STATUS_USAGE, "%s (see %s --help)", text, applet->name);
}

const char *option_given(const struct option_row *rows, const void *values)
{
	for (; rows->name; rows++) {
		const void *field = (const char *)values + rows->field;
		unsigned kind = rows->kind & ~(unsigned)OPTION_NEWER;

		if (kind == OPTION_FLAG ? *(const int *)field != 0 :
		    kind == OPTION_LIST ? ((const struct string_list *)field)->n > 0 :
					  *(const char *const *)field != NULL)
			return rows->name;
	}
	return NULL;
}

bool option_number(const char **text, uint64_t most, uint64_t *number)
{
	const char *start = *text;

	for (*number = 0; **text >= '0' && **text <= '9'; (*text)++) {
		unsigned digit = (unsigned)(**text - '0');

		if (*number > (most - digit) / 10)
			return false;
		*number = *number * 10 + digit;
	}
	return *text > start;
}

bool option_bytes(const char *text, uint64_t *size)
{
	static const char units[] = "KMG";
	const char *end = text, *unit;
	bool good = option_number(&end, UINT64_MAX, size);
	unsigned shift = 0;

	unit = *end ? strchr(units, *end) : NULL;
	if (unit) {
		shift = 10 * (unsigned)(unit - units + 1);
		end++;
		if (strcmp(end, "B") == 0 || strcmp(end, "iB") == 0)
			end += strlen(end);
	}
	if (!good || *end || *size == 0 || *size > UINT64_MAX >> shift)
		return false;
	*size <<= shift;
	return true;
}

int option_size(const struct applet *applet, const char *option, const char *text,
		uint64_t *size)
{
	if (option_bytes(text, size))
		return 0;
	usage_error(applet, "--%s must be a size such as 500K, 256M or 1G, not '%s'",
		    option, text);
	return -1;
}

/* The rows of all of an applet's groups. */
struct option_table {
	struct option_place {
		const struct option_row *row;
		size_t field; /* offset in the applet's options struct */
	} items[MAX_OPTIONS];
	int n;
};

static void join_groups(const struct applet *applet, struct option_table *table)
{
	const struct option_group *group;
	const struct option_row *row;

	table->n = 0;
	for (group = applet->options; group->rows; group++)
		for (row = group->rows; row->name && table->n < MAX_OPTIONS; row++)
			table->items[table->n++] =
				(struct option_place){ row, group->base + row->field };
}

/* Whether an option can do without its argument: that is in brackets. */
static bool is_optional(const struct option_row *row)
{
	return (ENABLED(FEATURE_PROOF) || ENABLED(MODINST)) && row->argument &&
	       row->argument[0] == '[';
}

/* What --help has between the option's name and its argument: "=ARGUMENT", "[=x]". */
static const char *separator(const struct option_row *row)
{
	return is_optional(row) ? "[=" : row->argument ? "=" : "";
}

static int option_width(const struct option_row *row)
{
	int width = (int)strlen(row->name);

	return row->argument ? width + 1 + (int)strlen(row->argument) : width;
}

void options_help(const struct applet *applet)
{
	struct option_table table;
	int width = 0, i;

	join_groups(applet, &table);
	printf("Usage: %s [OPTION]... %s\n%s\n\n", applet->name, applet->args,
	       applet->summary);
	for (i = 0; i < table.n; i++)
		if (option_width(table.items[i].row) > width)
			width = option_width(table.items[i].row);
	for (i = 0; i < table.n; i++) {
		const struct option_row *row = table.items[i].row;
		int pad = width - option_width(row);

		if (row->letter)
			printf("  -%c, ", row->letter);
		else
			printf("      ");
		printf("--%s%s%s%*s  %s\n", row->name, separator(row),
		       row->argument ? row->argument + is_optional(row) : "", pad, "",
		       row->help);
	}
	if (applet->details)
		printf("\n%s", applet->details);
}

/* Make getopt_long()'s tables. */
static void make_tables(const struct option_table *table, char *letters,
			struct option *longs)
{
	int i;

	*letters++ = ':'; /* tell a missing argument from an unknown option */
	for (i = 0; i < table->n; i++) {
		const struct option_row *row = table->items[i].row;

		longs[i] = (struct option){
			.name = row->name,
			.has_arg = is_optional(row) ? optional_argument :
				   row->argument    ? required_argument :
						      no_argument,
			.val = LONG_ONLY + i,
		};
		if (!row->letter)
			continue;
		*letters++ = row->letter;
		if (row->argument)
			*letters++ = ':';
	}
	*letters = '\0';
	longs[i] = (struct option){ 0 };
}

/* Return the row of a getopt_long() value, or NULL. */
static const struct option_place *find_row(const struct option_table *table, int value)
{
	int i;

	for (i = 0; i < table->n; i++)
		if (value == LONG_ONLY + i || value == table->items[i].row->letter)
			return &table->items[i];
	return NULL;
}

/* Returns 0, or -1 if the program should exit. */
static int take(const struct applet *applet, const struct option_place *place,
		void *values)
{
	char *field = (char *)values + place->field;

	switch (ENABLED(FEATURE_PROOF) ? place->row->kind & ~OPTION_NEWER :
					 place->row->kind) {
	case OPTION_FLAG:
		*(int *)(void *)field = 1;
		return 0;
	case OPTION_STRING:
		*(const char **)(void *)field = optarg;
		if (is_optional(place->row) && !optarg)
			*(const char **)(void *)field = "";
		return 0;
	case OPTION_LIST:
		string_list_add((struct string_list *)(void *)field, optarg);
		return 0;
	case OPTION_HELP:
		options_help(applet);
		break;
	case OPTION_VERSION:
		printf("%s (modbox) %s\n", applet->name, MODBOX_VERSION);
		break;
	}
	output_finish();
	return -1;
}

/*
 * Return the option that an argument abbreviates, which is ambiguous only because of
 * newer ones: what it has always meant. Else NULL.
 */
static const char *find_older(const struct option_table *table, const char *given,
			      size_t len)
{
	const char *found = NULL;
	bool newer = false;

	for (int i = 0; i < table->n; i++) {
		const struct option_row *row = table->items[i].row;

		if (strncmp(row->name, given + 2, len - 2) != 0)
			continue;
		if (row->kind & OPTION_NEWER)
			newer = true;
		else if (found)
			return NULL;
		else
			found = row->name;
	}
	return newer ? found : NULL;
}

/* Replace such abbreviations. Values point into what replaces them. */
static void expand_all(const struct option_table *table, char **argv)
{
	for (argv++; *argv && strcmp(*argv, "--") != 0; argv++) {
		size_t len = strcspn(*argv, "=");
		const char *name = NULL;

		if (len > 2 && strncmp(*argv, "--", 2) == 0)
			name = find_older(table, *argv, len);
		if (name)
			*argv = xasprintf("--%s%s", name, *argv + len);
	}
}

/* Report an option that getopt_long() rejects; given is the argument. */
static void report_unusable(const struct applet *applet, const struct option_table *table,
			    const char *given)
{
	size_t len = strcspn(given, "="), matches = 0;
	int i;

	if (optopt > 0 && optopt < LONG_ONLY) {
		usage_error(applet, "unknown option '-%c'", optopt);
		return;
	}
	for (i = 0; i < table->n && len > 2; i++)
		matches += strncmp(table->items[i].row->name, given + 2, len - 2) == 0;
	if (matches > 1 && optopt == 0)
		usage_error(applet, "ambiguous option '%.*s'", (int)len, given);
	else if (matches)
		usage_error(applet, "option '%.*s' takes no argument", (int)len, given);
	else
		usage_error(applet, "unknown option '%.*s'", (int)len, given);
}

int options_parse(const struct applet *applet, int argc, char **argv, void *values)
{
	char letters[2 * MAX_OPTIONS + 2];
	struct option longs[MAX_OPTIONS + 1];
	struct option_table table;
	int value;

	join_groups(applet, &table);
	make_tables(&table, letters, longs);
	if (ENABLED(FEATURE_PROOF))
		expand_all(&table, argv);
	opterr = 0;
	optind = 1;
	while ((value = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		const struct option_place *place =
			find_row(&table, value == ':' ? optopt : value);

		if (ENABLED(DRACUT_INSTALL) && applet->hands_on &&
		    (!place || value == ':'))
			return OPTIONS_UNKNOWN;
		if (!place) { /* '?' */
			report_unusable(applet, &table, argv[optind - 1]);
			return -1;
		}
		if (value == ':') {
			usage_error(applet, "option '--%s' needs an argument",
				    place->row->name);
			return -1;
		}
		if (take(applet, place, values) < 0)
			return -1;
	}
	return optind;
}

int option_directory(const struct applet *applet, const char *option, const char *path,
		     const char *name)
{
	struct arena arena = { 0 };
	const char *dir = path_trim(&arena, path);
	bool good = is_path_below(dir);

	if (!*dir)
		usage_error(applet, "--%s needs a directory inside %s", option, name);
	else if (!good)
		usage_error(applet, "--%s must be a path without '..'", option);
	arena_free(&arena);
	return good ? 0 : -1;
}
