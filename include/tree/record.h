/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_RECORD_H
#define MODBOX_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

#include "base/hash.h"
#include "base/strbuf.h"
#include "base/util.h"
#include "module/elfsymbols.h"
#include "module/modinfo.h"

struct module;
struct modtree;
struct rootfs;
struct walk_entry; /* walk.h */

/*
 * modules.modbox, the record: what an earlier run read of each module, beside the
 * indexes.  recordformat.h describes the file, record.c what it is believed.
 */
#define RECORD_NAME "modules.modbox"
enum {
	RECORD_MAX = 16 << 20, /* bytes; a larger one is neither read nor written */
	RECORD_HASH = 32,      /* bytes of a SHA-256 */
};

/* What identifies the contents of a file. */
struct record_stamp {
	uint64_t size, inode;
	struct timespec modified, changed;
	bool hashed; /* sha256 is that of the file as stored */
	uint8_t sha256[RECORD_HASH];
};

struct record_module {
	const char *path; /* as struct module's */
	struct record_stamp stamp;
	const unsigned char *facts; /* for record_facts() */
	size_t facts_size;
	bool seen; /* record_see() found the file unchanged */
	UT_hash_handle hh;
};

struct record {
	char *data;
	size_t size;
	struct timespec made; /* before its modules were read */
	uint8_t seal[RECORD_HASH];
	const char *vermagic; /* that most modules have */
	struct modsymbol *symbols;
	size_t n_symbols;
	size_t n_first; /* of them, those when all were in use */
	struct record_module *modules, *by_path;
	size_t n;
	struct arena arena;
};

/* A sum that finds whatever happens by chance, in a fraction of the time of a hash. */
uint64_t record_sum(const void *data, size_t size);

/*
 * Parse a record of size bytes, for a kernel's version.  data is taken over in any case.
 * Returns a record for record_free(), or NULL with *err set to a constant text; not
 * reported.
 */
struct record *record_parse(char *data, size_t size, const char *version,
			    const char **err);
void record_free(struct record *record);

/* Return what the record has of a path, or NULL. */
struct record_module *record_find(const struct record *record, const char *path);

/*
 * Get the facts of a module with a name: the fields of .modinfo that are recorded (in
 * their order), its sizes, and its symbols.  They are allocated in arena, or the
 * record's.  Returns 0, or -1 if they are damaged; not reported.
 */
int record_facts(const struct record *record, const struct record_module *from,
		 const char *name, struct arena *arena, struct modinfo *info,
		 struct modsymbols *symbols);

/* What a new record says of its run. */
struct record_head {
	const char *version;
	struct timespec made;
	uint8_t seal[RECORD_HASH]; /* zeros: none */
	bool grows;		   /* it has all modules of the old one, and more */
};

/*
 * Append a record of n modules to out, which is empty: those that have a stamp, and no
 * err.  What old (or NULL) has of them is not encoded again.
 */
void record_make(struct strbuf *out, const struct record_head *head,
		 struct module *const *modules, size_t n, const struct record *old);

/*
 * Open the record of a tree's directory in root, if there is one, as tree->record.
 * tree->record_err gets a constant text that says why it is passed over, or NULL; not
 * reported.
 */
void record_open(struct modtree *tree, const struct rootfs *root);

/* Say that the record was passed over, if it was, on standard error. */
void record_report(const struct modtree *tree);

/* Read the record that is open as fd. The same is set. */
void record_read(struct modtree *tree, int fd);

/* In a walk over a tree (modwalk.h): find out whether a module's file is unchanged. */
void record_see(const struct modtree *tree, const char *path,
		const struct walk_entry *entry);

/* The same of a module's file in SOURCE, by its facts; tree->record is there. */
void record_see_stat(const struct modtree *tree, const char *path, const struct stat *st);

/* Take what the record has of a module that was seen unchanged.  Sets the same. */
bool record_answer_seen(const struct modtree *tree, struct module *module,
			struct arena *arena);

/*
 * Take what the record has of a module, if it is the file fd, whose facts are st.
 * module->recorded is set then.  In a tree that is being recorded, module->stamp is set
 * in any case; its memory is arena's.
 */
bool record_answer(const struct modtree *tree, struct module *module, int fd,
		   const struct stat *st, struct arena *arena);

/* After the file was read: forget module->stamp if it has changed meanwhile. */
void record_confirm(struct module *module, int fd);

/* Whether all modules' stamps are those of the record, and believed without a hash. */
bool record_is_current(const struct modtree *tree, struct module *const *modules,
		       size_t n);

#endif
