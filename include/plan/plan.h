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
#include "tree/answer.h"

struct plan_module {
	const char *name;  /* with underscores */
	const char *path;  /* below the module directory: kernel/fs/ext4/ext4.ko.xz */
	enum edge edge;	   /* the first that led to it, and from where: */
	const char *by;	   /* a module's name, or the origin of a request */
	const char *alias; /* the name that was looked up, where it is another, or NULL */
	uint64_t size;	   /* bytes of the file in SOURCE */
	time_t mtime;	   /* the file's, in SOURCE */
	uint64_t memory; /* bytes that loading allocates; 0 where .modinfo was not read */
};

/* A name that was looked up: a request's, or a softdep's or weakdep's target. */
struct plan_name {
	const char *name; /* as it was written */
	enum edge edge;	  /* EDGE_REQUEST: by is its origin; else by is a module's name */
	const char *by;
	enum answer answer;
	const char *excluded;	 /* the origin of a request that excludes all that this
				    stands for, or, with CLOSURE_QUIET, a module that by
				    depends on; or NULL */
	const char *blacklisted; /* CLOSURE_BLACKLIST: the names of all that this stands
				    for, left out; or NULL */
	const char *builtin;	 /* ANSWER_BUILTIN: the built-in module */
	size_t *modules;	 /* ANSWER_MODULES: indexes in the plan */
	size_t n_modules;
	size_t number; /* its place in the order of finding */
	bool literal;  /* request: it was taken as it stands, as --hardware's are */
};

/* A module that needs another; indexes in the plan. */
struct plan_edge {
	size_t from, to;
	enum edge edge;
	const char *alias; /* the name that was looked up, where it is another, or NULL */
};

/*
 * The modules and files to copy for one kernel.  Plain data: the plan owns all of it.
 * Once it is resolved, it is const to all that follows.
 */
struct plan {
	struct arena arena;
	const char *module_dir; /* below the root, no '/' at either end: usr/lib/modules */
	const char *version;	/* usr/lib/modules/<version> is the module directory */
	const char *fallback;	/* why module_dir is not the usual one, or NULL */
	const char *remark;	/* why SOURCE's indexes were not used, or NULL */
	struct plan_module *modules; /* dependencies first */
	size_t n_modules;
	size_t *by_name;	 /* the modules' indexes, sorted by name: plan_find() */
	struct plan_name *names; /* the requests, in their order; then, of the others, */
	size_t n_names;	   /* those that no module answered, one module's together */
	size_t n_requests; /* of the names */
	struct plan_edge *edges; /* each once; those of one module stand together */
	size_t n_edges;
	size_t n_builtin; /* different built-in modules among the names */
	uint64_t bytes;	  /* of the modules' files in SOURCE */
	/* What is copied besides: modules.builtin, modules.builtin.modinfo and their kin.
	 */
	struct string_list builtin_files;
};

/* The index of the module of a name (with underscores), or SIZE_MAX. */
size_t plan_find(const struct plan *plan, const char *name);

/*
 * Show on standard output, as lines that begin with '#', what the requests came to; and
 * how many modules a plan has, whose files come to bytes in DEST.
 */
void plan_show_answers(const struct plan *plan);
void plan_show_sum(const struct plan *plan, uint64_t bytes);

/* Why a module is in a plan, for people: "ext4: requested by --module".  In arena. */
char *plan_why(struct arena *arena, const struct plan_module *module);

/* Forget the names of a plan: what was requested, and what was not there. */
void plan_drop_names(struct plan *plan);

void plan_free(struct plan *plan);

#endif
