// SPDX-License-Identifier: GPL-2.0-or-later
/* The modules in a directory: found as depmod does, but never outside the root. */
#include "copy/superseded.h"
#include "index/installed.h"
#include "tempdir.h"

#define DIR "root/lib/modules/1.0"

static struct rootfs root;
static int fd = -1;

static void scan(struct installed *p, bool clean)
{
	if (fd < 0) {
		assert_int_equal(rootfs_open(&root, "root"), 0);
		fd = open_dir(DIR);
	}
	assert_int_equal(installed_scan(p, &root, "lib/modules/1.0", DIR, fd, clean), 0);
}

static int teardown(void **state)
{
	if (fd >= 0) {
		close(fd);
		rootfs_close(&root);
		fd = -1;
	}
	return tempdir_teardown(state);
}

static const struct installed_file *find(const struct installed *p, const char *path)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->files[i].path, path) == 0)
			return &p->files[i];
	return NULL;
}

static bool plain(const struct installed *p, const char *name)
{
	for (size_t i = 0; i < p->n_tops; i++)
		if (strcmp(p->tops[i].name, name) == 0)
			return p->tops[i].plain;
	fail();
	return false;
}

static void modules(void **state)
{
	struct installed p;

	put(DIR "/kernel/fs/b.ko.xz", "");
	put(DIR "/kernel/fs/a.ko", "");
	put(DIR "/kernel/fs/README", "");
	put(DIR "/updates/c.ko.zst", "");
	put(DIR "/top.ko.gz", "");
	put(DIR "/build/d.ko", "");
	put(DIR "/kernel/source/e.ko", "");
	put(DIR "/modules.dep", "");
	scan(&p, false);
	assert_int_equal(p.n, 4);
	assert_string_equal(p.files[0].path, "kernel/fs/a.ko");
	assert_string_equal(p.files[1].path, "kernel/fs/b.ko.xz");
	assert_string_equal(p.files[1].key, "kernel/fs/b.ko");
	assert_string_equal(p.files[1].below, "kernel/fs/b.ko.xz");
	assert_int_equal(p.files[1].base, fd);
	assert_true(plain(&p, "kernel"));
	assert_true(plain(&p, "updates"));
	installed_free(&p);
}

static const char *top(const struct installed *p, size_t i)
{
	return p->files[i].top == NO_TOP ? "" : p->tops[p->files[i].top].name;
}

/* What is added is what another scan would find. */
static void added(void **state)
{
	char deepest[200] = "", deeper[sizeof(deepest) + 8];
	const char *const paths[] = { "updates/new.ko",
				      "kernel/a.ko",
				      "kernel/b.ko.zst",
				      "build/c.ko",
				      "kernel/source/d.ko",
				      "e.ko",
				      ".modbox-1-2/f.ko",
				      deepest,
				      deeper };
	const size_t n = sizeof(paths) / sizeof(paths[0]);
	struct installed p, q;

	(void)state;
	for (size_t i = 1; i < 64; i++)
		strcat(deepest, "d/");
	snprintf(deeper, sizeof(deeper), "%sd/g.ko", deepest);
	strcat(deepest, "f.ko");
	put(DIR "/kernel/a.ko", "");
	put(DIR "/kernel/z.ko", "");
	scan(&p, false);
	assert_false(p.linked);
	for (size_t i = 0; i < n; i++) {
		char path[1024];

		snprintf(path, sizeof(path), DIR "/%s", paths[i]);
		put(path, "");
	}
	installed_add(&p, fd, paths, n);
	scan(&q, false);
	assert_int_equal(p.n, 6);
	assert_int_equal(p.n, q.n);
	for (size_t i = 0; i < q.n; i++) {
		assert_string_equal(p.files[i].path, q.files[i].path);
		assert_string_equal(p.files[i].key, q.files[i].key);
		assert_int_equal(p.files[i].base, q.files[i].base);
		assert_string_equal(p.files[i].below, q.files[i].below);
		assert_string_equal(top(&p, i), top(&q, i));
	}
	assert_null(find(&p, deeper));
	assert_true(plain(&p, "updates"));
	installed_free(&p);
	installed_free(&q);
}

static void nothing(void **state)
{
	const struct filelist list = { 0 };
	struct installed p;

	put(DIR "/modules.order", "");
	scan(&p, true);
	superseded_mark(&p, &list, 0, "lib/modules/1.0");
	assert_int_equal(p.n, 0);
	installed_free(&p);
}

static void links_stay_inside(void **state)
{
	const struct installed_file *file;
	struct stat st, expected;
	struct installed p;

	put("outside/x.ko", "");
	put("root/opt/y.ko", "");
	put("root/other/z.ko", "");
	put(DIR "/kernel/a.ko", "");
	/* Absolute, and too many "..": both resolve inside the root. */
	assert_int_equal(symlink("/opt/y.ko", DIR "/kernel/y.ko"), 0);
	assert_int_equal(symlink("../../../../../../other", DIR "/extra"), 0);
	assert_int_equal(symlink(tempdir_path, DIR "/kernel/out"), 0);
	assert_int_equal(symlink("../../../../../outside/x.ko", DIR "/kernel/x.ko"), 0);
	scan(&p, false);
	assert_int_equal(p.n, 3);
	assert_true(p.linked);
	assert_false(plain(&p, "kernel"));
	file = find(&p, "kernel/y.ko");
	assert_non_null(file);
	assert_string_equal(file->below, "");
	assert_int_equal(fstat(file->base, &st), 0);
	assert_int_equal(stat("root/opt/y.ko", &expected), 0);
	assert_int_equal(st.st_ino, expected.st_ino);
	file = find(&p, "extra/z.ko");
	assert_non_null(file);
	assert_string_equal(file->below, "z.ko");
	assert_int_equal(fstatat(file->base, file->below, &st, 0), 0);
	installed_free(&p);
}

static void circles_end(void **state)
{
	struct installed p;

	put(DIR "/kernel/a.ko", "");
	assert_int_equal(symlink(".", DIR "/kernel/self"), 0);
	assert_int_equal(symlink("..", DIR "/kernel/up"), 0);
	assert_int_equal(symlink("../kernel", DIR "/kernel/again"), 0);
	assert_int_equal(symlink("loop", DIR "/kernel/loop"), 0);
	scan(&p, false);
	assert_non_null(find(&p, "kernel/a.ko"));
	assert_true(p.n < 10);
	installed_free(&p);
}

static void superseded(void **state)
{
	struct file_entry planned[] = { { .path = "lib/modules/1.0/kernel/a.ko.xz",
					  .from = "lib/modules/1.0/kernel/a.ko.xz",
					  .is_module = true,
					  .mtime = 7 },
					{ .path = "lib/modules/1.0/updates/b.ko",
					  .from = "lib/modules/1.0/updates/b.ko.xz",
					  .is_module = true } };
	const struct filelist list = { .items = planned, .n = 2 };
	struct installed p;

	put(DIR "/kernel/a.ko", "");
	put(DIR "/kernel/a.ko.gz", "");
	put(DIR "/kernel/a.ko.xz", "");
	put(DIR "/kernel/c/a.ko", "");
	put(DIR "/updates/b.ko", "");
	put(DIR "/updates/d.ko.gz", "");
	put(DIR "/updates/d.ko.xz", "");
	scan(&p, false);
	superseded_mark(&p, &list, 0, "lib/modules/1.0");
	assert_true(find(&p, "kernel/a.ko")->superseded);
	assert_true(find(&p, "kernel/a.ko.gz")->superseded);
	assert_true(find(&p, "kernel/a.ko.xz")->planned);
	assert_true(find(&p, "kernel/a.ko.xz")->is_source);
	assert_int_equal(find(&p, "kernel/a.ko.xz")->mtime, 7);
	assert_true(find(&p, "updates/b.ko")->planned);
	assert_false(find(&p, "updates/b.ko")->is_source);
	assert_false(find(&p, "updates/d.ko.gz")->is_source);
	assert_false(find(&p, "kernel/a.ko.xz")->superseded);
	assert_false(find(&p, "kernel/c/a.ko")->superseded);
	assert_false(find(&p, "updates/b.ko")->superseded);
	assert_false(find(&p, "updates/d.ko.gz")->superseded);
	assert_false(find(&p, "updates/d.ko.xz")->superseded);
	assert_false(plain(&p, "kernel"));
	assert_true(plain(&p, "updates"));
	installed_free(&p);
}

static void cleans(void **state)
{
	struct installed p;

	put(DIR "/kernel/.modbox-1-0", "");
	put(DIR "/.modbox-22-3", "");
	put(DIR "/kernel/a.ko", "");
	scan(&p, false);
	installed_free(&p);
	assert_true(exists(DIR "/kernel/.modbox-1-0"));
	scan(&p, true);
	assert_int_equal(p.n, 1);
	installed_free(&p);
	assert_false(exists(DIR "/kernel/.modbox-1-0"));
	assert_false(exists(DIR "/.modbox-22-3"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tempdir_setup, teardown)

static const struct CMUnitTest tests[] = {
	TEST(modules),	   TEST(added),	     TEST(nothing), TEST(links_stay_inside),
	TEST(circles_end), TEST(superseded), TEST(cleans),
};
UNIT_TEST_MAIN(NULL, NULL)
