// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Manifests: an old one, "%%%%", a new one, "%%%%", paths, each ended by a NUL, from
 * which a third manifest is written and parsed.
 */
#include "fuzz.h"

#include "copy/manifest.h"
#include "copy/manifestcheck.h"

static bool parse(struct manifest *manifest, struct part part)
{
	char *text = part_string(part);
	bool good = manifest_parse(manifest, text, part.size, "manifest") == 0;

	for (size_t i = 0; good && i < manifest->n; i++) {
		const struct manifest_row *row = &manifest->rows[i];

		REQUIRE(*row->path && row->size && row->sha256 && row->reason);
		REQUIRE(!strpbrk(row->path, "\t\n") && !strpbrk(row->reason, "\t\n"));
	}
	return good;
}

static int check(const struct manifest *before, const struct manifest *now)
{
	static struct modtree empty;
	const struct modtree **trees = calloc(now->kernels.n + 1, sizeof(*trees));
	int result;

	REQUIRE(trees);
	for (size_t i = 0; i < now->kernels.n; i++)
		trees[i] = &empty;
	result = manifest_check(before, "manifest", now, trees);
	free(trees);
	return result;
}

/* manifest_check() refuses such a manifest. */
static bool has_path_twice(const struct manifest *m)
{
	for (size_t i = 0; i < m->n; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(m->rows[i].path, m->rows[k].path) == 0)
				return true;
	return false;
}

static void compare(struct part before, struct part now)
{
	struct manifest a, b;
	bool good = parse(&a, before);

	good &= parse(&b, now);
	if (good && !has_path_twice(&a) && !has_path_twice(&b)) {
		REQUIRE(check(&a, &a) == 0 && check(&b, &b) == 0);
		/* Differences are symmetric, unless one kernel replaces another. */
		if (a.kernels.n == 0 || b.kernels.n == 0)
			REQUIRE(check(&a, &b) == check(&b, &a));
		else
			check(&a, &b);
	}
	manifest_free(&a);
	manifest_free(&b);
}

/* Whatever the file names, the manifest parses and lists each file once. */
static void write_and_read(struct part paths)
{
	struct string_list kernels = { 0 };
	struct rootfs root = { .fd = -1, .path = (char *)(uintptr_t) "" };
	struct filelist list = { 0 };
	struct strbuf text = { 0 };
	struct manifest manifest;
	size_t length;

	for (; paths.size; paths.data += length, paths.size -= length) {
		const char *path = arena_strndup(&list.arena, paths.data, paths.size);

		length = strlen(path) + (strlen(path) < paths.size);
		if (*path)
			filelist_add(&list, &(struct file_entry){ .kind = FILE_DATA,
								  .path = path,
								  .data = path,
								  .size = strlen(path),
								  .reason = path });
	}
	if (filelist_sort(&list) == 0) {
		size_t files = 0;

		for (size_t i = 0; i < list.n; i++)
			files += list.items[i].kind == FILE_DATA;
		string_list_add(&kernels, "usr/lib/modules/1.0");
		REQUIRE(manifest_write(&text, &list, &root, &kernels) == 0);
		REQUIRE(parse(&manifest, (struct part){ text.data, text.size }));
		REQUIRE(manifest.n == files && manifest.kernels.n == 1);
		REQUIRE(check(&manifest, &manifest) == 0);
		manifest_free(&manifest);
	}
	string_list_free(&kernels);
	strbuf_free(&text);
	filelist_free(&list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct part input = { (const char *)data, size };
	struct part before = next_part(&input), now = next_part(&input);

	be_quiet();
	compare(before, now);
	write_and_read(input);
	return 0;
}
