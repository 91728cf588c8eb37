/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_EDGE_H
#define MODBOX_EDGE_H

/* The kinds of edges that lead to a module. */
enum edge {
	EDGE_REQUEST, /* the user named it or one of its aliases */
	EDGE_DEPENDS, /* a hard dependency */
	EDGE_PRE,     /* softdep pre: */
	EDGE_POST,    /* softdep post: */
	EDGE_WEAKDEP,
	EDGE_KINDS, /* number of kinds */
};

/* An edge as a phrase before a name: "dependency of", "softdep pre of", ... */
const char *edge_phrase(enum edge edge);

/* An edge as one term: "request", "depends", "softdep pre", ... */
const char *edge_kind(enum edge edge);

#endif
