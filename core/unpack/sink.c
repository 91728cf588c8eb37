// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writing what is wanted of an archive below a private root: the contents here, files,
 * directories and links by sinkmake.c. What the archive says of sizes is not trusted, and
 * all that it can make large is limited: bytes, entries, names, files, the depth of
 * directories.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/text.h"
#include "sinkmake.h"

enum {
	MAX_ENTRIES = 1 << 20,
	MAX_NAMES = 48 << 20, /* bytes of all paths and links together */
	MAX_DEPTH = 64,	      /* directories; removing them opens one for each */
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

const char *sink_remedy(const struct sink *sink)
{
	return sink->limited ? "allow more if you trust it" : "copy or make it again";
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

	sink->limited = true;
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
	struct image_segment *segment;

	if (!list)
		return;
	segment = &list->segments[list->n_segments - 1];
	segment->size = size;
	if (segment->problem && list->size > segment->offset)
		segment->size = list->size - segment->offset;
	segment->decoded = decoded;
}

int sink_count(struct sink *sink, uint64_t bytes)
{
	sink->decoded += bytes;
	if (sink->decoded > sink->max)
		return too_large(sink);
	return interrupted() ? -1 : 0;
}

int sink_clean(struct strbuf *to, const char *path)
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
	int depth = sink_clean(&cleaned, path);
	bool wants = depth > 0 && depth <= MAX_DEPTH &&
		     is_wanted(&sink->wanted, cleaned.data);

	strbuf_free(&cleaned);
	return wants;
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
	return sink_clean(&sink->path, entry->hardlink) > 0;
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
	depth = sink_clean(&sink->path, entry->path);
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
	result = sink_make(sink, entry);
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
	return interrupted() ? -1 : sink_cannot_write(sink);
}

int sink_end(struct sink *sink)
{
	const struct timespec times[] = { { .tv_nsec = UTIME_OMIT },
					  { .tv_sec = sink->mtime } };

	if (sink->listing)
		listed(sink)->incomplete = false;
	if (sink->file >= 0 && futimens(sink->file, times) < 0)
		return sink_cannot_write(sink);
	close_fd(&sink->file);
	return 0;
}
