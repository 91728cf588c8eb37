// SPDX-License-Identifier: GPL-2.0-or-later
/* The listing of an archive. */
#include <stdlib.h>

#include "unpack/image.h"

void image_free(struct image_listing *listing)
{
	free(listing->entries);
	free(listing->segments);
	arena_free(&listing->arena);
	*listing = (struct image_listing){ 0 };
}
