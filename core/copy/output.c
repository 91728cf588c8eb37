// SPDX-License-Identifier: GPL-2.0-or-later
/* Check and write the outputs of a run other than DEST: an archive and a manifest. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "base/path.h"
#include "config.h"
#include "copy/archiveindex.h"
#include "copy/manifestcheck.h"
#include "copy/output.h"
#include "report/sizes.h"

int output_open(struct output *output)
{
	const struct output_options *o = output->options;

	if (ENABLED(FEATURE_CPIO) && o->cpio) {
		if (strcmp(o->cpio, "-") == 0 && isatty(STDOUT_FILENO)) {
			error(STATUS_USAGE, "refusing to write an archive to a terminal");
			return -1;
		}
		if (outfile_open(&output->archive, o->cpio) < 0)
			return -1;
		if (ENABLED(FEATURE_CPIO_COMPRESS) && o->codec != CODEC_NONE &&
		    outfile_encode(&output->archive, o->codec) < 0)
			return -1;
	}
	if (!ENABLED(FEATURE_MANIFEST) || !o->manifest)
		return 0;
	if (outfile_open(&output->manifest, o->manifest) < 0)
		return -1;
	if (!outfile_same(&output->archive, &output->manifest))
		return 0;
	error(STATUS_USAGE, "--cpio and --manifest need different files");
	return -1;
}

/* Before it is sorted, the list has a kernel's modules in plan order. */
static void note_sizes(struct kernel_job *job, struct filelist *list, size_t kernel)
{
	size_t n = job->plan.n_modules, i, k = 0;
	uint64_t *sizes = n ? arena_alloc(&list->arena, n * sizeof(*sizes)) : NULL;

	for (i = 0; i < list->n && k < n; i++) {
		if (list->items[i].kernel != kernel)
			continue;
		sizes[k] = list->items[i].size;
		job->bytes += sizes[k++];
	}
	job->sizes = sizes;
}

/* Whether SOURCE's lib goes to usr/lib. */
static bool moves_lib(const struct output *output)
{
	return ENABLED(FEATURE_CPIO) && output->options->cpio && output->usr;
}

void output_choose_place(struct output *output, size_t kernel)
{
	struct kernel_job *job = &output->jobs[kernel];
	struct arena *arena = &output->list.arena;
	const char *given = ENABLED(FEATURE_PLACE) ? output->options->module_dir : NULL;

	if (given)
		job->dest_module_dir = path_trim(arena, given);
	else if (moves_lib(output) && strncmp(job->tree.module_dir, "lib/", 4) == 0)
		job->dest_module_dir =
			arena_printf(arena, "usr/%s", job->tree.module_dir);
	else
		job->dest_module_dir = job->tree.module_dir;
	job->dest_dir = arena_join(arena, job->dest_module_dir, job->tree.version);
}

void output_place(struct output *output)
{
	for (size_t i = 0; i < output->n; i++) {
		struct kernel_job *job = &output->jobs[i];

		if (ENABLED(FEATURE_PLACE) && strcmp(job->tree.dir, job->dest_dir) != 0)
			filelist_move(&output->list, i, job->tree.dir, job->dest_dir);
		note_sizes(job, &output->list, i);
	}
	if (moves_lib(output))
		filelist_move(&output->list, ALL_KERNELS, "lib", "usr/lib");
}

int output_add_indexes(struct output *output, enum index_writer writer, bool verbose)
{
	size_t i;

	if (!ENABLED(FEATURE_CPIO) || !output->options->cpio)
		return 0;
	for (i = 0; i < output->n; i++)
		if (filelist_add_indexes(&output->list, i, &output->jobs[i].tree,
					 output->jobs[i].dest_dir, writer, verbose) < 0)
			return -1;
	return filelist_sort(&output->list);
}

int output_add_made(struct output *output, size_t kernel, const struct rootfs *dest,
		    enum index_writer writer)
{
	if (!ENABLED(FEATURE_MANIFEST) || !output->options->manifest)
		return 0;
	return filelist_add_made(&output->list, kernel, dest,
				 output->jobs[kernel].dest_dir, writer);
}

struct bytes_count {
	uint64_t all, firmware;
};

static int count(void *context, const struct source_file *c)
{
	struct bytes_count *bytes = context;

	if (c->file->kind != FILE_DATA || strcmp(c->file->reason, FILE_GENERATED) != 0)
		bytes->all += c->size;
	if (c->file->kind == FILE_COPY && c->file->kernel == NO_KERNEL)
		bytes->firmware += c->size;
	return 0;
}

static int check_limit(struct output *output)
{
	uint64_t limit = output->options->limit;
	struct bytes_count bytes = { 0 };
	CLEANUP_FREE char *firmware = NULL;
	size_t i;

	if (filelist_each(&output->list, ALL_KERNELS, output->source, count, &bytes) < 0)
		return -1;
	if (bytes.all <= limit)
		return 0;
	/* The table below covers only modules. */
	if (bytes.firmware)
		firmware = xasprintf(", %" PRIu64 " of them firmware", bytes.firmware);
	error(STATUS_IO,
	      "nothing is written: %" PRIu64
	      " bytes would be%s, and --max-size is %" PRIu64,
	      bytes.all, firmware ? firmware : "", limit);
	for (i = 0; i < output->n; i++)
		sizes_show(&output->jobs[i].plan, &output->jobs[i].tree,
			   output->jobs[i].sizes);
	return -1;
}

static int make_manifest(struct output *output)
{
	struct string_list kernels = { 0 };
	int result;
	size_t i;

	for (i = 0; i < output->n; i++)
		string_list_add(&kernels, output->jobs[i].dest_dir);
	result = manifest_write(&output->text, &output->list, output->source, &kernels);
	string_list_free(&kernels);
	return result;
}

/* Read and parse an earlier manifest.  Returns 0, or -1 (reported). */
static int read_manifest(struct manifest *manifest, const char *path, const char *label)
{
	CLEANUP_FD int fd = label != path ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) :
					    open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
	size_t size;
	char *text = fd < 0 ? NULL : read_whole(fd, &size);

	if (text)
		return manifest_parse(manifest, text, size, label);
	error(STATUS_IO, "cannot read %s: %m", label);
	return -1;
}

static int check_manifest(struct output *output)
{
	CLEANUP_FREE const struct modtree **trees =
		xcalloc(output->n, sizeof(struct modtree *));
	struct manifest before = { 0 }, now = { 0 };
	const char *path = output->options->check;
	const char *label = strcmp(path, "-") == 0 ? "standard input" : path;
	size_t size = output->text.size, i;

	for (i = 0; i < output->n; i++)
		trees[i] = &output->jobs[i].tree;
	strbuf_add(&output->text, "", 1);
	if (read_manifest(&before, path, label) == 0 &&
	    manifest_parse(&now, output->text.data, size, label) == 0)
		manifest_check(&before, label, &now, trees);
	if (now.text)
		output->text = (struct strbuf){ 0 };
	manifest_free(&before);
	manifest_free(&now);
	return -1;
}

/* Refuse to overwrite an input file.  Returns 0, or -1 (reported). */
static int check_source(const struct output *output, const struct outfile *out)
{
	struct stat old, st;
	size_t i;

	if (!outfile_old(out, &old))
		return 0;
	for (i = 0; i < output->list.n; i++) {
		const struct file_entry *file = &output->list.items[i];
		CLEANUP_FD int fd = -1;

		if (file->kind != FILE_COPY)
			continue;
		fd = rootfs_openat(filelist_root(file, output->source), file->from,
				   O_PATH);
		if (fd < 0 || fstat(fd, &st) < 0 || st.st_dev != old.st_dev ||
		    st.st_ino != old.st_ino)
			continue;
		error(STATUS_USAGE,
		      "%s is one of SOURCE's files to copy; name another FILE",
		      out->label);
		return -1;
	}
	return 0;
}

int output_judge(struct output *output)
{
	const struct output_options *o = output->options;

	if ((ENABLED(FEATURE_CPIO) && check_source(output, &output->archive) < 0) ||
	    (ENABLED(FEATURE_MANIFEST) && check_source(output, &output->manifest) < 0))
		return -1;
	if (ENABLED(FEATURE_MAX_SIZE) && o->max_size && check_limit(output) < 0)
		return -1;
	if (!ENABLED(FEATURE_MANIFEST) || !(o->check || (o->manifest && o->cpio)))
		return 0;
	if (make_manifest(output) < 0)
		return -1;
	return o->check ? check_manifest(output) : 0;
}

int output_archive(struct output *output)
{
	if (archive_write(&output->list, output->source, &output->options->policy,
			  &output->archive) < 0)
		return -1;
	return outfile_finish(&output->archive);
}

int output_manifest(struct output *output)
{
	if (!ENABLED(FEATURE_MANIFEST) || !output->options->manifest)
		return 0;
	if (!output->text.size && make_manifest(output) < 0)
		return -1;
	if (outfile_add(&output->manifest, output->text.data, output->text.size) < 0)
		return -1;
	return outfile_finish(&output->manifest);
}

void output_free(struct output *output)
{
	if (ENABLED(FEATURE_CPIO))
		outfile_drop(&output->archive);
	if (ENABLED(FEATURE_MANIFEST))
		outfile_drop(&output->manifest);
	strbuf_free(&output->text);
	filelist_free(&output->list);
}
