// SPDX-License-Identifier: GPL-2.0-or-later
/* An out-of-tree module that another one needs. */
#include <linux/module.h>

int boot_supplier_number(void);

int boot_supplier_number(void)
{
	return 42;
}
EXPORT_SYMBOL_GPL(boot_supplier_number);

MODULE_DESCRIPTION("Test module that exports a symbol");
MODULE_LICENSE("GPL");
