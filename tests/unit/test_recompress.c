// SPDX-License-Identifier: GPL-2.0-or-later
/* Which files in a list are decompressed, their new names, and links to them. */
#include "modules.h"

#include "copy/recompress.h"
#include "copy/source.h"
#include "tempdir.h"

#define FW "usr/lib/firmware/"

static const struct recompress_options decompress = { .decompress = 1 };
static struct rootfs source;
static struct filelist list;

static void put_packed(const char *path, const char *text, compressor compress)
{
	struct bytes b = { .size = 0 };

	append(&b, text, strlen(text));
	b = compress(&b);
	put_bytes(path, b.data, b.size);
}

static void add_copy(const char *path, size_t n)
{
	filelist_add(&list, &(struct file_entry){ .kind = FILE_COPY,
						  .path = path,
						  .from = path,
						  .size = SIZE_UNKNOWN,
						  .kernel = n });
}

static void add_link(const char *path, const char *target)
{
	char full[256];

	snprintf(full, sizeof(full), "root/%s", path);
	assert_int_equal(symlink(target, full), 0);
	filelist_add(&list, &(struct file_entry){ .kind = FILE_LINK,
						  .path = path,
						  .data = target,
						  .kernel = NO_KERNEL });
}

static int recompress(void)
{
	return filelist_recompress(&list, &decompress, &source, 0);
}

static int setup(void **state)
{
	if (tempdir_setup(state) < 0)
		return -1;
	put("root/" FW "plain.bin", "plain");
	put_packed("root/" FW "a.bin.xz", "a's contents", xz);
	put_packed("root/" FW "dir/b.bin.zst", "b's contents", zstd);
	return rootfs_open(&source, "root");
}

static int teardown(void **state)
{
	filelist_free(&list);
	rootfs_close(&source);
	return tempdir_teardown(state);
}

/* A file in the list, as "PATH=CONTENTS" or "PATH->TARGET". */
static int show(void *context, const struct source_file *c)
{
	char *label = context;
	size_t n = strlen(label), room = 4096 - n;
	char text[100] = "";

	if (c->file->kind == FILE_LINK)
		snprintf(label + n, room, "%s->%s ", c->file->path, c->file->data);
	else if (c->data)
		snprintf(label + n, room, "%s=%.*s ", c->file->path, (int)c->size,
			 (const char *)c->data);
	else if (pread(c->fd, text, sizeof(text) - 1, 0) >= 0)
		snprintf(label + n, room, "%s:%s ", c->file->path, text);
	if (c->file->kind == FILE_COPY)
		assert_true(c->fd >= 0 && S_ISREG(c->attrs.st_mode));
	return 0;
}

static const char *label(void)
{
	static char text[4096];

	text[0] = '\0';
	assert_int_equal(filelist_each(&list, NO_KERNEL, &source, show, text), 0);
	return text;
}

static void test_firmware(void **state)
{
	add_copy(FW "a.bin.xz", NO_KERNEL);
	add_copy(FW "plain.bin", NO_KERNEL);
	add_copy(FW "dir/b.bin.zst", NO_KERNEL);
	assert_int_equal(recompress(), 0);
	/* Twice: decoded contents can be read repeatedly. */
	for (int i = 0; i < 2; i++)
		assert_string_equal(label(),
				    FW "a.bin=a's contents " FW "plain.bin:plain " FW
				       "dir/b.bin=b's contents ");
}

static void test_links_follow(void **state)
{
	add_link(FW "one.bin.xz", "a.bin.xz");
	add_link(FW "two.bin.xz", "one.bin.xz");
	add_link(FW "bare.bin", "../firmware/a.bin.xz");
	add_link(FW "absolute.bin.zst", "/" FW "dir/b.bin.zst");
	add_link(FW "through.bin.zst", "link.xz/b.bin.zst");
	add_link(FW "link.xz", "dir");
	add_link(FW "same.xz", "plain.bin");
	add_link(FW "nowhere.xz", "nothing.xz");
	add_copy(FW "a.bin.xz", NO_KERNEL);
	add_copy(FW "dir/b.bin.zst", NO_KERNEL);
	assert_int_equal(recompress(), 0);
	assert_string_equal(label(),
			    FW "one.bin->a.bin " FW "two.bin->one.bin " FW
			       "bare.bin->../firmware/a.bin " FW "absolute.bin->/" FW
			       "dir/b.bin " FW "through.bin->link.xz/b.bin " FW
			       "link.xz->dir " FW "same.xz->plain.bin " FW
			       "nowhere.xz->nothing.xz " FW "a.bin=a's contents " FW
			       "dir/b.bin=b's contents ");
}

static void test_a_link_to_a_link_by_another_name(void **state)
{
	add_link(FW "inner", "a.bin.xz");
	add_link(FW "outer.xz", "inner");
	add_copy(FW "a.bin.xz", NO_KERNEL);
	assert_int_equal(recompress(), 0);
	assert_string_equal(label(), FW "inner->a.bin " FW "outer->inner " FW
					"a.bin=a's contents ");
}

static void test_uncompressed_files_keep_names(void **state)
{
	put("root/" FW "odd.xz", "no xz stream");
	put("root/" FW "empty.zst", "");
	add_copy(FW "odd.xz", NO_KERNEL);
	add_copy(FW "empty.zst", NO_KERNEL);
	assert_int_equal(recompress(), 0);
	assert_string_equal(label(), FW "odd.xz:no xz stream " FW "empty.zst: ");
}

static void test_empty_contents(void **state)
{
	put_packed("root/" FW "e.xz", "", xz);
	add_copy(FW "e.xz", NO_KERNEL);
	assert_int_equal(recompress(), 0);
	assert_string_equal(label(), FW "e= ");
}

static void test_duplicate_names(void **state)
{
	put("root/" FW "a.bin", "another");
	add_copy(FW "a.bin", NO_KERNEL);
	add_copy(FW "a.bin.xz", NO_KERNEL);
	assert_int_equal(recompress(), -1);
}

static void test_damage(void **state)
{
	put_bytes("root/" FW "a.bin.xz",
		  "\xfd"
		  "7zXZ\0\0\1garbage",
		  15);
	add_copy(FW "a.bin.xz", NO_KERNEL);
	assert_int_equal(recompress(), -1);
}

static void test_fifo_and_vanished_file(void **state)
{
	assert_int_equal(mkfifo("root/" FW "fifo.xz", 0600), 0);
	add_copy(FW "fifo.xz", NO_KERNEL);
	add_copy(FW "gone.xz", NO_KERNEL);
	assert_int_equal(recompress(), -1);
}

/* Other files in a module directory are left alone, whatever their names. */
static void test_modules(void **state)
{
	struct bytes module = usual_module(), packed = xz(&module);

	put("root/lib/modules/1/modules.builtin.xz", "list");
	put("root/lib/modules/1/kernel/x", "");
	put_bytes("root/lib/modules/1/kernel/x.ko.xz", packed.data, packed.size);
	add_copy("lib/modules/1/kernel/x.ko.xz", 0);
	add_copy("lib/modules/1/modules.builtin.xz", 0);
	assert_int_equal(recompress(), 0);
	assert_string_equal(list.items[0].path, "lib/modules/1/kernel/x.ko");
	assert_int_equal(list.items[0].size, module.size);
	assert_string_equal(list.items[1].path, "lib/modules/1/modules.builtin.xz");
	assert_string_equal(list.items[1].path, list.items[1].from);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
	TEST(test_firmware),
	TEST(test_links_follow),
	TEST(test_a_link_to_a_link_by_another_name),
	TEST(test_uncompressed_files_keep_names),
	TEST(test_empty_contents),
	TEST(test_duplicate_names),
	TEST(test_damage),
	TEST(test_fifo_and_vanished_file),
	TEST(test_modules),
};
UNIT_TEST_MAIN(NULL, NULL)
