/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_EDGE_H
#define MODBOX_EDGE_H

/* The kinds of edge that lead to a module. */
enum edge {
	EDGE_REQUEST, /* the user named it, or an alias of it */
	EDGE_DEPENDS, /* a hard dependency */
	EDGE_PRE,     /* softdep pre: */
	EDGE_POST,    /* softdep post: */
	EDGE_WEAKDEP,
	EDGE_KINDS, /* how many there are */
};

/* The edge as a phrase that a name follows: "dependency of", "softdep pre of", ... */
const char *edge_phrase(enum edge edge);

/* The edge as modprobe.d has it: "request", "depends", "softdep pre", ... */
const char *edge_kind(enum edge edge);

#endif
