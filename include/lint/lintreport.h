/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_LINTREPORT_H
#define MODBOX_LINTREPORT_H

#include "lint/lint.h"

/*
 * Write all findings to standard output.  Write errors are left for output_finish() to
 * detect.
 */

/* LIST:LINE:COLUMN: SEVERITY: MESSAGE [RULE]; with excerpts, also the line itself. */
void lint_report_text(const struct lint *lint, bool excerpts);

/* One JSON object, as docs/modlist-lint.schema.json specifies. */
void lint_report_json(const struct lint *lint);

/* SARIF 2.1.0. */
void lint_report_sarif(const struct lint *lint);

/* Print all rules, one per line. */
void lint_list_rules(void);

/* Print the description of one rule. */
void lint_explain(enum lint_rule_number rule);

#endif
