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
#include "proof/proof.h"
#include "tree/modtree.h"
#include "unpack/source.h"

/*
 * The data of modlist-lint: files consist of lines, and findings are attached to lines.
 *
 * The linter does not interpret names itself: it resolves the lists against each kernel
 * (plan/closure.h) and judges the plans, so it cannot disagree with rpi-modcopy.
 */

/* A kernel that a part of a finding applies to. */
struct lint_kernel {
	const char *version;
	struct lint_kernel *next;
};

/* A clause of a finding and the kernels it applies to; no kernels: to the line alone. */
struct lint_part {
	const char *text; /* if kernels follow, it ends with "in", "from" or the like */
	struct lint_kernel *kernels;
	struct lint_part *next;
};

/* A module that a proof does not prove. */
struct lint_module {
	const char *path, *kernel;
	const char *verdict, *rule; /* as in modclosure's JSON */
	const char *errno_name;	    /* or NULL */
	struct lint_module *next;
};

struct lint_finding {
	enum lint_rule_number rule;
	enum lint_severity severity; /* the rule's, or lower */
	size_t at;		     /* byte offset in its line */
	const char *subject;	     /* the name or statement concerned, or NULL */
	struct lint_part *parts;
	struct lint_module *modules; /* of will-not-load */
	const char *hint;	     /* a suggestion, or NULL */
	bool drops;		     /* --fix deletes the line */
	const char *fix; /* --fix replaces the line by this (two lines if it has a
			    newline), or NULL */
	struct lint_finding *next;
};

struct lint_line {
	const struct lint_file *file;
	const char *text; /* not NUL-terminated */
	size_t len;	  /* bytes, without the newline */
	bool ended;	  /* it has a newline */
	unsigned number;
	size_t origin; /* index of the line in the file as read that this one came from */
	uint64_t ignored;	       /* set of rules, one bit each */
	struct lint_finding *findings; /* sorted by offset, then by rule */
	/* Lists only: */
	size_t at;	  /* byte offset of the name */
	const char *name; /* the request as written, or NULL */
	bool duplicate;	  /* of another line */
};

struct lint_file {
	const char *name; /* as shown in findings */
	const char *path; /* list: "-" is standard input; modprobe.d: NULL */
	char *data;	  /* list: contents as read; owned */
	struct stat st;	  /* list: status when read */
	struct lint_line *lines;
	size_t n;
	bool crlf;	       /* --fix removes the CR of each line */
	struct lint_line *old; /* the lines as read, once --fix has changed some */
	size_t n_old;
};

/* A statement of modprobe.d, parsed (conf/modconf.h); continued lines form one. */
struct lint_statement {
	struct lint_line *line; /* the first line */
	size_t at;		/* byte offset in that line */
	const char *subject;	/* as shown in findings: "options ext4" */
	struct conf_statement words;
	const char *target; /* alias: its target; others: NULL */
	bool known;	    /* a kernel has its module */
};

/* One kernel's answer to a name. */
struct lint_answer {
	enum answer answer;
	const char *builtin;
	const char *redundant; /* lines that already pull in all its modules, or NULL */
	bool own_list;	       /* those lines are all in the same list */
};

/* A name that a list requests or excludes; asked[i] belongs to wanted.items[i]. */
struct lint_asked {
	struct lint_line *line;
	const struct request *request;
	struct lint_answer *answers; /* one per kernel */
};

struct lint {
	uint64_t ignored;		   /* set of rules, one bit each */
	int flags;			   /* for closure_resolve() */
	bool has_firmware;		   /* SOURCE has a firmware directory */
	const struct proof_options *proof; /* borrowed; NULL: not wanted */
	struct modtree *kernels;
	size_t n_kernels;
	struct string_list leftovers; /* versions; --all-kernels passes over them */
	struct lint_file *files;      /* n_lists lists, then the files of modprobe.d */
	size_t n_files, n_lists;
	struct conf_files conf;
	struct lint_statement *statements;
	size_t n_statements, statements_capacity;
	struct arena kept; /* lives until lint_close() */

	/* The results of one lint_run(); the next one discards them. */
	struct arena arena;
	struct request_list wanted;
	struct lint_asked *asked;
	size_t n_hints; /* number given so far */

	struct source source; /* with the overlays */
};

/*
 * Record a finding, or add to the one that the same rule already has at the same place,
 * about the same subject.
 * Kernels with the same text share one part.  at is a byte offset into the line; subject
 * and kernel may be NULL and are borrowed.
 * Returns the finding, owned by lint, or NULL if the rule is ignored on this line.
 */
struct lint_finding *lint_add(struct lint *lint, struct lint_line *line, size_t at,
			      enum lint_rule_number rule, const char *subject,
			      const struct modtree *kernel, const char *format, ...)
	__attribute__((format(printf, 7, 8)));

/* True unless the rule is ignored for the whole run, so checks can skip costly work. */
bool lint_wants(const struct lint *lint, enum lint_rule_number rule);

/* Return the first finding of a rule on a line, or NULL. */
const struct lint_finding *lint_found(const struct lint_line *line,
				      enum lint_rule_number rule);

/* Return the text of a finding, on one line.  The caller frees it. */
char *lint_message(const struct lint_finding *finding);

/* Convert a byte offset to a column, counted from 1 in UTF-8 characters. */
unsigned lint_column(const struct lint_line *line, size_t at);

/* Return "FILE:LINE", as messages refer to a line.  The caller frees it. */
char *lint_place(const struct lint_line *line);

#endif
