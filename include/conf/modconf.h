/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MODCONF_H
#define MODBOX_MODCONF_H

#include <stdbool.h>

#include "base/strlist.h"
#include "base/util.h"
#include "conf/conffile.h"
#include "conf/edge.h"

/*
 * A line that ties modules to a name: softdep, weakdep.  One record for each word
 * it names.
 */
struct soft_rule {
	const char *module; /* whom it concerns: a name, or a shell pattern */
	const char *target; /* a name or alias, as written */
	enum edge kind;	    /* EDGE_PRE, EDGE_POST or EDGE_WEAKDEP */
	size_t number;	    /* its place among the rules as they were read */
};

struct soft_rules {
	struct soft_rule *items;
	size_t n, capacity;
	size_t n_patterns; /* once sorted: they stand first, then names in their order */
	bool sorted;
};

struct conf_alias {
	const char *pattern, *target;
};

struct conf_line {
	const char *keyword; /* "options", "install" or "remove" */
	const char *module;  /* whom it concerns */
	const char *text;    /* the rest of the line */
};

/* What modprobe.d says, of what concerns the choice of modules.  Owns all. */
struct modconf {
	struct arena arena;
	struct conf_alias *aliases;
	size_t n_aliases, aliases_capacity;
	struct conf_line *lines;
	size_t n_lines, lines_capacity;
	struct soft_rules soft;
	struct string_list blacklist; /* names of modules */
};

/*
 * Read modprobe.d of root: the directories dirs, all of which must exist; or with
 * n_dirs 0, kmod's own places, inside root.  Lines that kmod does not understand
 * are passed over, as it does.
 * Returns 0, or -1, reported.
 */
int modconf_read(struct modconf *conf, const struct rootfs *root, const char *const *dirs,
		 size_t n_dirs);
void modconf_free(struct modconf *conf);

/*
 * The first alias line that stands for a name (normalised) and leads to target, or to
 * anything where that is NULL.  NULL: there is none.
 */
const struct conf_alias *modconf_alias(const struct modconf *conf, const char *name,
				       const char *target);

/* Why a name (normalised) that an alias line stands for is not there, or NULL: none does.
 */
char *modconf_hidden(struct arena *arena, const struct modconf *conf, const char *name);

/* The install command that runs in place of a module: the first counts.  NULL: none. */
const char *modconf_install(const struct modconf *conf, const char *module);

/* The files of modprobe.d, as modconf_read() takes them.  Returns 0, or -1, reported. */
int modconf_files(struct conf_files *files, const struct rootfs *root,
		  const char *const *dirs, size_t n_dirs);

/* A line of modprobe.d.  Its strings are in that line. */
struct conf_statement {
	char *keyword;
	char *name;  /* normalised; NULL: there is none that an index could hold */
	char *words; /* the rest of the line; NULL: there is none */
};

/*
 * Take a line apart as libkmod does, writing into it.
 * Returns false where it holds no statement.
 */
bool modconf_statement(char *line, struct conf_statement *statement);

/* The target of an alias, normalised, or NULL.  Writes into the statement's words. */
char *modconf_target(const struct conf_statement *statement);

/*
 * Parse the words of a softdep ("pre: a b post: c"; words before the first of the two
 * are ignored, as libkmod does), or of a weakdep ("a b").  Strings are put in arena;
 * module is borrowed.
 */
void soft_rules_add(struct soft_rules *rules, struct arena *arena, const char *module,
		    const char *words, bool weak);

/*
 * Find the rules that concern a module name, one at a time.
 * *at is 0 at first, and says where to go on.  The rules are sorted at the first search.
 * Returns NULL when there are no more.
 */
const struct soft_rule *soft_rules_next(struct soft_rules *rules, const char *name,
					size_t *at);

/*
 * Parse the text of modules.softdep or modules.weakdep: "softdep NAME WORDS",
 * "weakdep NAME WORDS" lines.  Other lines are passed over.
 */
void soft_rules_parse(struct soft_rules *rules, struct arena *arena,
		      const struct conf_text *text);

#endif
