// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which facts of a record are believed.
 *
 * A module's file is the one that was read if its size, inode and both times are the
 * same.  The status change time cannot be set: whatever changes the file changes it, but
 * for a change within one tick of the file system's clock.  So a file whose times are
 * not before the run that read it is not believed (git calls this racy); nor is one
 * whose time has whole seconds only, as on file systems with coarse clocks, and in
 * read-only images, where it is not the time of a change at all.
 *
 * What is not believed is compared by the SHA-256 of the file as stored; a tree that was
 * copied or unpacked needs that for each module.  Uncompressed modules have none: to
 * read what matters of them takes less time.
 */
#include <errno.h>
#include <fcntl.h>
#include <sha2.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "base/readat.h"
#include "config.h"
#include "fs/rootfs.h"
#include "fs/walk.h"
#include "module/decode.h"
#include "module/names.h"
#include "tree/modtree.h"
#include "tree/record.h"

enum { CHUNK = 32 << 10 }; /* bytes, on the stack */

/* Returns 0, or -1 with errno. */
static int hash_file(int fd, uint8_t sha256[RECORD_HASH])
{
	unsigned char chunk[CHUNK];
	off_t at = 0;
	SHA2_CTX sha;
	ssize_t n;

	SHA256Init(&sha);
	while ((n = pread(fd, chunk, sizeof(chunk), at)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		SHA256Update(&sha, chunk, (size_t)n);
		at += n;
	}
	SHA256Final(sha256, &sha);
	return 0;
}

static bool is_same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool is_same_stat(const struct record_stamp *a, const struct record_stamp *b)
{
	return a->size == b->size && a->inode == b->inode &&
	       is_same_time(&a->modified, &b->modified) &&
	       is_same_time(&a->changed, &b->changed);
}

/* Whether a file that was found in this state is still in it, if its facts are the same. */
static bool is_believed(const struct modtree *tree, const struct record_stamp *stamp)
{
	const struct record *record = tree->record;

	return (stamp->changed.tv_nsec != 0 || tree->passing) &&
	       is_earlier(&stamp->changed, &record->made) &&
	       is_earlier(&stamp->modified, &record->made);
}

static struct record_stamp stamp_of(const struct stat *st)
{
	return (struct record_stamp){ .size = (uint64_t)st->st_size,
				      .inode = st->st_ino,
				      .modified = st->st_mtim,
				      .changed = st->st_ctim };
}

static bool is_too_large(const struct modtree *tree, const struct modinfo *info,
			 const struct record_stamp *stamp)
{
	uint64_t max = tree->max_module_size ? tree->max_module_size : DECODED_MAX;

	return info->decoded != stamp->size && info->decoded > max;
}

/*
 * Whether a file with this stamp is the one in the record.  The stamp gets the file's
 * hash if there is one to compare, or it is to be recorded.
 */
static bool is_fresh(const struct modtree *tree, const struct module *module, int fd,
		     const struct record_module *from, struct record_stamp *stamp)
{
	bool packed = !is_uncompressed(module->path);
	bool compares = from && from->stamp.hashed && from->stamp.size == stamp->size;

	if (from && is_same_stat(stamp, &from->stamp) &&
	    is_believed(tree, &from->stamp)) {
		stamp->hashed = from->stamp.hashed;
		memcpy(stamp->sha256, from->stamp.sha256, RECORD_HASH);
		return true;
	}
	if (packed && (compares || (tree->recording && !tree->passing)))
		stamp->hashed = hash_file(fd, stamp->sha256) == 0;
	return compares && stamp->hashed &&
	       memcmp(stamp->sha256, from->stamp.sha256, RECORD_HASH) == 0;
}

/* Take the facts.  Returns false if there are none, or not for this run. */
static bool take_facts(const struct modtree *tree, struct module *module,
		       const struct record_module *from, struct arena *arena)
{
	struct modsymbols *symbols = arena_alloc(arena, sizeof(*symbols));
	struct modinfo info;

	if (record_facts(tree->record, from, module->name, arena, &info, symbols) < 0 ||
	    is_too_large(tree, &info, &from->stamp))
		return false;
	module->info = info;
	module->symbols = symbols;
	module->recorded = from;
	return true;
}

void record_see_stat(const struct modtree *tree, const char *path, const struct stat *st)
{
	struct record_stamp stamp = stamp_of(st);
	struct record_module *from = record_find(tree->record, path);

	if (from)
		from->seen = S_ISREG(st->st_mode) && is_same_stat(&stamp, &from->stamp) &&
			     is_believed(tree, &from->stamp);
}

void record_see(const struct modtree *tree, const char *path,
		const struct walk_entry *entry)
{
	struct stat st;

	/* In a merged view, several files can have a path. */
	if (!tree->record || tree->root->merged || !record_find(tree->record, path))
		return;
	if (walk_stat(entry, &st) == 0)
		record_see_stat(tree, path, &st);
}

bool record_answer_seen(const struct modtree *tree, struct module *module,
			struct arena *arena)
{
	const struct record_module *from =
		tree->record ? record_find(tree->record, module->path) : NULL;

	if (!from || !from->seen || !take_facts(tree, module, from, arena))
		return false;
	module->size = from->stamp.size;
	module->mtime = from->stamp.modified.tv_sec;
	module->changed = from->stamp.changed;
	if (tree->recording)
		module->stamp = &from->stamp;
	return true;
}

bool record_answer(const struct modtree *tree, struct module *module, int fd,
		   const struct stat *st, struct arena *arena)
{
	const struct record_module *from =
		tree->record ? record_find(tree->record, module->path) : NULL;
	struct record_stamp stamp = stamp_of(st), *kept;
	bool fresh;

	if (!from && !tree->recording)
		return false;
	fresh = is_fresh(tree, module, fd, from, &stamp);
	if (tree->recording) {
		kept = arena_alloc(arena, sizeof(*kept));
		*kept = stamp;
		module->stamp = kept;
	}
	return fresh && take_facts(tree, module, from, arena);
}

void record_confirm(struct module *module, int fd)
{
	struct record_stamp now;
	struct stat st;

	if (!module->stamp)
		return;
	if (fstat(fd, &st) == 0) {
		now = stamp_of(&st);
		if (is_same_stat(&now, module->stamp))
			return;
	}
	module->stamp = NULL;
}

bool record_is_current(const struct modtree *tree, struct module *const *modules,
		       size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct record_module *from = modules[i]->recorded;

		if (!from || !modules[i]->stamp ||
		    !is_same_stat(modules[i]->stamp, &from->stamp) ||
		    !is_believed(tree, &from->stamp))
			return false;
	}
	return true;
}

/* Read at most RECORD_MAX bytes of a regular file. */
static char *read_record(int fd, size_t *size, const char **err)
{
	struct stat st;
	char *data;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > RECORD_MAX) {
		*err = "not a record";
		return NULL;
	}
	*size = (size_t)st.st_size;
	data = xmalloc(*size + 1);
	if (read_at(fd, data, *size, 0, err) == 0)
		return data;
	free(data);
	return NULL;
}

void record_read(struct modtree *tree, int fd)
{
	size_t size;
	char *data = read_record(fd, &size, &tree->record_err);

	if (data)
		tree->record = record_parse(data, size, tree->version, &tree->record_err);
}

void record_open(struct modtree *tree, const struct rootfs *root)
{
	CLEANUP_FREE char *path = path_join(tree->dir, RECORD_NAME);
	CLEANUP_FD int fd = rootfs_openat(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);

	tree->record_err = NULL;
	if (fd >= 0)
		record_read(tree, fd);
	else if (!rootfs_is_absent(errno))
		tree->record_err = read_failure(errno);
}

void record_report(const struct modtree *tree)
{
	CLEANUP_FREE char *path = modtree_path(tree, RECORD_NAME);
	CLEANUP_FREE char *label = rootfs_show(tree->root, path);

	if (tree->record_err)
		notice("%s: passed over: %s", label, tree->record_err);
}
