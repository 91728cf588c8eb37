// SPDX-License-Identifier: GPL-2.0-or-later
/* Choose the files that DEST gets in another compression, and rename them. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "base/path.h"
#include "cli/applet.h"
#include "config.h"
#include "copy/encode.h"
#include "copy/recompress.h"
#include "copy/transcoder.h"
#include "module/names.h"
#include "module/packing.h"

#define FIELD(name) offsetof(struct recompress_options, name)

const struct option_row recompress_option_rows[] = {
	/* clang-format off */
	IF_ENABLED(FEATURE_RECOMPRESS,
	{ "decompress", NULL, 0, OPTION_FLAG, FIELD(decompress),
	  "write modules and firmware uncompressed" },
	{ "compress", "HOW", 0, OPTION_STRING, FIELD(compress),
	  "write modules compressed with " VALUES("gzip", "xz", "zstd") },)
	/* clang-format on */
	{ 0 },
};

int recompress_options_check(const struct applet *applet, struct recompress_options *o)
{
	const char *missing;

	if (!ENABLED(FEATURE_RECOMPRESS) || !o->compress)
		return 0;
	if (o->decompress) {
		usage_error(applet, "--decompress and --compress exclude each other");
		return -1;
	}
	if (encoder_codec(o->compress, &o->codec) < 0 || o->codec == CODEC_NONE) {
		usage_error(applet, "--compress must be gzip, xz or zstd, not '%s'",
			    o->compress);
		return -1;
	}
	missing = encoder_missing(o->codec);
	if (missing)
		usage_error(applet, "--compress=%s: this modbox was built without %s",
			    o->compress, missing);
	return missing ? -1 : 0;
}

bool recompress_wanted(const struct recompress_options *o)
{
	return o->decompress || o->compress;
}

static bool is_module(const struct file_entry *file)
{
	return file->kernel != NO_KERNEL && module_stem(path_base(file->path));
}

static void add_files(struct filelist *list, bool firmware)
{
	for (size_t i = 0; i < list->n; i++) {
		struct file_entry *file = &list->items[i];
		bool module = is_module(file);

		if (file->kind == FILE_COPY &&
		    (module || (firmware && file->kernel == NO_KERNEL && !file->as_is &&
				file->path[firmware_stem(file->path)])))
			file->transcoded = 1 + transcoder_add(list->transcoder,
							      file->from, file->size,
							      module);
	}
}

static void rename_module(struct arena *arena, struct file_entry *file, enum codec codec)
{
	size_t dir = (size_t)(path_base(file->path) - file->path);

	file->path = arena_printf(arena, "%.*s.ko%s",
				  (int)(dir + module_stem(file->path + dir)), file->path,
				  codec_suffix(codec));
}

static const char *without_suffix(struct arena *arena, const char *path)
{
	return arena_strndup(arena, path, firmware_stem(path));
}

/* A link is renamed if the file at its end is.  Returns 0, or -1 (reported). */
static int rename_link(struct filelist *list, struct file_entry *file,
		       const struct rootfs *source)
{
	const char *path = file->from ? file->from : file->path;
	CLEANUP_FD int fd = rootfs_openat(source, path, O_PATH);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return rootfs_unless_absent(source, path);
	if (!transcoder_changes(list->transcoder, &st))
		return 0;
	file->path = without_suffix(&list->arena, file->path);
	file->data = without_suffix(&list->arena, file->data);
	return 0;
}

static int rename_files(struct filelist *list, enum codec codec,
			const struct rootfs *source)
{
	for (size_t i = 0; i < list->n; i++) {
		struct file_entry *file = &list->items[i];
		const struct transcoded *found;

		if (file->kind == FILE_LINK && file->kernel == NO_KERNEL &&
		    rename_link(list, file, source) < 0)
			return -1;
		if (!file->transcoded)
			continue;
		found = transcoder_found(list->transcoder, file->transcoded - 1);
		file->size = found->size;
		if (is_module(file))
			rename_module(&list->arena, file, codec);
		else if (found->changed)
			file->path = without_suffix(&list->arena, file->path);
	}
	return 0;
}

static int by_path(const void *a, const void *b)
{
	const struct file_entry *x = *(const struct file_entry *const *)a,
				*y = *(const struct file_entry *const *)b;

	return strcmp(x->path, y->path);
}

static const char *from_of(const struct file_entry *file)
{
	return file->from ? file->from : file->path;
}

/* Two files may end up with one name, such as a.bin and a.bin.xz. */
static int check_names(const struct filelist *list)
{
	CLEANUP_FREE const struct file_entry **files = xcalloc(list->n, sizeof(*files));

	for (size_t i = 0; i < list->n; i++)
		files[i] = &list->items[i];
	if (list->n)
		qsort(files, list->n, sizeof(*files), by_path);
	for (size_t i = 1; i < list->n; i++) {
		if (strcmp(files[i - 1]->path, files[i]->path) != 0)
			continue;
		error(STATUS_IO,
		      "%s and %s would both be written as %s; exclude one, or do not "
		      "decompress",
		      from_of(files[i - 1]), from_of(files[i]), files[i]->path);
		return -1;
	}
	return 0;
}

int filelist_recompress(struct filelist *list, const struct recompress_options *o,
			const struct rootfs *source, uint64_t max)
{
	if (!ENABLED(FEATURE_RECOMPRESS) || !recompress_wanted(o))
		return 0;
	list->transcoder = transcoder_new(source, o->codec, max);
	add_files(list, o->decompress);
	if (transcoder_check(list->transcoder) < 0)
		return -1;
	return rename_files(list, o->codec, source) < 0 ? -1 : check_names(list);
}
