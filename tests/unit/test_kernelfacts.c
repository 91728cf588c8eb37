// SPDX-License-Identifier: GPL-2.0-or-later
/* What is told of a kernel beside its image: Module.symvers, .config, and where they are.
 */
#include "kernel/kconfig.h"
#include "kernel/kernelfind.h"
#include "kernel/symvers.h"
#include "tempdir.h"
#include "unit.h"

static struct kernel_exports exports;
static struct arena arena;

static int read_symvers(const char *text, size_t *line, const char **err)
{
	return symvers_read(&exports, &arena, text, strlen(text), line, err);
}

static void clear(void)
{
	exports_free(&exports);
	arena_free(&arena);
	arena = (struct arena){ 0 };
}

static void test_symvers(void **state)
{
	static const char text[] =
		"0x1234abcd\tzebra\tvmlinux\tEXPORT_SYMBOL\t\n"
		"0x00000001\tusb_register\tdrivers/usb/core/usbcore\tEXPORT_SYMBOL_GPL\t\n"
		"0xffffffff\tant\tvmlinux\tEXPORT_SYMBOL_GPL\tCRYPTO_INTERNAL\n"
		"0x00000002\tbee\tvmlinux\tEXPORT_SYMBOL";
	const struct kernel_export *e;
	const char *err;
	size_t line;

	assert_int_equal(read_symvers(text, &line, &err), 0);
	assert_int_equal(exports.n, 3);
	assert_true(exports.crcs);
	assert_null(exports_find(&exports, "usb_register"));
	e = exports_find(&exports, "ant");
	assert_string_equal(e->namespace, "CRYPTO_INTERNAL");
	assert_int_equal(e->crc, 0xffffffff);
	assert_true(e->gpl);
	e = exports_find(&exports, "zebra");
	assert_string_equal(e->namespace, "");
	assert_int_equal(e->crc, 0x1234abcd);
	assert_false(e->gpl);
	assert_non_null(exports_find(&exports, "bee"));
	clear();
}

/* Without MODVERSIONS. */
static void test_symvers_zero(void **state)
{
	const char *err;
	size_t line;

	assert_int_equal(read_symvers("0x00000000\ta\tvmlinux\tEXPORT_SYMBOL\t\n", &line,
				      &err),
			 0);
	assert_false(exports.crcs);
	clear();
}

static void test_symvers_refused(void **state)
{
	static const struct {
		const char *text;
		size_t line;
	} cases[] = {
		{ "", 0 },
		{ "0x1\ta\tdrivers/a\tEXPORT_SYMBOL\t\n", 0 }, /* none of vmlinux */
		{ "0x1\ta\tvmlinux\tEXPORT_SYMBOL\t\n0x2\ta\tvmlinux\tEXPORT_SYMBOL\t\n",
		  0 },
		{ "hello\n", 1 },
		{ "0x1\ta\tvmlinux\tEXPORT_SYMBOL\t\n\n", 2 },
		{ "0x1\ta\tvmlinux\n", 1 },
		{ "0x1\t\tvmlinux\tEXPORT_SYMBOL\t\n", 1 },
		{ "0x1\ta\tvmlinux\tEXPORT\t\n", 1 },
		{ "0x1\ta\tvmlinux\tEXPORT_SYMBOL_FUTURE\t\n", 1 },
		{ "0x123456789\ta\tvmlinux\tEXPORT_SYMBOL\t\n", 1 },
		{ "12345678\ta\tvmlinux\tEXPORT_SYMBOL\t\n", 1 },
		{ "0x1\ta\tvmlinux\tEXPORT_SYMBOL\tb\tc\n", 1 },
		/* the order of 5.4 to 5.7 */
		{ "0x1\ta\t\tvmlinux\tEXPORT_SYMBOL\n", 1 },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *err = NULL;
		size_t line = 99;

		assert_int_equal(read_symvers(cases[i].text, &line, &err), -1);
		assert_non_null(err);
		assert_int_equal(line, cases[i].line);
		clear();
	}
}

static void test_kconfig(void **state)
{
	static const char text[] = "#\n# Linux/x86 6.1.0 Kernel Configuration\n#\n"
				   "CONFIG_MODULES=y\n"
				   "# CONFIG_MODULE_SIG_FORCE is not set\n"
				   "CONFIG_KVM=m\n"
				   "CONFIG_LOCALVERSION=\"-test\"\n"
				   "CONFIG_EMPTY=\"\"\n"
				   "CONFIG_HZ=250\n"
				   "CONFIG_TWICE=y\n"
				   "CONFIG_TWICE=n\n"
				   "NOT_ONE=y";
	struct kconfig config;
	const char *err;

	assert_int_equal(kconfig_parse(&config, &arena, text, sizeof(text) - 1, &err), 0);
	assert_true(kconfig_on(&config, "MODULES"));
	assert_true(kconfig_on(&config, "KVM"));
	assert_false(kconfig_on(&config, "HZ"));
	assert_string_equal(kconfig_get(&config, "HZ"), "250");
	assert_string_equal(kconfig_get(&config, "LOCALVERSION"), "-test");
	assert_string_equal(kconfig_get(&config, "EMPTY"), "");
	assert_string_equal(kconfig_get(&config, "TWICE"), "n");
	assert_null(kconfig_get(&config, "MODULE_SIG_FORCE"));
	assert_null(kconfig_get(&config, "NOT_ONE"));
	assert_int_equal(config.n, 6);
	clear();
}

static void test_kconfig_refused(void **state)
{
	static const struct {
		const char *text;
		size_t size;
	} cases[] = { { "", 0 },
		      { "#!/bin/sh\nMODULES=y\n", 20 },
		      { "CONFIG_MODULES=y\n\0\n", 19 },
		      { "# CONFIG_MODULES is not set\n", 28 } };

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct kconfig config;
		const char *err = NULL;

		assert_int_equal(kconfig_parse(&config, &arena, cases[i].text,
					       cases[i].size, &err),
				 -1);
		assert_non_null(err);
		assert_null(kconfig_get(&config, "MODULES"));
		clear();
	}
}

/* -- where they are ------------------------------------------------------------------- */

#define MODULES "lib/modules/1.0"

static void put_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	close(fd);
}

typedef int find_function(const struct rootfs *, const char *, const char *,
			  struct arena *, const char **, struct string_list *);

static void assert_found(find_function *find, const char *expected, size_t tries)
{
	struct string_list tried = { 0 };
	struct rootfs root;
	const char *path;
	int fd;

	assert_int_equal(rootfs_open(&root, "."), 0);
	fd = find(&root, "1.0", MODULES, &arena, &path, &tried);
	if (expected) {
		assert_true(fd >= 0);
		assert_string_equal(path, expected);
		close(fd);
	} else {
		assert_int_equal(fd, ROOTFS_NONE);
		assert_null(path);
	}
	assert_int_equal(tried.n, tries);
	string_list_free(&tried);
	rootfs_close(&root);
	clear();
}

static void test_find(void **state)
{
	assert_int_equal(mkdir("boot", 0755), 0);
	assert_int_equal(mkdir("lib", 0755), 0);
	assert_int_equal(mkdir("lib/modules", 0755), 0);
	assert_int_equal(mkdir(MODULES, 0755), 0);
	/* another kernel's */
	put_file("boot/vmlinuz-2.0");
	put_file("boot/config-2.0");
	assert_found(kernel_find_image, NULL, 5);
	assert_found(kernel_find_config, NULL, 3);
	put_file("boot/Image-1.0");
	assert_found(kernel_find_image, "boot/Image-1.0", 3);
	put_file("boot/vmlinux-1.0");
	assert_found(kernel_find_image, "boot/vmlinux-1.0", 2);
	put_file("boot/vmlinuz-1.0");
	assert_found(kernel_find_image, "boot/vmlinuz-1.0", 1);
	put_file(MODULES "/vmlinuz");
	assert_found(kernel_find_image, MODULES "/vmlinuz", 0);
	put_file("boot/config-1.0");
	assert_found(kernel_find_config, "boot/config-1.0", 1);
	put_file(MODULES "/config");
	assert_found(kernel_find_config, MODULES "/config", 0);
}

/* A link that leads out of SOURCE leads nowhere. */
static void test_find_inside(void **state)
{
	assert_int_equal(mkdir("boot", 0755), 0);
	assert_int_equal(symlink("/etc/passwd", "boot/vmlinuz-1.0"), 0);
	assert_found(kernel_find_image, NULL, 5);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_symvers),		cmocka_unit_test(test_symvers_zero),
	cmocka_unit_test(test_symvers_refused), cmocka_unit_test(test_kconfig),
	cmocka_unit_test(test_kconfig_refused), IN_TEMPDIR(test_find),
	IN_TEMPDIR(test_find_inside),
};

UNIT_TEST_MAIN(NULL, NULL)
