/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_INITRULES_H
#define MODBOX_INITRULES_H

/* The rules of initcheck, sorted by id. */
enum init_rule_number {
	INIT_DUPLICATE_MODULE,
	INIT_MISSING_DEPENDENCY,
	INIT_MISSING_FIRMWARE,
	INIT_MISSING_SOFTDEP,
	INIT_REFUSED,
	INIT_STALE_INDEX,
	INIT_TRUNCATED,
	INIT_UNREADABLE_COMPRESSION,
	INIT_WRONG_KERNEL,
	INIT_RULES, /* the number of rules */
};

struct init_rule {
	const char *id;
	const char *title;
	const char *remedy;
};

extern const struct init_rule init_rules[INIT_RULES];

#endif
