/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_APPLET_H
#define MODBOX_APPLET_H

#include <stdbool.h>
#include <stddef.h>

enum option_kind {
	OPTION_FLAG,   /* int: set to 1 */
	OPTION_STRING, /* const char *: the last one given */
	OPTION_LIST,   /* struct string_list: all of them, in order */
	OPTION_HELP,
	OPTION_VERSION,
	/* Added to one of these: abbreviations that older options share mean those. */
	OPTION_NEWER = 1 << 6,
};

/*
 * An option. A table of rows ends with a row of zeros. getopt_long()'s tables and --help
 * are made from the rows; tests/build/man.bats compares the man page's OPTIONS with them.
 */
struct option_row {
	const char *name;     /* long name */
	const char *argument; /* the argument's name, or NULL; "[x]": it is optional */
	char letter;	      /* 0: none; here so that the next two share its word */
	unsigned kind : 8;    /* enum option_kind */
	unsigned field : 24;  /* offsetof() in the table's struct */
	const char *help;     /* one line */
};

/*
 * Marks for completion (scripts/option-table).
 *
 * VALUES("x (default)", "y", "z"), in the help: the words that the option takes; it shows
 * "x (default), y or z". An argument without such is completed by its name, DIR by
 * directories and so on, unless it is inside SOURCE, or somewhere else.
 */
#define VALUES(...) VALUES_OF(__VA_ARGS__, 8, 7, 6, 5, 4, 3, 2, 1, 0)(__VA_ARGS__)
#define VALUES_OF(a, b, c, d, e, f, g, h, count, ...) VALUES_##count
#define VALUES_1(a) a
#define VALUES_2(a, b) a " or " b
#define VALUES_3(a, ...) a ", " VALUES_2(__VA_ARGS__)
#define VALUES_4(a, ...) a ", " VALUES_3(__VA_ARGS__)
#define VALUES_5(a, ...) a ", " VALUES_4(__VA_ARGS__)
#define VALUES_6(a, ...) a ", " VALUES_5(__VA_ARGS__)
#define VALUES_7(a, ...) a ", " VALUES_6(__VA_ARGS__)
#define VALUES_8(a, ...) a ", " VALUES_7(__VA_ARGS__)
#define IN_SOURCE(argument) argument
#define ELSEWHERE(argument) argument

/*
 * A table of rows, and the offset of its struct in the applet's options struct. Applets
 * share tables (plan/kernelopts.h) by naming them in their groups.
 */
struct option_group {
	const struct option_row *rows;
	size_t base; /* offsetof() in the applet's options struct */
};

/* --help and --version, the last group of every applet. */
extern const struct option_row common_option_rows[];

/*
 * An applet: applets/foo-bar.c defines applet_foo_bar, and CONFIG_FOO_BAR builds
 * it in.  The dispatch table is generated from those names.
 */
struct applet {
	const char *name;    /* base name of argv[0]: "foo-bar" */
	const char *args;    /* operands: "SOURCE DEST" */
	const char *summary; /* one line */
	const char *details; /* more lines for --help, or NULL */
	bool unlisted;	     /* --install links it only if it is named */
	/* An unknown option, or one without its argument, is not reported. */
	bool hands_on;
	const struct option_group *options; /* in the order of --help; { 0 } at the end */
	/* Returns the exit status. argv[0] is the applet's name. */
	int (*main)(const struct applet *self, int argc, char **argv);
};

/* The applets of this configuration, sorted by name, NULL at the end (generated). */
extern const struct applet *const applets[];

#endif
