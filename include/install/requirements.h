/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_REQUIREMENTS_H
#define MODBOX_REQUIREMENTS_H

#include <stdbool.h>

#include "kernel/kconfig.h"

/* What modules ask of a kernel beside what is in their files: linux-mod-r1.eclass's. */
struct requirements {
	const char *config;	       /* CONFIG_CHECK: "FOO !BAR ~BAZ ~!QUX"; or NULL */
	const char *minimum, *maximum; /* versions, or NULL */
};

/* Check the versions' form. Returns NULL, or the one that is none. */
const char *requirements_malformed(const struct requirements *requirements);

/*
 * Compare them with the kernel of a release. config: its configuration, which label
 * names; or NULL. As linux-mod-r1 does: a minimum is needed, a maximum, compared in as
 * many numbers as it has, only warned of. force: all are only warned of; known: so is
 * what is not known.
 * Returns 0, or -1 and reports each that is not met (status 1).
 */
int requirements_check(const struct requirements *requirements, const char *release,
		       const struct kconfig *config, const char *label, bool force,
		       bool known);

#endif
