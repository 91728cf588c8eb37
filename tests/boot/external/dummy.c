// SPDX-License-Identifier: GPL-2.0-or-later
/* A module with the name of an in-tree one. */
#include <linux/module.h>

static int __init dummy_init(void)
{
	pr_info("dummy: not the kernel's\n");
	return 0;
}

static void __exit dummy_exit(void)
{
}

module_init(dummy_init);
module_exit(dummy_exit);

MODULE_DESCRIPTION("Test module in the place of the kernel's");
MODULE_LICENSE("GPL");
