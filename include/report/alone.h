/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_ALONE_H
#define MODBOX_ALONE_H

#include "report/sizes.h"

/* The part of a plan that each of its requests and modules alone keeps there. */
struct alone {
	struct cost *requests; /* saved if it is dropped: the same as sizes_make()'s */
	struct cost *modules; /* saved if nothing asks for it any more: itself included */
	size_t *owners;	      /* for each module: the one request that all chains to it
				 begin with, or SIZE_MAX: there are several */
};

/* Borrows nothing. */
void alone_make(struct alone *alone, const struct plan *plan);
void alone_free(struct alone *alone);

#endif
