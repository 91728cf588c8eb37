// SPDX-License-Identifier: GPL-2.0-or-later
/* modules.order, filtered to the modules in a directory. */
#include "order/order.h"
#include "unit.h"

static const char *const modules[] = {
	"kernel/fs/ext4/ext4.ko.xz",
	"kernel/lib/crc16.ko",
	"updates/dkms/foo_bar.ko.zst",
	"updates/dkms/foo_bar.ko", /* two files have this name */
	"kernel/drivers/md/dm-mod.ko.gz",
};

static void assert_cut(const char *source, const char *old, const char *expected)
{
	struct order_text s = { source, source ? strlen(source) : 0 };
	struct order_text o = { old, old ? strlen(old) : 0 };
	size_t size;
	char *text = order_cut(s, o, modules, COUNT(modules), &size);

	assert_string_equal(text, expected);
	assert_int_equal(size, strlen(expected));
	free(text);
}

static void keeps_the_order_of_source(void **state)
{
	assert_cut("kernel/lib/crc16.ko\nkernel/lib/crc32.ko\nkernel/fs/ext4/ext4.ko\n",
		   NULL, "kernel/lib/crc16.ko\nkernel/fs/ext4/ext4.ko\n");
}

static void compares_paths(void **state)
{
	/*
	 * The same name in another directory is another file; a compression suffix does
	 * not matter.
	 */
	assert_cut("kernel/ext4.ko\nkernel/fs/ext4/ext4.ko.zst\nkernel/foo_bar.ko\n",
		   NULL, "kernel/fs/ext4/ext4.ko.zst\n");
	assert_cut("updates/dkms/foo-bar.ko\nkernel/drivers/md/dm_mod.ko\n", NULL,
		   "updates/dkms/foo-bar.ko\nkernel/drivers/md/dm_mod.ko\n");
}

static void ends_the_last_line(void **state)
{
	assert_cut("kernel/lib/crc16.ko", "kernel/fs/ext4/ext4.ko",
		   "kernel/lib/crc16.ko\nkernel/fs/ext4/ext4.ko\n");
}

static void keeps_unknown_modules(void **state)
{
	assert_cut("kernel/lib/crc16.ko\n",
		   "updates/dkms/foo_bar.ko\nkernel/gone.ko\nkernel/lib/crc16.ko\n"
		   "updates/dkms/foo_bar.ko\n",
		   "kernel/lib/crc16.ko\nupdates/dkms/foo_bar.ko\n");
}

static void nothing(void **state)
{
	size_t size;
	char *text = order_cut((struct order_text){ "a.ko\n", 5 },
			       (struct order_text){ 0 }, NULL, 0, &size);

	assert_string_equal(text, "");
	free(text);
	assert_cut(NULL, NULL, "");
	assert_cut("\n\n", "\n", "");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(keeps_the_order_of_source),
	cmocka_unit_test(compares_paths),
	cmocka_unit_test(ends_the_last_line),
	cmocka_unit_test(keeps_unknown_modules),
	cmocka_unit_test(nothing),
};
UNIT_TEST_MAIN(NULL, NULL)
