/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_LINT_H
#define MODBOX_LINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "conf/conffile.h"
#include "lint/lintrules.h"
#include "plan/listfile.h"
#include "plan/plan.h"
#include "tree/modtree.h"

/*
 * What modlist-lint works on: files, which are lines, on which findings hang.  What a
 * list means is what the resolver makes of it (closure.h), for each kernel in turn.
 */

/* A kernel of which something is said. */
struct lint_kernel {
	const char *version;
	struct lint_kernel *next;
};

/* Something that a finding says, and the kernels that it holds for; none: of no kernel. */
struct lint_part {
	const char *text; /* before kernels it ends with "in", "from" or the like */
	struct lint_kernel *kernels;
	struct lint_part *next;
};

struct lint_finding {
	enum lint_rule_number rule;
	size_t at;	     /* bytes of its line before it */
	const char *subject; /* what it is about, or NULL */
	struct lint_part *parts;
	const char *hint; /* what might be done, or NULL */
	/* What --fix makes of the line: it goes, or becomes this (two lines, if a newline
	 * is in it); NULL: nothing. */
	bool drops;
	const char *fix;
	struct lint_finding *next;
};

struct lint_line {
	const struct lint_file *file;
	const char *text; /* not NUL-terminated */
	size_t len;	  /* bytes, without the newline, */
	bool ended;	  /* if it has one */
	unsigned number;
	size_t origin; /* the line of the list as it was read that this one comes from */
	uint64_t ignored;	       /* rules, one a bit */
	struct lint_finding *findings; /* by place, then by rule */
	/* Of a list: */
	size_t at;	  /* where its name begins */
	const char *name; /* what it requests, as it is written, or NULL */
	bool duplicate;	  /* of another line */
};

struct lint_file {
	const char *name; /* as findings have it */
	const char *path; /* of a list: "-" is standard input; else NULL */
	char *data;	  /* of a list: as it was read */
	struct stat st;	  /* when it was read */
	struct lint_line *lines;
	size_t n;
	bool crlf;	       /* it has such lines, and they are to be mended */
	struct lint_line *old; /* the lines as they were read, once there are new ones */
	size_t n_old;
};

/* A line of modprobe.d, taken apart (modconf.h); continued lines are one. */
struct lint_statement {
	struct lint_line *line; /* its first */
	size_t at;		/* where it begins there */
	const char *subject;	/* what it is for: "options ext4" */
	struct conf_statement words;
	const char *target; /* of an alias, or NULL */
};

/* What one kernel made of a name that a list requests. */
struct lint_answer {
	enum answer answer;
	const char *builtin;
	const char
		*redundant; /* the lines that pull in all that it stands for, or NULL; */
	bool own_list;	    /* they are in the same list */
};

/* A name that a list requests or excludes; request i of wanted is asked[i]. */
struct lint_asked {
	struct lint_line *line;
	const struct request *request;
	struct lint_answer *answers; /* one a kernel */
};

struct lint {
	uint64_t ignored; /* rules, one a bit */
	int flags;	  /* of closures */
	struct rootfs source;
	bool has_firmware; /* SOURCE holds a directory of it */
	struct modtree *kernels;
	size_t n_kernels;
	struct lint_file *files; /* the lists, then modprobe.d */
	size_t n_files, n_lists;
	struct conf_files conf;
	struct lint_statement *statements;
	size_t n_statements, statements_capacity;
	struct arena kept;

	/* Of one look at the lists; lint_fix() can make another worth while. */
	struct arena arena;
	struct request_list wanted;
	struct lint_asked *asked;
	size_t n_hints; /* given so far */
};

/*
 * Add a part to the finding of a rule at a place, which is made where there is none:
 * kernels of which the same is said share a part.  at is bytes into the line; subject and
 * kernel may be NULL, and are borrowed.
 * Returns the finding, or NULL where the rule is ignored there.
 */
struct lint_finding *lint_add(struct lint *lint, struct lint_line *line, size_t at,
			      enum lint_rule_number rule, const char *subject,
			      const struct modtree *kernel, const char *format, ...)
	__attribute__((format(printf, 7, 8)));

/* True where a finding of the rule could be had of some line of lists or modprobe.d. */
bool lint_wants(const struct lint *lint, enum lint_rule_number rule);

/* The finding of a rule on a line, or NULL. */
const struct lint_finding *lint_found(const struct lint_line *line,
				      enum lint_rule_number rule);

/* What a finding says, on one line.  The caller frees it. */
char *lint_message(const struct lint_finding *finding);

/* The column of a place in a line, from 1, in characters of UTF-8. */
unsigned lint_column(const struct lint_line *line, size_t at);

/* A line as messages name it, "FILE:LINE"; the caller frees it. */
char *lint_place(const struct lint_line *line);

#endif
