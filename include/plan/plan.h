/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_PLAN_H
#define MODBOX_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/strlist.h"
#include "base/util.h"
#include "conf/edge.h"
#include "config.h"
#include "tree/answer.h"

/*
 * How a plan is made (closure.h). A flag that the configuration does not use is 0, which
 * drops its code.
 */
enum {
	CLOSURE_NO_SOFTDEP = 1 << 0,
	CLOSURE_NO_WEAKDEP = 1 << 1,
	/* Only warn of missing modules; the exit status is still 1. */
	CLOSURE_KEEP_GOING = 1 << 2,
	/* Check the structure of each selected module. */
	CLOSURE_CHECK = 1 << 3,
	/* Decompress each one completely, to find flipped bits. */
	CLOSURE_VERIFY = 1 << 4,
	/* Check that an index can hold the name of each one. */
	CLOSURE_NAMES = ENABLED(FEATURE_INDEX_WRITER) << 5,
	/*
	 * Take dependencies from the modules, not from modules.dep, which also lists
	 * indirect ones.
	 */
	CLOSURE_DIRECT = ENABLED(MODCLOSURE) << 6,
	/*
	 * Do not report missing or excluded dependencies; the plan's names record them.
	 */
	CLOSURE_QUIET = 1 << 7,
	/*
	 * Drop modules that modprobe.d blacklists if only an alias led to them, as
	 * modprobe does.
	 */
	CLOSURE_BLACKLIST = ENABLED(MODCLOSURE) << 8,
	/*
	 * Read what a proof needs of each one, in the same pass (LOAD_FACTS). That a file
	 * is damaged is left for the proof to say.
	 */
	CLOSURE_FACTS = ENABLED(FEATURE_PROOF) << 9,
};

struct plan_module {
	const char *name;    /* with underscores */
	const char *path;    /* below the module directory, or absolute (names.h) */
	const char *overlay; /* the overlay that it is from, as given, or NULL */
	enum edge edge;	     /* first edge that led to it, and its source: */
	const char *by;	     /* a module's name, or the origin of a request */
	const char *alias;   /* the name looked up, if it is a different one, or NULL */
	uint64_t size;	     /* size of the file in SOURCE, in bytes */
	time_t mtime;	     /* of the file in SOURCE */
	uint64_t memory;     /* bytes allocated when loaded; 0: .modinfo was not read */
	bool softdep;	     /* a softdep of it exists: modprobe ignores its command */
};

/*
 * A name without a file, at its place in modprobe's order: a built-in module, or a name
 * that only modprobe.d knows.
 */
struct plan_fileless {
	const char *name;
	const char *alias; /* the name looked up, if it is a different one, or NULL */
	size_t before;	   /* index of the module before which modprobe comes to it */
	bool builtin;
	bool softdep; /* as above */
};

/* A name that was looked up: a request, or the target of a softdep or weakdep. */
struct plan_name {
	const char *name; /* as written */
	enum edge edge;	  /* EDGE_REQUEST: by is its origin; else by is a module's name */
	const char *by;
	enum answer answer;
	const char *excluded; /* origin of the request that excludes all modules of this
				 name; with CLOSURE_QUIET, also of one that excludes this
				 hard dependency; or NULL */
	const char *blacklisted; /* CLOSURE_BLACKLIST: all that this name stands for,
				    dropped as blacklisted; or NULL */
	/*
	 * The built-in modules of its answer: at least one if it is ANSWER_BUILTIN, and
	 * perhaps some beside the modules if it is ANSWER_MODULES.
	 */
	const char **builtins;
	size_t n_builtins;
	/*
	 * Its modules: indexes in the plan. A request also stands for the modules that
	 * softdeps of its built-ins and commands led to, whatever the answer.
	 */
	size_t *modules;
	size_t n_modules;
	size_t number; /* position in the order of discovery */
	bool literal;  /* the request was taken literally, as --hardware's are */
};

/* A module that needs another; both are indexes into modules. */
struct plan_edge {
	size_t from, to;
	enum edge edge;
	const char *alias; /* the name looked up, if it is a different one, or NULL */
};

/*
 * The modules and files to copy for one kernel.  Plain data: the plan owns all of it.
 * The stages after closure_resolve() and reverse_resolve() only read it.
 */
struct plan {
	struct arena arena;
	const char *dir; /* the module directory: usr/lib/modules/6.1.0, without '/' at
			    either end */
	const char *version;  /* the kernel's; "." if it is not known (modopen.h) */
	const char *fallback; /* why module_dir is not the usual one, or NULL */
	const char *remark;   /* how SOURCE's indexes are stale, or NULL */
	struct plan_module *modules; /* in load order, dependencies first */
	size_t n_modules;
	struct plan_fileless *fileless; /* in the order of modprobe */
	size_t n_fileless;
	size_t *by_name; /* indexes of modules, sorted by name; for plan_find() */
	/*
	 * First the n_requests requests, in their order; then the other names that led to
	 * no module, or to something without a file too, grouped by the module that asked
	 * for them.
	 */
	struct plan_name *names;
	size_t n_names;
	size_t n_requests;
	/*
	 * No duplicates; grouped by module. A softdep on something without a file leads
	 * to the modules that softdeps of the latter name.
	 */
	struct plan_edge *edges;
	size_t n_edges;
	size_t n_builtin; /* built-in modules among fileless */
	uint64_t bytes;	  /* total size of the modules' files in SOURCE */
	/* Also copied: modules.builtin, modules.builtin.modinfo and similar files. */
	struct string_list builtin_files;
};

/* Return the index of the module with a name (with underscores), or SIZE_MAX. */
size_t plan_find(const struct plan *plan, const char *name);

/* Whether a request is a built-in module, whose name has len bytes. */
bool plan_requests_builtin(const struct plan *plan, const char *builtin, size_t len);

/* Print the answer to each request, in lines that begin with '#'. */
void plan_show_answers(const struct plan *plan);

/*
 * Print a '#' line with the number of modules, the size of their files in DEST (bytes),
 * and the number of built-in modules.
 */
void plan_show_sum(const struct plan *plan, uint64_t bytes);

/* Say why a module is in a plan: "ext4: requested by --module". Allocated in arena. */
char *plan_why(struct arena *arena, const struct plan_module *module);

/* Remove all names from a plan. */
void plan_drop_names(struct plan *plan);

void plan_free(struct plan *plan);

#endif
