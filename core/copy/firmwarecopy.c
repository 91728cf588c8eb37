// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Add a list of firmware to a file list as files and links.
 *
 * Each file's path is walked component by component.  That yields its real location, in
 * directories without links, and the links on the way.  Installed in DEST at these real
 * paths, the links resolve as they do in SOURCE.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/path.h"
#include "copy/firmwarecopy.h"
#include "plan/firmwareopts.h"

enum { MAX_LINKS = 40 }; /* the kernel's limit */

struct carrier {
	struct filelist *list;
	const struct rootfs *source;
	const struct string_list *bases; /* SOURCE's firmware directories */
	const char **real;   /* their real paths; NULL if one does not exist */
	const char *own;     /* the real base of the current file */
	const char *to;	     /* DEST's firmware directory */
	bool moves;	     /* some real base is not at to */
	const char *reason;  /* why the current file is copied */
	bool as_is;	     /* the file has exactly the requested name */
	struct arena *arena; /* the list's */
};

/* The part of path below dir, with its leading '/'.  NULL if path is elsewhere. */
static const char *below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	if (strncmp(path, dir, len) != 0 || (path[len] != '/' && path[len] != '\0'))
		return NULL;
	return path + len;
}

/* Resolve name, of len bytes, in a real directory. */
static char *step(struct arena *arena, const char *dir, const char *name, size_t len)
{
	const char *slash = strrchr(dir, '/');

	if (len == 2 && memcmp(name, "..", 2) == 0)
		return arena_strndup(arena, dir, slash ? (size_t)(slash - dir) : 0);
	if (len == 0 || (len == 1 && *name == '.'))
		return arena_strdup(arena, dir);
	return arena_printf(arena, "%s%s%.*s", dir, *dir ? "/" : "", (int)len, name);
}

/* The path in DEST for a real path in SOURCE. */
static const char *in_dest(const struct carrier *c, const char *path)
{
	const char *rest = below(path, c->own);

	if (!*c->own) /* SOURCE's top is the base */
		return arena_join(c->arena, c->to, path);
	for (size_t i = 0; !rest && i < c->bases->n; i++)
		rest = c->real[i] ? below(path, c->real[i]) : NULL;
	return rest ? arena_printf(c->arena, "%s%s", c->to, rest) : path;
}

static const char *walk(const struct carrier *c, const char *at, const char *rest,
			bool add_links);

/*
 * Whether a link's text works in DEST: nothing moves, or its target moves along with
 * it.  A text that enters and leaves a directory does not, since DEST may lack that
 * directory.
 */
static bool is_good_text(const struct carrier *c, const char *path, const char *text)
{
	if (c->moves)
		return strcmp(path, in_dest(c, path)) != 0 && is_path_below(text);
	return is_path_below(text + strspn(text, "./"));
}

static const char *text_in_dest(const struct carrier *c, const char *path,
				const char *text)
{
	const char *last = path_base(text), *at;

	if (is_good_text(c, path, text))
		return text;
	at = walk(c, step(c->arena, path, "..", 2),
		  arena_strndup(c->arena, text, (size_t)(last - text)), false);
	if (!at)
		return text;
	at = step(c->arena, at, last, strlen(last));
	return path_relative(c->arena, in_dest(c, path), in_dest(c, at));
}

/* Add the file, or the link with its text, at a real path in SOURCE. */
static int carrier_add(const struct carrier *c, const char *path, const char *text,
		       uint64_t size)
{
	if (text)
		text = arena_strdup(c->arena, text_in_dest(c, path, text));
	return filelist_share(c->list, c->source,
			      (struct file_entry){
				      .kind = text ? FILE_LINK : FILE_COPY,
				      .path = in_dest(c, path),
				      .from = path,
				      .data = text,
				      .size = size,
				      .reason = c->reason,
				      .as_is = c->as_is,
			      });
}

/* Whether path is a base or a parent of one, which DEST places itself. */
static bool leads_to_base(const struct carrier *c, const char *path)
{
	for (size_t i = 0; i < c->bases->n; i++)
		if (below(c->bases->items[i], path))
			return true;
	return false;
}

/*
 * Resolve rest, starting at the real directory at, and optionally add the links on the
 * way.  Returns the real path, in the list's arena, or NULL with errno set; errno 0
 * means that the failure was reported.
 */
static const char *walk(const struct carrier *c, const char *at, const char *rest,
			bool add_links)
{
	int links = MAX_LINKS;
	size_t len;

	if (*rest == '/')
		at = "";
	for (; *rest; rest += len + (rest[len] == '/')) {
		CLEANUP_FREE char *text = NULL;
		const char *path;

		len = strcspn(rest, "/");
		path = step(c->arena, at, rest, len);
		text = rootfs_readlink(c->source, path);
		if (!text && errno != EINVAL)
			return NULL;
		if (!text) {
			at = path;
			continue;
		}
		errno = ELOOP;
		if (!links--)
			return NULL;
		if (add_links && !leads_to_base(c, path) &&
		    carrier_add(c, path, text, 0) < 0) {
			errno = 0;
			return NULL;
		}
		if (*text == '/')
			at = "";
		rest = arena_printf(c->arena, "%s%s", text, rest + len);
		len = 0;
	}
	return at;
}

/*
 * The size of the file at a real path.  With overlays, that can be another file than the
 * one that a relative link led to in its own root.
 */
static uint64_t size_of(const struct carrier *c, const char *real, uint64_t size)
{
	CLEANUP_FD int fd = -1;
	struct stat st;

	if (!ENABLED(FEATURE_OVERLAY) || !c->source->merged)
		return size;
	fd = rootfs_openat(c->source, real, O_PATH);
	return fd >= 0 && fstat(fd, &st) == 0 ? (uint64_t)st.st_size : size;
}

/* Add the file of an item.  Returns 0, or -1 (reported). */
static int add_item(struct carrier *c, const struct firmware *item)
{
	const char *below_base = item->path + strlen(c->bases->items[item->base]);
	size_t tail = strlen(item->path) - strlen(item->name);
	const char *real;

	c->own = c->real[item->base];
	c->as_is = strcmp(item->path + tail, item->name) == 0;
	c->reason = arena_printf(c->arena, "firmware %s %s %s", item->name,
				 item->module ? "of" : "requested by",
				 firmware_origin(item));
	errno = ENOENT;
	real = c->own ? walk(c, c->own, below_base + 1, true) : NULL;
	if (real)
		return carrier_add(c, real, NULL, size_of(c, real, item->size));
	return errno ? rootfs_cannot_read(c->source, item->path) : -1;
}

static int add_list(struct filelist *list, const struct firmware_list *firmware,
		    const struct rootfs *source, const char *module_dir)
{
	CLEANUP_FREE const char **real = xcalloc(firmware->bases.n, sizeof(*real));
	struct carrier c = {
		.list = list,
		.source = source,
		.bases = &firmware->bases,
		.real = real,
		.to = firmware_bases[strncmp(module_dir, "usr/", 4) == 0],
		.arena = &list->arena,
	};
	int result = 0;

	for (size_t i = 0; i < firmware->bases.n; i++) {
		real[i] = walk(&c, "", firmware->bases.items[i], false);
		c.moves |= real[i] && strcmp(real[i], c.to) != 0;
		if (!real[i] &&
		    rootfs_unless_absent(source, firmware->bases.items[i]) < 0)
			return -1;
	}
	for (size_t i = 0; i < firmware->n && result == 0; i++)
		if (firmware->items[i].path)
			result = add_item(&c, &firmware->items[i]);
	return result;
}

int firmware_copy(struct filelist *list, const struct firmware_options *options,
		  struct modtree *tree, const struct plan *plan, const char *module_dir,
		  bool keep_going)
{
	struct firmware_list firmware;
	int result = -1;

	if (firmware_read(&firmware, tree, plan, options) == 0 &&
	    firmware_require(&firmware, options, tree, keep_going) == 0)
		result = add_list(list, &firmware, tree->root, module_dir);
	firmware_free(&firmware);
	return result;
}
