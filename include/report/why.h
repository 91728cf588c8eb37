/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_WHY_H
#define MODBOX_WHY_H

#include "report/report.h"

/*
 * Print every shortest chain of edges from each request to the named module.
 * Returns 0, or -1 if no request leads to the module (reported, status 1).
 */
int report_why(const struct report *report, const char *name);

#endif
