// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files for DEST, as dracut-install puts them there: the directory of a file is made like
 * the source's, where it may be a link; a file that is there is kept; a link is copied as
 * a relative one, and what it leads to as well.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/message.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "base/workers.h"
#include "fs/copy.h"
#include "generator/placing.h"

/* A path of DEST that was dealt with. */
struct placed {
	const char *dst;
	const char *src; /* in the sysroot */
	bool copies;	 /* it is to be copied */
	bool failed;
};

static int put(struct placing *p, const char *src, const char *dst, bool isdir);

const char *placing_strip(const struct placing *p, const char *path)
{
	size_t len = strlen(p->sysroot);

	return strncmp(path, p->sysroot, len) == 0 ? path + len : path;
}

static const char *parent_of(struct placing *p, const char *path)
{
	size_t len = (size_t)(path_base(path) - path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	return arena_strndup(&p->arena, path, len);
}

/* Get the facts of a file in either root; nofollow: of a link itself. */
static int stat_in(const struct rootfs *root, const char *path, struct stat *st,
		   bool nofollow)
{
	CLEANUP_FD int fd =
		rootfs_openat(root, path, O_PATH | (nofollow ? O_NOFOLLOW : 0));

	return fd < 0 ? -1 : fstat(fd, st);
}

static const char *in_dest(struct placing *p, const char *dst)
{
	return arena_printf(&p->arena, "%s%s", p->dest.real, dst);
}

static struct placed *mark(struct placing *p, const char *src, const char *dst)
{
	struct placed *placed = arena_alloc(&p->arena, sizeof(*placed));

	*placed = (struct placed){ .dst = dst, .src = src };
	symtable_add(&p->done, dst, 0, 0);
	return placed;
}

/* List a path for the log, and perhaps to be copied. */
static void list(struct placing *p, struct placed *placed)
{
	p->files = grow(p->files, p->n, &p->capacity, sizeof(struct placed *));
	p->files[p->n++] = placed;
}

static int make_directory(struct placing *p, const char *dst)
{
	CLEANUP_FD int fd = -1;

	if (p->dry_run)
		return 0;
	if (p->verbose)
		notice("mkdir '%s'", in_dest(p, dst));
	fd = rootfs_mkdirs(&p->dest, dst, 0755);
	if (fd >= 0)
		return 0;
	error(STATUS_IO, "ERROR: mkdir '%s': %m", in_dest(p, dst));
	return 1;
}

/* Make sure that the directory of a file exists. */
static int make_parent(struct placing *p, const char *dst)
{
	const char *parent = parent_of(p, dst);
	struct stat st;

	if (p->dry_run || symtable_find(&p->done, parent) ||
	    stat_in(&p->dest, parent, &st, false) == 0 ||
	    put(p, parent, parent, true) == 0)
		return 0;
	error(STATUS_IO, "ERROR: failed to create directory '%s'", in_dest(p, parent));
	return 1;
}

/* The path of a name in its real directory, as links are resolved on this host. */
static const char *real_of(struct placing *p, const char *path)
{
	CLEANUP_FREE char *dir = realpath(in_dest(p, parent_of(p, path)), NULL);

	if (!dir)
		return path_trim(&p->arena, in_dest(p, path));
	return arena_join(&p->arena, dir, path_base(path));
}

/* Put what the link src leads to into DEST, and a link to it. */
static int put_link(struct placing *p, const char *src, const char *dst)
{
	CLEANUP_FREE char *text = rootfs_readlink(&p->source, src);
	const char *target, *link;
	CLEANUP_FD int dir = -1;
	struct stat st;

	if (!text)
		return 1;
	target = text[0] == '/' ? arena_strdup(&p->arena, text) :
				  arena_join(&p->arena, parent_of(p, src), text);
	if (put(p, target, target, false) != 0 ||
	    stat_in(&p->source, target, &st, true) < 0)
		return 1;
	if (p->dry_run || stat_in(&p->dest, dst, &st, true) == 0)
		return 0;
	link = path_relative(&p->arena, real_of(p, dst), real_of(p, target));
	dir = rootfs_openat(&p->dest, parent_of(p, dst), O_RDONLY | O_DIRECTORY);
	if (dir < 0 || symlinkat(link, dir, path_base(dst)) < 0)
		error(STATUS_IO, "ERROR: ln -s '%s' '%s': %m", link, in_dest(p, dst));
	return 0;
}

/* Copy the file beside one that has its checksum, unless it is that. */
static void put_hmac(struct placing *p, const char *src, const char *dst)
{
	const char *name = path_base(src), *dot = strrchr(name, '.');

	if (!dot || strcmp(dot, ".hmac") != 0)
		put(p, arena_printf(&p->arena, "%s/.%s.hmac", parent_of(p, src), name),
		    arena_printf(&p->arena, "%s/.%s.hmac", parent_of(p, dst), name),
		    false);
}

static int put_new(struct placing *p, struct placed *placed, mode_t type, bool isdir)
{
	if (make_parent(p, placed->dst) != 0)
		return 1;
	if (type == S_IFDIR)
		return make_directory(p, placed->dst);
	if (type == S_IFLNK) {
		int result = put_link(p, placed->src, placed->dst);

		if (p->hmac && result == 0)
			put_hmac(p, placed->src, placed->dst);
		return result;
	}
	if (p->hmac)
		put_hmac(p, placed->src, placed->dst);
	if (isdir && make_directory(p, placed->dst) != 0)
		return 1;
	if (!isdir && p->verbose)
		notice("cp '%s%s' '%s'", p->sysroot, placed->src,
		       in_dest(p, placed->dst));
	placed->copies = !isdir && !p->dry_run;
	list(p, placed);
	return 0;
}

/* isdir: the source need not exist. */
static int put(struct placing *p, const char *src, const char *dst, bool isdir)
{
	struct stat st = { 0 }, there;
	struct placed *placed;

	src = arena_strdup(&p->arena, placing_strip(p, src));
	dst = arena_strdup(&p->arena, placing_strip(p, dst));
	if (symtable_find(&p->done, dst))
		return 0;
	if (stat_in(&p->source, src, &st, true) < 0) {
		st.st_mode = 0;
		if (!isdir)
			return 1;
	}
	placed = mark(p, src, dst);
	if (!p->dry_run && stat_in(&p->dest, dst, &there, false) == 0) {
		list(p, placed);
		return 0;
	}
	if (!p->dry_run && errno != ENOENT) {
		error(STATUS_IO, "ERROR: stat '%s': %m", in_dest(p, dst));
		return 1;
	}
	return put_new(p, placed, st.st_mode & S_IFMT, isdir);
}

int placing_add(struct placing *p, const char *src, const char *dst)
{
	return put(p, src, dst, false);
}

/* -- copying -------------------------------------------------------------------- */

static void copy_one(void *worker, size_t i, void *context)
{
	struct placing *p = context;
	struct placed *placed = p->files[i];
	const char *name = path_base(placed->dst);
	CLEANUP_FREE char *label = NULL, *from = NULL, *dir = NULL;
	CLEANUP_FD int fd = -1, to = -1;
	struct stat st;

	(void)worker;
	if (!placed->copies)
		return;
	label = rootfs_host_path(&p->dest, placed->dst + 1);
	from = rootfs_host_path(&p->source, placed->src + 1);
	dir = xasprintf("%.*s", (int)(name - placed->dst), placed->dst);
	placed->failed = true;
	fd = rootfs_openat(&p->source, placed->src, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		error(STATUS_IO, "cannot read %s: %s", from,
		      fd < 0 ? strerror(errno) : "not a regular file");
		return;
	}
	to = rootfs_openat(&p->dest, dir, O_RDONLY | O_DIRECTORY);
	if (to < 0)
		error(STATUS_IO, "cannot write %s: %m", label);
	else if (copy_file(fd, from, to, name, label, !p->no_xattr) == 0)
		placed->failed = false;
}

/* Write the names of what is in DEST now. */
static int write_log(struct placing *p)
{
	struct strbuf lines = { 0 };
	int result = 0;

	for (size_t i = 0; i < p->n; i++) {
		if (p->files[i]->failed)
			continue;
		strbuf_add_text(&lines, p->files[i]->src);
		strbuf_add_text(&lines, "\n");
	}
	if (p->dry_run && lines.size)
		fwrite(lines.data, 1, lines.size, stdout);
	if (p->log >= 0 && lines.size && copy_bytes(p->log, lines.data, lines.size) < 0) {
		error(STATUS_IO, "Could not append to logfile '%s': %m", p->log_path);
		result = -1;
	}
	strbuf_free(&lines);
	return output_finish() < 0 ? -1 : result;
}

int placing_finish(struct placing *p)
{
	const struct work work = { .n = p->n, .job = copy_one, .context = p };
	int result = 0;

	message_only_first(true);
	workers_run(&work);
	message_only_first(false);
	for (size_t i = 0; i < p->n; i++)
		if (p->files[i]->failed)
			result = -1;
	if (write_log(p) < 0)
		result = -1;
	symtable_free(&p->done);
	free(p->files);
	arena_free(&p->arena);
	return result;
}
