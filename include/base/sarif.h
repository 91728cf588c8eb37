/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_SARIF_H
#define MODBOX_SARIF_H

#include "base/json.h"

/* Building SARIF 2.1.0 logs, which code review tools read. Call json_begin() first. */

/*
 * Begin a log of one run of a tool. The caller fills the arrays *rules and *results, and
 * writes it by json_write(). Texts that are no constants are copied.
 */
cJSON *sarif_begin(const char *tool, cJSON **rules, cJSON **results);

/* Add a rule. level is "error", "warning" or "note". */
void sarif_rule(cJSON *rules, const char *id, const char *title, const char *help,
		const char *level);

/*
 * Add a result of the rule with this id and index, about a file; line and column count
 * from 1, and line 0 means the whole file. Returns it.
 */
cJSON *sarif_result(cJSON *results, const char *id, unsigned index, const char *level,
		    const char *message, const char *path, unsigned line,
		    unsigned column);

#endif
