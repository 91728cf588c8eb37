// SPDX-License-Identifier: GPL-2.0-or-later
/* The list for gen_init_cpio: each directory once, files by their host paths. */
#include "written.h"

static struct plan_module modules[] = {
	{ .name = "crc32c_generic", .path = "kernel/crc32c_generic.ko", .by = "jbd2" },
	{ .name = "jbd2", .path = "kernel/fs/jbd2.ko", .by = "operand" },
};

static const char *builtin_files[] = { "modules.builtin", "modules.builtin.modinfo" };

/* A root in the current directory, and its path on the host. */
static const char *open_root(struct rootfs *root)
{
	put("root/lib/modules/6.1/modules.builtin", "");
	put("root/lib/modules/6.1/modules.builtin.modinfo", "");
	put("root/lib/modules/6.1/kernel/fs/jbd2.ko", "j");
	put("root/lib/modules/6.1/kernel/crc32c_generic.ko", "c");
	assert_int_equal(rootfs_open(root, "root"), 0);
	return root->real;
}

static const char *cpio_list(const struct plan *of, const struct rootfs *root,
			     const struct string_list *before)
{
	const struct modtree tree = { .root = root };
	const struct report report = { .plan = of, .tree = &tree, .before = before };

	return written(report_cpio_list, &report);
}

static void cpio(void **state)
{
	const struct plan two = { .dir = "lib/modules/6.1",
				  .version = "6.1",
				  .modules = modules,
				  .n_modules = 2,
				  .builtin_files = { builtin_files, 2, 2 } };
	const char *items[] = { "lib/modules/6.1" };
	const struct string_list same = { .items = items, .n = 1 };
	char expected[8192];
	struct rootfs root;
	const char *real = open_root(&root);

	snprintf(expected, sizeof(expected),
		 "dir /lib 0755 0 0\n"
		 "dir /lib/modules 0755 0 0\n"
		 "dir /lib/modules/6.1 0755 0 0\n"
		 "dir /lib/modules/6.1/kernel 0755 0 0\n"
		 "dir /lib/modules/6.1/kernel/fs 0755 0 0\n"
		 "file /lib/modules/6.1/kernel/crc32c_generic.ko"
		 " %s/lib/modules/6.1/kernel/crc32c_generic.ko 0644 0 0\n"
		 "file /lib/modules/6.1/kernel/fs/jbd2.ko"
		 " %s/lib/modules/6.1/kernel/fs/jbd2.ko 0644 0 0\n"
		 "file /lib/modules/6.1/modules.builtin"
		 " %s/lib/modules/6.1/modules.builtin 0644 0 0\n"
		 "file /lib/modules/6.1/modules.builtin.modinfo"
		 " %s/lib/modules/6.1/modules.builtin.modinfo 0644 0 0\n",
		 real, real, real, real);
	assert_string_equal(cpio_list(&two, &root, NULL), expected);
	/* After another kernel, and after the same one. */
	items[0] = "lib/modules/6.10";
	assert_string_equal(cpio_list(&two, &root, &same),
			    strstr(expected, "dir /lib/modules/6.1 "));
	items[0] = "usr/lib/modules/6.1";
	assert_string_equal(cpio_list(&two, &root, &same), expected);
	items[0] = "lib/modules/6.1";
	assert_string_equal(cpio_list(&two, &root, &same), "");
	rootfs_close(&root);
}

/* Links are resolved inside the root, not on the host. */
static void cpio_links(void **state)
{
	struct plan_module linked = { .name = "a",
				      .path = "extra/a.ko",
				      .by = "operand" };
	const struct plan one = { .dir = "lib/modules/6.1",
				  .version = "6.1",
				  .modules = &linked,
				  .n_modules = 1 };
	char expected[1024];
	struct rootfs root;
	const char *real = open_root(&root);

	put("root/lib/modules/6.1/extra/x", "");
	put("root/opt/a.ko", "a");
	put("opt/a.ko", "another");
	assert_int_equal(symlink("/opt/a.ko", "root/lib/modules/6.1/extra/a.ko"), 0);
	snprintf(expected, sizeof(expected),
		 "file /lib/modules/6.1/extra/a.ko %s/opt/a.ko 0644 0 0\n", real);
	assert_non_null(strstr(cpio_list(&one, &root, NULL), expected));
	/* A link that is valid on the host too keeps its path. */
	assert_int_equal(unlink("root/lib/modules/6.1/extra/a.ko"), 0);
	assert_int_equal(symlink("../../../../opt/a.ko",
				 "root/lib/modules/6.1/extra/a.ko"),
			 0);
	snprintf(expected, sizeof(expected),
		 "file /lib/modules/6.1/extra/a.ko %s/lib/modules/6.1/extra/a.ko 0644 0 0\n",
		 real);
	assert_non_null(strstr(cpio_list(&one, &root, NULL), expected));
	rootfs_close(&root);
}

/* A root keeps the name that the user gave, if that is absolute. */
static void cpio_name_of_the_root(void **state)
{
	const struct plan none = { .dir = "lib/modules/6.1",
				   .version = "6.1",
				   .builtin_files = { builtin_files, 2, 2 } };
	char path[4096], expected[8192];
	struct rootfs root;
	const char *real = open_root(&root);

	snprintf(path, sizeof(path), "%.*s/link//", (int)(strlen(real) - strlen("/root")),
		 real);
	rootfs_close(&root);
	assert_int_equal(symlink("root", "link"), 0);
	assert_int_equal(rootfs_open(&root, path), 0);
	snprintf(expected, sizeof(expected),
		 "file /lib/modules/6.1/modules.builtin %.*s/lib/modules/6.1/modules.builtin ",
		 (int)strlen(path) - 2, path);
	assert_non_null(strstr(cpio_list(&none, &root, NULL), expected));
	rootfs_close(&root);
}

static void assert_refused(const char *root_path, const char *file, const char *message)
{
	struct plan_module module = { .name = "a", .path = file, .by = "operand" };
	const struct plan one = { .dir = "lib/modules/6.1",
				  .version = "6.1",
				  .modules = &module,
				  .n_modules = 1 };
	struct rootfs root;
	const char *text;
	int old;

	assert_int_equal(rootfs_open(&root, root_path), 0);
	old = begin_stderr();
	text = cpio_list(&one, &root, NULL);
	assert_string_equal(text, "");
	text = end_stderr(old);
	if (!strstr(text, message))
		fail_msg("'%s' does not say '%s'", text, message);
	rootfs_close(&root);
}

static void cpio_refuses(void **state)
{
	struct rootfs root;

	open_root(&root);
	rootfs_close(&root);
	put("root/lib/modules/6.1/extra/a b.ko", "");
	assert_refused("root", "extra/none.ko",
		       "cannot read root/lib/modules/6.1/extra/none.ko: No such file");
	assert_refused("root", "extra", "root/lib/modules/6.1/extra: Invalid argument");
	assert_refused("root", "extra/a b.ko",
		       "cannot hold the name lib/modules/6.1/extra/a b.ko");
	assert_int_equal(rename("root", "ro ot"), 0);
	assert_refused("ro ot", "kernel/fs/jbd2.ko", "use another path to SOURCE");
	assert_int_equal(rename("ro ot", "r${HOME}"), 0);
	assert_refused("r${HOME}", "kernel/fs/jbd2.ko", "it has white space or ${");
}

static const struct CMUnitTest tests[] = {
	IN_TEMPDIR(cpio),
	IN_TEMPDIR(cpio_links),
	IN_TEMPDIR(cpio_name_of_the_root),
	IN_TEMPDIR(cpio_refuses),
};
UNIT_TEST_MAIN(NULL, NULL)
