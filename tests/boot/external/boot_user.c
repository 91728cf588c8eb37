// SPDX-License-Identifier: GPL-2.0-or-later
/* An out-of-tree module with an alias that needs another one. */
#include <linux/module.h>

int boot_supplier_number(void);

static int __init boot_user_init(void)
{
	pr_info("boot_user: the number is %d\n", boot_supplier_number());
	return 0;
}

static void __exit boot_user_exit(void)
{
}

module_init(boot_user_init);
module_exit(boot_user_exit);

MODULE_DESCRIPTION("Test module that needs another");
MODULE_ALIAS("boot-number");
MODULE_LICENSE("GPL");
