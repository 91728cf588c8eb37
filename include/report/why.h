/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_WHY_H
#define MODBOX_WHY_H

#include "report/report.h"

/*
 * Print, for each request that leads to the module of a name, every shortest chain of
 * edges from it.
 * Returns 0, or -1, reported (status 1): it is not in the plan.
 */
int report_why(const struct report *report, const char *name);

#endif
