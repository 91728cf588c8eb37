// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SOURCE: a directory, or an archive, of which a private copy is made. All that reads
 * SOURCE goes through its root, which shows the archive's path instead of the copy's.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/message.h"
#include "initramfs.h"
#include "package.h"
#include "unpack/source.h"

static bool is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* What stopped the sink: unless it was reported, report it. */
static int report(const struct sink *sink, const char *path)
{
	struct image_segment segment;
	const char *problem = sink_problem(sink, &segment);

	if (problem)
		error(STATUS_IO, "cannot unpack %s: its segment at byte %llu (%s) %s; %s",
		      path, (unsigned long long)segment.offset, segment.codec, problem,
		      sink_remedy(sink));
	return -1;
}

static int read_archive(struct sink *sink, const char *path, int fd,
			const struct source_options *options)
{
	int result = initramfs_read(sink, fd);

	if (result == 0) {
		/* A compressed segment, which has no archive of its own kind. */
		if (options->listing)
			options->listing->n_segments = 0;
		result = package_read(sink, fd);
	}
	if (result > 0)
		return 0;
	if (result == 0) {
		error(STATUS_SOURCE,
		      "%s is neither a directory nor an initramfs, a package or a "
		      "tarball",
		      path);
		return -1;
	}
	return options->listing && sink_problem(sink, NULL) ? 0 : report(sink, path);
}

/* Let the root of the copy show the archive's path. Returns 0, or -1 with errno. */
static int disguise(struct rootfs *root, const char *path)
{
	char *real = realpath(path, NULL);

	if (!real)
		return -1;
	free(root->real);
	free(root->path);
	root->real = real;
	root->path = xstrdup(path);
	root->unpacked = true;
	return 0;
}

static int cannot_open(const char *path)
{
	error(source_status(errno), "cannot open SOURCE %s: %m", path);
	return -1;
}

static int unpack(struct source *source, const char *path, int fd,
		  const struct source_options *options)
{
	struct sink *sink;
	int result;

	interrupt_catch();
	if (tempdir_make(&source->dir) < 0)
		return -1;
	if (rootfs_open(&source->root, source->dir.path) < 0)
		return tempdir_failed(source->dir.parent);
	sink = sink_new(&source->root, source->dir.parent, options);
	result = read_archive(sink, path, fd, options);
	sink_free(sink);
	return result == 0 && disguise(&source->root, path) < 0 ? cannot_open(path) :
								  result;
}

static int unpack_file(struct source *source, const char *path,
		       const struct source_options *options)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), result;
	struct stat st;

	if (fd < 0)
		return cannot_open(path);
	if (options->listing && fstat(fd, &st) == 0)
		options->listing->size = (uint64_t)st.st_size;
	result = unpack(source, path, fd, options);
	close(fd);
	return result;
}

int source_unpack(struct source *source, const char *path,
		  const struct source_options *options)
{
	static const struct string_list none;
	const struct string_list *overlays = options->overlays ? options->overlays :
								 &none;

	*source = (struct source){ .root.fd = -1, .dir.lock = -1 };
	if (!is_file(path))
		return rootset_open(&source->roots, &source->root, path, overlays);
	if (unpack_file(source, path, options) < 0)
		return -1;
	return rootset_lay(&source->roots, &source->root, overlays);
}

void source_remove(struct source *source)
{
	rootset_close(&source->roots, &source->root);
	if (source->dir.path)
		tempdir_remove(&source->dir);
}
