// SPDX-License-Identifier: GPL-2.0-or-later
/* Hash tables are uthash's; this is what need not be in the program once for each. */
#include "table.h"

unsigned table_hash(const void *key, size_t len)
{
	unsigned hash;

	HASH_JEN(key, len, hash);
	return hash;
}
