/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_INITREPORT_H
#define MODBOX_INITREPORT_H

#include "initcheck/initcheck.h"

/*
 * Write all that is known of an image to standard output. Write errors are left for
 * output_finish() to detect.
 */

/* One page of text. */
void init_report_text(const struct initcheck *check);

/* One JSON object, as docs/initcheck.schema.json specifies. */
void init_report_json(const struct initcheck *check);

/* SARIF 2.1.0: the findings. */
void init_report_sarif(const struct initcheck *check);

#endif
