/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_LINTREPORT_H
#define MODBOX_LINTREPORT_H

#include "lint/lint.h"

/*
 * Write what was found on standard output.  Write errors are found by output_finish().
 */

/* LIST:LINE:COLUMN: SEVERITY: MESSAGE [RULE]; with excerpts, the line below it. */
void lint_report_text(const struct lint *lint, bool excerpts);

/* An object of JSON, by docs/modlist-lint.schema.json. */
void lint_report_json(const struct lint *lint);

/* SARIF 2.1.0. */
void lint_report_sarif(const struct lint *lint);

/* The rules, one a line; what there is to say of one. */
void lint_list_rules(void);
void lint_explain(enum lint_rule_number rule);

#endif
