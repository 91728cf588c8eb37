// SPDX-License-Identifier: GPL-2.0-or-later
/* Names for the kinds of edges. */
#include "conf/edge.h"

const char *edge_phrase(enum edge edge)
{
	static const char *const phrases[] = {
		[EDGE_REQUEST] = "requested by", [EDGE_DEPENDS] = "dependency of",
		[EDGE_PRE] = "softdep pre of",	 [EDGE_POST] = "softdep post of",
		[EDGE_WEAKDEP] = "weakdep of",
	};

	return phrases[edge];
}

const char *edge_kind(enum edge edge)
{
	static const char *const kinds[] = {
		[EDGE_REQUEST] = "request", [EDGE_DEPENDS] = "depends",
		[EDGE_PRE] = "softdep pre", [EDGE_POST] = "softdep post",
		[EDGE_WEAKDEP] = "weakdep",
	};

	return kinds[edge];
}
