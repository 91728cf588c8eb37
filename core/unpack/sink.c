// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writing what is wanted of an archive below a private root, as the kernel unpacks an
 * initramfs: an entry replaces an earlier one of its path, but no directory that has
 * something in it; links in an entry's path are followed, inside the root.
 *
 * Most entries lie in the directory of the one before, which stays open: a file is then
 * four system calls. What the archive says of sizes is not trusted, and all that it can
 * make large is limited: bytes, entries, names, files, the depth of directories.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "fs/tempdir.h"
#include "sink.h"
#include "wanted.h"

enum {
	MAX_ENTRIES = 1 << 20,
	MAX_NAMES = 48 << 20, /* bytes of all paths and links together */
	MAX_MADE = 1 << 17,   /* files, directories and links that are unpacked */
	MAX_DEPTH = 64,	      /* directories; removing them opens one for each */
};

struct sink {
	const struct rootfs *root;
	const char *parent;
	struct wanted wanted;
	uint64_t max, decoded, written; /* bytes */
	size_t n_entries, n_names, n_made;
	struct image_listing *listing; /* or NULL */
	struct image_segment segment;  /* the current one */
	char *problem;
	struct strbuf path; /* of the current entry */
	struct strbuf at;   /* the open directory's path */
	int dir;	    /* it, or -1 */
	bool moved;	    /* that path may lead elsewhere now */
	int file;	    /* the current entry, being written; or -1 */
	const char *name;   /* its name in dir */
	mode_t umask;
	time_t mtime;
};

struct sink *sink_new(const struct rootfs *root, const char *parent,
		      const struct source_options *options)
{
	struct sink *sink = xcalloc(1, sizeof(*sink));

	sink->root = root;
	sink->parent = parent;
	sink->max = options->max_unpacked ? options->max_unpacked : UNPACKED_MAX;
	sink->listing = options->listing;
	sink->dir = sink->file = -1;
	sink->umask = umask(0);
	umask(sink->umask);
	wanted_begin(&sink->wanted, options);
	return sink;
}

void sink_free(struct sink *sink)
{
	close_fd(&sink->file);
	close_fd(&sink->dir);
	wanted_free(&sink->wanted);
	strbuf_free(&sink->path);
	strbuf_free(&sink->at);
	free(sink->problem);
	free(sink);
}

const char *sink_problem(const struct sink *sink, struct image_segment *segment)
{
	if (segment)
		*segment = sink->segment;
	return sink->problem;
}

static struct image_entry *listed(const struct sink *sink)
{
	return &sink->listing->entries[sink->listing->n - 1];
}

int sink_fail(struct sink *sink, const char *format, ...)
{
	struct image_listing *list = sink->listing;
	va_list args;

	va_start(args, format);
	free(sink->problem);
	sink->problem = xvasprintf(format, args);
	va_end(args);
	if (sink->file >= 0) {
		/* Half a file is worse than none. */
		unlinkat(sink->dir, sink->name, 0);
		close_fd(&sink->file);
		if (list)
			listed(sink)->unpacked = false;
	}
	if (list && list->n_segments)
		list->segments[list->n_segments - 1].problem =
			arena_strdup(&list->arena, sink->problem);
	return -1;
}

static int too_large(struct sink *sink)
{
	char size[SIZE_TEXT];

	size_text(size, sink->max);
	return sink_fail(sink, "has more than the %s that --max-unpacked allows", size);
}

void sink_segment(struct sink *sink, uint64_t offset, const char *codec)
{
	struct image_listing *list = sink->listing;

	sink->segment = (struct image_segment){ .offset = offset, .codec = codec };
	if (!list)
		return;
	list->segments = grow(list->segments, list->n_segments, &list->segments_capacity,
			      sizeof(*list->segments));
	list->segments[list->n_segments++] = sink->segment;
}

void sink_segment_end(struct sink *sink, uint64_t size, uint64_t decoded)
{
	struct image_listing *list = sink->listing;

	if (!list)
		return;
	list->segments[list->n_segments - 1].size = size;
	list->segments[list->n_segments - 1].decoded = decoded;
}

int sink_count(struct sink *sink, uint64_t bytes)
{
	sink->decoded += bytes;
	if (sink->decoded > sink->max)
		return too_large(sink);
	return interrupted() ? -1 : 0;
}

/*
 * Put a path into a buffer, without empty components and ".". Returns the number of its
 * components, or -1 if one is "..".
 */
static int clean(struct strbuf *to, const char *path)
{
	char *out = strbuf_room(to, strlen(path) + 1), *start = out;
	int depth = 0;
	size_t len;

	for (path += strspn(path, "/"); *path; path += len + strspn(path + len, "/")) {
		len = strcspn(path, "/");
		if (len == 1 && path[0] == '.')
			continue;
		if (len == 2 && path[0] == '.' && path[1] == '.')
			return -1;
		if (depth++)
			*out++ = '/';
		memcpy(out, path, len);
		out += len;
	}
	*out = '\0';
	to->size = (size_t)(out - start);
	return depth;
}

bool sink_wants(const struct sink *sink, const char *path)
{
	struct strbuf cleaned = { 0 };
	int depth = clean(&cleaned, path);
	bool wants = depth > 0 && depth <= MAX_DEPTH &&
		     is_wanted(&sink->wanted, cleaned.data);

	strbuf_free(&cleaned);
	return wants;
}

/* Report that the copy cannot be written, by errno. */
static int cannot_write(const struct sink *sink)
{
	return tempdir_failed(sink->parent);
}

/*
 * Whether an errno means that an entry cannot be where the archive wants it: a file or a
 * loop of links is in the way, a name is too long. The kernel leaves such an entry out.
 */
static bool is_in_the_way(int error_number)
{
	return rootfs_is_absent(error_number) || error_number == EEXIST ||
	       error_number == EISDIR || error_number == ENOTEMPTY ||
	       error_number == EINVAL || error_number == EMLINK;
}

/*
 * Open the directory that a cleaned path is in, and make it. sink->name gets the path's
 * last component. Returns 1; 0 if the entry must be left out; or -1, reported.
 */
static int enter(struct sink *sink, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;

	sink->name = slash ? slash + 1 : path;
	if (sink->dir >= 0 && !sink->moved && sink->at.size == len &&
	    memcmp(sink->at.data, path, len) == 0)
		return 1;
	close_fd(&sink->dir);
	sink->moved = false;
	sink->at.size = 0;
	memcpy(strbuf_room(&sink->at, len + 1), path, len);
	sink->at.data[len] = '\0';
	sink->at.size = len;
	sink->dir = rootfs_mkdirs(sink->root, sink->at.data, 0755);
	if (sink->dir >= 0)
		return 1;
	return is_in_the_way(errno) ? 0 : cannot_write(sink);
}

/* Remove what has the entry's name, if it is of another type. */
static void make_way(struct sink *sink, mode_t mode)
{
	struct stat st;

	if (fstatat(sink->dir, sink->name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    ((st.st_mode ^ mode) & S_IFMT) == 0)
		return;
	unlinkat(sink->dir, sink->name, S_ISDIR(st.st_mode) ? AT_REMOVEDIR : 0);
	sink->moved = true;
}

/* Returns 1, 0 if the entry must be left out, or -1 (reported): by a call's result. */
static int made(struct sink *sink, int result)
{
	if (result >= 0)
		return 1;
	return is_in_the_way(errno) ? 0 : cannot_write(sink);
}

/* Link the entry's name to a file by its cleaned path, which is changed meanwhile. */
static int link_file(struct sink *sink, char *path)
{
	char *slash = strrchr(path, '/');
	CLEANUP_FD int from = -1;

	if (slash)
		*slash = '\0';
	from = rootfs_openat(sink->root, slash ? path : "", O_PATH | O_DIRECTORY);
	if (from < 0)
		return -1;
	unlinkat(sink->dir, sink->name, 0);
	return linkat(from, slash ? slash + 1 : path, sink->dir, sink->name, 0);
}

/* Make the entry's name another one of an earlier file. Returns as made(). */
static int make_hardlink(struct sink *sink, const char *to)
{
	struct strbuf old = { 0 };
	int result = 1;

	if (clean(&old, to) <= 0)
		result = 0;
	else if (strcmp(old.data, sink->path.data) != 0)
		result = made(sink, link_file(sink, old.data));
	strbuf_free(&old);
	return result;
}

/* Open the entry's file to be written. Returns as made(). */
static int make_file(struct sink *sink, const struct sink_entry *entry)
{
	mode_t mode = (entry->mode & 0777) | 0600;
	int flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC |
		    (entry->hardlink ? 0 : O_TRUNC);

	sink->file = openat(sink->dir, sink->name, flags, mode);
	if (sink->file < 0 && (errno == ELOOP || errno == EISDIR)) {
		make_way(sink, entry->mode);
		sink->file = openat(sink->dir, sink->name, flags, mode);
	}
	if (sink->file >= 0 && (mode & sink->umask) && fchmod(sink->file, mode) < 0)
		return cannot_write(sink);
	sink->mtime = entry->mtime;
	return made(sink, sink->file);
}

static int make_directory(struct sink *sink, const struct sink_entry *entry)
{
	int result = mkdirat(sink->dir, sink->name, 0755);

	if (result < 0 && errno == EEXIST) {
		make_way(sink, entry->mode);
		result = mkdirat(sink->dir, sink->name, 0755);
	}
	return made(sink, result < 0 && errno == EEXIST ? 0 : result);
}

static int make_symlink(struct sink *sink, const struct sink_entry *entry)
{
	int result;

	make_way(sink, 0);
	result = symlinkat(entry->link, sink->dir, sink->name);
	if (result == 0)
		wanted_follow(&sink->wanted, sink->path.data, entry->link);
	return made(sink, result);
}

/* Make what the entry is. Returns 1, 0 if it must be left out, or -1 (reported). */
static int make(struct sink *sink, const struct sink_entry *entry)
{
	int result = enter(sink, sink->path.data);

	if (result <= 0)
		return result;
	if (++sink->n_made > MAX_MADE)
		return sink_fail(sink, "has more than %d files to unpack", MAX_MADE);
	if (entry->link)
		return make_symlink(sink, entry);
	if (S_ISDIR(entry->mode))
		return make_directory(sink, entry);
	if (entry->hardlink) {
		result = make_hardlink(sink, entry->hardlink);
		if (result < 0 || !entry->size)
			return result;
	}
	return make_file(sink, entry);
}

static bool wants_entry(const struct sink *sink, const struct sink_entry *entry)
{
	if (entry->link)
		return *entry->link && is_wanted_link(&sink->wanted, sink->path.data);
	return (S_ISREG(entry->mode) || S_ISDIR(entry->mode)) &&
	       is_wanted(&sink->wanted, sink->path.data);
}

/*
 * Whether the contents, under a path that is not wanted, are those of an earlier file
 * that is. Then that is the path.
 */
static bool is_wanted_elsewhere(struct sink *sink, const struct sink_entry *entry)
{
	if (!entry->hardlink || !entry->size || !sink_wants(sink, entry->hardlink))
		return false;
	sink->path.size = 0;
	return clean(&sink->path, entry->hardlink) > 0;
}

static void add_listed(struct sink *sink, const struct sink_entry *entry)
{
	struct image_listing *list = sink->listing;
	unsigned segment = list->n_segments ? (unsigned)list->n_segments - 1 : 0;

	list->entries =
		grow(list->entries, list->n, &list->capacity, sizeof(*list->entries));
	list->entries[list->n++] = (struct image_entry){
		.path = arena_strndup(&list->arena, sink->path.data, sink->path.size),
		.link = entry->link ? arena_strdup(&list->arena, entry->link) : NULL,
		.size = entry->size,
		.mtime = entry->mtime,
		.mode = entry->mode,
		.segment = segment,
		.hardlink = entry->hardlink != NULL,
		.incomplete = true,
	};
}

int sink_begin(struct sink *sink, const struct sink_entry *entry)
{
	int depth, result;

	if (interrupted())
		return -1;
	if (++sink->n_entries > MAX_ENTRIES)
		return sink_fail(sink, "has more than %d entries", MAX_ENTRIES);
	sink->path.size = 0;
	depth = clean(&sink->path, entry->path);
	if (depth < 0)
		return sink_fail(sink, "has a name with \"..\": %s", entry->path);
	sink->n_names += sink->path.size + (entry->link ? strlen(entry->link) : 0);
	if (sink->n_names > MAX_NAMES)
		return sink_fail(sink, "has names of more than %d bytes", MAX_NAMES);
	if (sink->listing)
		add_listed(sink, entry);
	if ((depth == 0 || depth > MAX_DEPTH || !wants_entry(sink, entry)) &&
	    !is_wanted_elsewhere(sink, entry))
		return 0;
	result = make(sink, entry);
	if (sink->listing && result > 0)
		listed(sink)->unpacked = true;
	return result < 0 ? -1 : sink->file >= 0;
}

static int write_all(int fd, const char *data, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno == EINTR && !interrupted())
			continue;
		if (n < 0)
			return -1;
		data += n;
		size -= (size_t)n;
	}
	return 0;
}

int sink_data(struct sink *sink, const void *data, size_t size)
{
	sink->written += size;
	if (sink->written > sink->max)
		return too_large(sink);
	if (write_all(sink->file, data, size) == 0)
		return 0;
	return interrupted() ? -1 : cannot_write(sink);
}

int sink_end(struct sink *sink)
{
	const struct timespec times[] = { { .tv_nsec = UTIME_OMIT },
					  { .tv_sec = sink->mtime } };

	if (sink->listing)
		listed(sink)->incomplete = false;
	if (sink->file >= 0 && futimens(sink->file, times) < 0)
		return cannot_write(sink);
	close_fd(&sink->file);
	return 0;
}
