/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_MODCONF_H
#define MODBOX_MODCONF_H

#include <stdbool.h>

#include "base/strlist.h"
#include "base/util.h"
#include "conf/conffile.h"
#include "conf/edge.h"

/* A softdep or weakdep. A line makes one record for each target. */
struct soft_rule {
	const char *module; /* a name or a shell pattern */
	const char *target; /* a name or alias, as written */
	enum edge kind;	    /* EDGE_PRE, EDGE_POST or EDGE_WEAKDEP */
	size_t number;	    /* position in the order of reading */
	int rank;	    /* libkmod reads its line before (-1) or after those of the
			       indexes (0) */
	size_t line;	    /* number of its line among these */
};

struct soft_rules {
	struct soft_rule *items;
	size_t n, capacity;
	size_t n_patterns; /* once sorted: patterns come first, then names in order */
	bool sorted;
	int rank; /* of the rules that are added */
	size_t n_lines;
};

struct conf_alias {
	const char *pattern, *target;
};

struct conf_line {
	const char *keyword; /* "options", "install" or "remove" */
	const char *module;  /* a name or a shell pattern */
	const char *text;    /* the rest of the line */
};

/* The parts of modprobe.d that affect the selection of modules. Owns all its memory. */
struct modconf {
	struct arena arena;
	struct conf_alias *aliases;
	size_t n_aliases, aliases_capacity;
	struct conf_line *lines;
	size_t n_lines, lines_capacity;
	struct soft_rules soft;
	struct string_list blacklist; /* module names */
};

/*
 * Read root's modprobe.d: the directories dirs, which must all exist; or, if n_dirs is 0,
 * kmod's usual places. Lines that kmod does not understand are skipped, as kmod does.
 * Returns 0, or -1 and reports it.
 */
int modconf_read(struct modconf *conf, const struct rootfs *root, const char *const *dirs,
		 size_t n_dirs);
void modconf_free(struct modconf *conf);

/*
 * Return the first alias line that matches a normalised name and leads to target (NULL:
 * to anything), or NULL.
 */
const struct conf_alias *modconf_alias(const struct modconf *conf, const char *name,
				       const char *target);

/*
 * Explain, in arena, why an alias line hides a normalised name; NULL if no alias line
 * matches.
 */
char *modconf_hidden(struct arena *arena, const struct modconf *conf, const char *name);

/*
 * Return the install command that runs instead of loading a module (the first one), or
 * NULL.
 */
const char *modconf_install(const struct modconf *conf, const char *module);

/*
 * Return the first install command whose line has this very name, not a pattern, or NULL:
 * by it libkmod finds a name that is no module's.
 */
const char *modconf_command(const struct modconf *conf, const char *name);

/*
 * Read the files of modprobe.d that modconf_read() uses. Returns 0, or -1 and reports it.
 */
int modconf_files(struct conf_files *files, const struct rootfs *root,
		  const char *const *dirs, size_t n_dirs);

/* A line of modprobe.d. The strings point into it. */
struct conf_statement {
	char *keyword;
	char *name;  /* normalised; NULL: missing or invalid */
	char *words; /* the rest of the line; NULL: none */
};

/* Split a line as libkmod does; modifies it. Returns false if it has no statement. */
bool modconf_statement(char *line, struct conf_statement *statement);

/* Return an alias statement's target, normalised, or NULL. Modifies statement->words. */
char *modconf_target(const struct conf_statement *statement);

/*
 * Parse the words of a softdep ("pre: a b post: c"; like libkmod, ignore words before the
 * first of the two), or of a weakdep ("a b"). Strings are allocated in arena; module is
 * borrowed.
 */
void soft_rules_add(struct soft_rules *rules, struct arena *arena, const char *module,
		    const char *words, bool weak);

/*
 * Find the rules for a module name, one per call. *at is 0 at first and keeps the
 * position. Sorts the rules at the first search. Returns NULL when there are no more.
 */
const struct soft_rule *soft_rules_next(struct soft_rules *rules, const char *name,
					size_t *at);

/*
 * Parse the text of modules.softdep or modules.weakdep: lines "softdep NAME WORDS" and
 * "weakdep NAME WORDS"; others are skipped.
 */
void soft_rules_parse(struct soft_rules *rules, struct arena *arena,
		      const struct conf_text *text);

#endif
