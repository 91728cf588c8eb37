/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_PUT_H
#define MODBOX_PUT_H

#include "install/candidate.h"
#include "install/stage.h"

/*
 * A kernel's module directory of the root that modules are installed in, locked: other
 * runs wait.
 */
struct place {
	const struct rootfs *root;
	const char *top; /* lib/modules/VERSION; borrowed */
	int fd;
};

/*
 * Open and lock it; make it if it is not there. Returns 0, or -1 and reports it (status
 * 4). place_close() is needed either way.
 */
int place_open(struct place *place, const struct rootfs *root, const char *top);
void place_close(struct place *place);

/*
 * Copy the staged modules there, of mode 0644, owned by root as far as may be, with the
 * time and the extended attributes of the candidates' files: all of them, or none. Then
 * remove the same modules in other compressions.
 * Returns 0, or -1 and reports it.
 */
int place_put(const struct place *place, const struct stage *stage,
	      const struct candidates *candidates);

#endif
