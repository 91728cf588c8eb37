/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_UNPACK_RPM_H
#define MODBOX_UNPACK_RPM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "input.h"
#include "sink.h"

/* Whether an RPM package begins with these bytes, at least 8. */
bool rpm_begins(const unsigned char *bytes, size_t size);

/*
 * Read the package that begins at in->p, in a file of size bytes. Returns 1, or -1
 * (sink.h).
 */
int rpm_read(struct sink *sink, struct input *in, uint64_t size);

#endif
