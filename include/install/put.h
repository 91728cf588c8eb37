/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_PUT_H
#define MODBOX_PUT_H

#include <stdbool.h>

#include "base/strlist.h"
#include "fs/fileset.h"
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
	bool indexed; /* set it when the indexes name the new modules */
	struct arena arena;
	struct string_list replaced; /* paths below top, of files that are to go */
	struct fileset_item *files;  /* of the candidates; then of those that change */
	size_t n;
	int *dirs; /* open; their files' */
	size_t n_dirs;
	bool crowded; /* not so many files can be open */
};

/*
 * Open and lock it; make it if it is not there. Returns 0, or -1 and reports it (status
 * 4). place_close() is needed either way; unless indexed is set, it brings back what
 * place_publish() replaced.
 */
int place_open(struct place *place, const struct rootfs *root, const char *top);
void place_close(struct place *place);

/*
 * Copy the staged modules there, under temporary names: of mode 0644, owned by root as
 * far as may be, with the time and the extended attributes of the candidates' files. What
 * is installed as it should be is left out. Returns 0, or -1 and reports it.
 */
int place_copy(struct place *place, const struct stage *stage,
	       const struct candidates *candidates);

/*
 * Do the same without a stage: make modules that are installed anew, beside the old ones
 * (stage_each()).
 */
int place_make(struct place *place, struct candidates *candidates,
	       const struct preparation *preparation);

/*
 * Give them their names: all of them, or none. replaced then lists the same modules in
 * other compressions. Neither place nor candidates must move until place_close(): if
 * memory runs out, the modules are taken back.
 * Returns 0, or -1 and reports it.
 */
int place_publish(struct place *place, const struct candidates *candidates);

/* Remove what was replaced. Returns 0, or -1 and reports it (status 4). */
int place_finish(struct place *place);

#endif
