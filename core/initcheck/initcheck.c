// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * initcheck: what is in an initramfs, and what is wrong with it.
 *
 * The checks are functions in one table, which are called for each kernel of the image.
 * Each adds findings and notes; nothing else is known of them here.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "base/path.h"
#include "initchecks.h"
#include "module/names.h"
#include "module/packing.h"
#include "plan/closure.h"
#include "tree/modopen.h"

/* Resolve all modules of a kernel. Returns 0, or -1 and reports it. */
static int make_plan(struct initcheck *check, struct init_kernel *kernel)
{
	struct request_list wanted = { 0 };
	int flags = CLOSURE_QUIET | (check->has_source ? CLOSURE_FACTS : 0), result = 0;

	for (size_t i = 0; i < kernel->n; i++)
		request_add_literal(&wanted, kernel->modules[i]->name, check->image.path);
	if (kernel->n)
		result = closure_resolve(&kernel->plan, &kernel->tree, &wanted, flags);
	request_list_free(&wanted);
	return result;
}

static int (*const checks[])(struct initcheck *check, struct init_kernel *kernel) = {
	init_check_files,   /* duplicate-module, truncated */
	make_plan,	    /* what the others look at */
	init_check_version, /* wrong-kernel, refused */
	init_check_codecs,  /* unreadable-compression */
	init_check_indexes, /* stale-index */
	init_check_deps,    /* missing-dependency, missing-softdep, missing-firmware */
};

enum { CHECKS = sizeof(checks) / sizeof(*checks) };

/* -- findings and notes ------------------------------------------------------------- */

static const char *copy_text(struct initcheck *check, const char *format, va_list args)
{
	CLEANUP_FREE char *text = xvasprintf(format, args);

	return arena_strdup(&check->arena, text);
}

struct init_finding *init_find(struct initcheck *check, enum init_rule_number rule,
			       const struct init_kernel *kernel, const char *path,
			       const char *format, ...)
{
	struct init_finding *finding;
	va_list args;

	check->findings = grow(check->findings, check->n_findings,
			       &check->findings_capacity, sizeof(*check->findings));
	finding = &check->findings[check->n_findings++];
	va_start(args, format);
	*finding = (struct init_finding){
		.rule = rule,
		.kernel = kernel ? kernel->version : NULL,
		.path = path ? arena_strdup(&check->arena, path) : NULL,
		.text = copy_text(check, format, args),
	};
	va_end(args);
	return finding;
}

struct init_note *init_note(struct initcheck *check, const struct init_kernel *kernel,
			    const char *format, ...)
{
	struct init_note *note;
	va_list args;

	check->notes = grow(check->notes, check->n_notes, &check->notes_capacity,
			    sizeof(*check->notes));
	note = &check->notes[check->n_notes++];
	va_start(args, format);
	*note = (struct init_note){
		.kernel = kernel ? kernel->version : NULL,
		.text = copy_text(check, format, args),
	};
	va_end(args);
	return note;
}

void init_item(struct initcheck *check, struct string_list *items, const char *item)
{
	string_list_add(items, arena_strdup(&check->arena, item));
}

const char *init_module_path(struct initcheck *check, const struct init_kernel *kernel,
			     const char *path)
{
	return module_arena_join(&check->arena, kernel->dir, path);
}

static char *join(const char *text, const struct string_list *items, size_t most)
{
	char *joined = xstrdup(text);
	size_t n = items->n < most ? items->n : most;

	for (size_t i = 0; i < n; i++) {
		char *longer =
			xasprintf("%s%s%s", joined, i ? ", " : " ", items->items[i]);

		free(joined);
		joined = longer;
	}
	if (n && n < items->n) {
		char *longer = xasprintf("%s and %zu more", joined, items->n - n);

		free(joined);
		joined = longer;
	}
	return joined;
}

char *init_finding_text(const struct init_finding *finding, size_t items)
{
	return join(finding->text, &finding->items, items);
}

char *init_note_text(const struct init_note *note, size_t items)
{
	return join(note->text, &note->items, items);
}

/* -- the image as a whole ----------------------------------------------------------- */

/* Whether the kernel can unpack a segment, as far as its first bytes tell. */
static void check_segment_codec(struct initcheck *check, int fd, size_t i)
{
	const struct image_segment *segment = &check->image.listing.segments[i];
	char head[PACKING_HEAD];
	ssize_t n = pread(fd, head, sizeof(head), (off_t)segment->offset);

	if (strcmp(segment->codec, "xz") == 0 && n > 0 &&
	    packing_read(head, (size_t)n).other_check)
		init_find(check, INIT_UNREADABLE_COMPRESSION, NULL, NULL,
			  "segment %zu is compressed by xz with a check that the kernel "
			  "does not know: use xz --check=crc32",
			  i + 1);
}

static void check_segments(struct initcheck *check)
{
	const struct image_listing *listing = &check->image.listing;
	CLEANUP_FD int fd = open(check->image.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	for (size_t i = 0; i < listing->n_segments; i++) {
		const struct image_segment *segment = &listing->segments[i];

		if (segment->problem)
			init_find(check, INIT_TRUNCATED, NULL, NULL,
				  "segment %zu, at byte %llu, %s", i + 1,
				  (unsigned long long)segment->offset, segment->problem);
		check_segment_codec(check, fd, i);
	}
}

/* A file system in the image, whose files are not looked at. */
static bool is_nested(const char *path)
{
	const char *name = path_base(path), *suffix = strrchr(name, '.');

	return suffix &&
	       (strcmp(suffix, ".squashfs") == 0 || strcmp(name, "squashfs.img") == 0 ||
		strcmp(suffix, ".erofs") == 0 ||
		(strncmp(path, "LiveOS/", 7) == 0 && strcmp(suffix, ".img") == 0));
}

static void note_nested(struct initcheck *check)
{
	const struct init_image *image = &check->image;
	struct init_note *note = NULL;

	for (size_t i = 0; i < image->n; i++) {
		if (!is_nested(image->files[i].path))
			continue;
		if (!note)
			note = init_note(check, NULL,
					 "not looked into, a file system of its own:");
		init_item(check, &note->items, image->files[i].path);
	}
}

static void note_whole(struct initcheck *check)
{
	size_t modules = 0;

	for (size_t i = 0; i < check->n_kernels; i++)
		modules += check->kernels[i].n + check->kernels[i].n_damaged;
	if (!modules)
		init_note(check, NULL, "no modules");
	else if (check->modprobe.kind == MODPROBE_NONE)
		init_note(check, NULL,
			  "no modprobe: what loads the modules, and which compressions it "
			  "reads, is not known");
	note_nested(check);
}

/* -- a run -------------------------------------------------------------------------- */

static int open_others(struct initcheck *check)
{
	const struct init_options *o = check->options;
	const struct source_options options = { .max_unpacked = o->max_unpacked };

	check->has_source = o->kernel != NULL;
	if (o->kernel && source_open(&check->source, o->kernel, &options) < 0)
		return -1;
	check->has_other = o->against != NULL;
	return o->against ? init_image_open(&check->other, o->against, o->max_unpacked,
					    UNPACK_MODPROBE) :
			    0;
}

static int run_kernel(struct initcheck *check, struct init_kernel *kernel)
{
	if (init_kernel_open(check, kernel) < 0)
		return -1;
	for (size_t i = 0; i < CHECKS; i++)
		if (checks[i](check, kernel) < 0)
			return -1;
	/* The next kernel takes as much. */
	modtree_forget(&kernel->tree);
	return 0;
}

static int by_rule(const void *a, const void *b)
{
	const struct init_finding *x = a, *y = b;

	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static void sort_findings(struct initcheck *check)
{
	for (size_t i = 0; i < check->n_findings; i++)
		check->findings[i].number = i;
	if (check->n_findings)
		qsort(check->findings, check->n_findings, sizeof(*check->findings),
		      by_rule);
}

int initcheck_run(struct initcheck *check, const char *image,
		  const struct init_options *options)
{
	*check = (struct initcheck){ .options = options };
	if (init_image_open(&check->image, image, options->max_unpacked,
			    UNPACK_SOURCE | UNPACK_MODPROBE) < 0 ||
	    open_others(check) < 0 ||
	    modprobe_find(&check->modprobe, &check->arena, &check->image) < 0 ||
	    init_kernels_find(check) < 0)
		return -1;
	check_segments(check);
	for (size_t i = 0; i < check->n_kernels; i++)
		if (run_kernel(check, &check->kernels[i]) < 0)
			return -1;
	note_whole(check);
	sort_findings(check);
	return 0;
}

void initcheck_free(struct initcheck *check)
{
	for (size_t i = 0; i < check->n_kernels; i++)
		init_kernel_close(&check->kernels[i]);
	free(check->kernels);
	for (size_t i = 0; i < check->n_findings; i++)
		string_list_free(&check->findings[i].items);
	free(check->findings);
	for (size_t i = 0; i < check->n_notes; i++)
		string_list_free(&check->notes[i].items);
	free(check->notes);
	init_image_close(&check->image);
	init_image_close(&check->other);
	if (check->has_source)
		source_close(&check->source);
	arena_free(&check->arena);
}
