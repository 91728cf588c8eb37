/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_UNPACK_SINK_H
#define MODBOX_UNPACK_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fs/rootfs.h"
#include "unpack/image.h"
#include "unpack/source.h"

/*
 * What reads an archive (newc.c, package.c) puts its entries into a sink, which chooses
 * the wanted ones and writes them below a private root. For each entry: sink_begin(); if
 * that returns 1, its contents by sink_data(), piece by piece; and sink_end(). Each
 * function returns 0 (or as said), or -1 to stop: the archive breaks a rule (sink_fail()
 * was called), or a file cannot be written, or a signal came (both reported).
 */
struct sink;

/*
 * Make a sink that writes below root, a private directory of this process, what options
 * want. parent is TMPDIR, for messages. All are borrowed. Never returns NULL.
 */
struct sink *sink_new(const struct rootfs *root, const char *parent,
		      const struct source_options *options);
void sink_free(struct sink *sink);

/*
 * The text that sink_fail() got, and the segment it belongs to; NULL: what stopped it was
 * reported. It lasts as long as the sink.
 */
const char *sink_problem(const struct sink *sink, struct image_segment *segment);

/* What to do about it, as a sentence. */
const char *sink_remedy(const struct sink *sink);

/* An entry as the archive has it. All is borrowed during the call. */
struct sink_entry {
	const char *path; /* with a leading "/" or "./", or ".." */
	const char *link; /* the text of a symbolic link, or NULL */
	/*
	 * A hard link: an earlier entry's path, as the archive has it, or NULL. The
	 * contents, if size is not 0, are those of both.
	 */
	const char *hardlink;
	uint64_t size; /* bytes of contents that follow */
	mode_t mode;   /* with its type */
	time_t mtime;
};

/*
 * Begin the archive's next segment; sink_segment_end() gets its bytes in the file, and
 * when decompressed. One that failed goes to the end of the file. codec is a constant
 * text, as in struct image_segment.
 */
void sink_segment(struct sink *sink, uint64_t offset, const char *codec);
void sink_segment_end(struct sink *sink, uint64_t size, uint64_t decoded);

/* Returns 1 if the contents are wanted: then all of them must follow. Else 0: skip them. */
int sink_begin(struct sink *sink, const struct sink_entry *entry);
int sink_data(struct sink *sink, const void *data, size_t size);
int sink_end(struct sink *sink);

/* Whether a path, as the archive has it, is wanted. */
bool sink_wants(const struct sink *sink, const char *path);

/*
 * Count decompressed bytes, wanted or not, against --max-unpacked. Call it at least once
 * for each MiB or so, that signals are seen.
 */
int sink_count(struct sink *sink, uint64_t bytes);

/*
 * The archive is damaged, or breaks a limit: say how, as the end of a sentence whose
 * beginning names the archive ("is truncated in %s"). Returns -1.
 */
int sink_fail(struct sink *sink, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
