/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_RUNFACTS_H
#define MODBOX_RUNFACTS_H

#include <time.h>

#include "tree/modtree.h"

/*
 * What the calls of one generator run read of modules: a record (tree/record.h) in a
 * directory that lives as long as the run, $MODBOX_FACTS or else $DRACUT_TMPDIR.
 */
struct runfacts {
	struct modtree *tree;
	const char *dir; /* NULL: facts are not kept */
	int fd;
	struct timespec began;
};

/*
 * Make the tree use its own record or, if it has none, the run's facts. Nothing is
 * reported: without them all is read.
 */
void runfacts_open(struct runfacts *facts, struct modtree *tree);

/* Keep what the tree's modules were read for, with what was there before. */
void runfacts_close(struct runfacts *facts);

#endif
