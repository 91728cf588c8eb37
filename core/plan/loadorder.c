// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The load order: depth first along hard dependencies and pre softdeps, each module after
 * those it leads to; then along its post softdeps, as libkmod does.
 *
 * Softdeps yield to hard dependencies. A softdep is not followed while its target
 * needs, through hard dependencies, a module that is still being placed; the target then
 * comes later. So hard dependencies always hold, whatever cycles softdeps form. The
 * search keeps its own stack, because a tree may hold a chain of any length.
 */
#include <stdlib.h>

#include "base/message.h"
#include "plan/loadorder.h"

enum state { STATE_NEW, STATE_ACTIVE, STATE_PLACED };

struct frame {
	size_t node;
	size_t next;	/* next link to follow */
	enum edge pass; /* the links that are followed: EDGE_DEPENDS, _PRE, _POST */
};

struct sorter {
	const struct node *nodes;
	size_t n;
	unsigned char *state;
	struct frame *stack;
	size_t depth;
	size_t *order;
	size_t placed;
	size_t *seen; /* for each node, the last question that visited it */
	size_t question;
	size_t *todo;
	bool ring_reported;
};

void node_link(struct node *node, size_t to, enum edge edge, const char *name)
{
	node->links = grow(node->links, node->n_links, &node->links_capacity,
			   sizeof(*node->links));
	node->links[node->n_links++] = (struct link){ to, edge, name };
}

/* Whether a node needs, through hard dependencies, one that is being placed. */
static bool needs_active(struct sorter *s, size_t start)
{
	size_t n = 0;

	s->question++;
	s->todo[n++] = start;
	s->seen[start] = s->question;
	while (n) {
		const struct node *node = &s->nodes[s->todo[--n]];
		size_t i;

		if (s->state[node - s->nodes] == STATE_ACTIVE)
			return true;
		if (s->state[node - s->nodes] == STATE_PLACED)
			continue;
		for (i = 0; i < node->n_links; i++) {
			size_t to = node->links[i].to;

			if (node->links[i].edge != EDGE_DEPENDS ||
			    s->seen[to] == s->question)
				continue;
			s->seen[to] = s->question;
			s->todo[n++] = to;
		}
	}
	return false;
}

static void report_ring(struct sorter *s, size_t from, size_t to)
{
	if (s->ring_reported || from == to)
		return;
	s->ring_reported = true;
	warning("%s and %s depend on each other: modprobe cannot load them",
		s->nodes[from].module->name, s->nodes[to].module->name);
}

static void push(struct sorter *s, size_t node)
{
	s->state[node] = STATE_ACTIVE;
	s->stack[s->depth++] = (struct frame){ .node = node, .pass = EDGE_DEPENDS };
}

/* Follow one link of the frame on top. */
static void step(struct sorter *s, struct frame *frame, const struct link *link)
{
	bool hard = link->edge == EDGE_DEPENDS;

	if (link->edge != frame->pass)
		return;
	if (s->state[link->to] == STATE_ACTIVE && hard)
		report_ring(s, frame->node, link->to);
	if (s->state[link->to] != STATE_NEW || (!hard && needs_active(s, link->to)))
		return;
	push(s, link->to);
}

/* Begin the next pass of the frame on top. Its node is placed after the second. */
static void next_pass(struct sorter *s, struct frame *frame)
{
	if (frame->pass == EDGE_POST) {
		s->depth--;
		return;
	}
	if (frame->pass == EDGE_PRE) {
		s->state[frame->node] = STATE_PLACED;
		s->order[s->placed++] = frame->node;
	}
	frame->pass = frame->pass == EDGE_DEPENDS ? EDGE_PRE : EDGE_POST;
	frame->next = 0;
}

static void place(struct sorter *s, size_t start)
{
	if (s->state[start] != STATE_NEW)
		return;
	push(s, start);
	while (s->depth) {
		struct frame *frame = &s->stack[s->depth - 1];
		const struct node *node = &s->nodes[frame->node];

		if (frame->next < node->n_links)
			step(s, frame, &node->links[frame->next++]);
		else
			next_pass(s, frame);
	}
}

size_t *load_order(const struct node *nodes, size_t n)
{
	struct sorter s = {
		.nodes = nodes,
		.n = n,
		.state = xcalloc(n, sizeof(*s.state)),
		.stack = xcalloc(n, sizeof(*s.stack)),
		.order = xcalloc(n, sizeof(*s.order)),
		.seen = xcalloc(n, sizeof(*s.seen)),
		.todo = xcalloc(n, sizeof(*s.todo)),
	};

	for (size_t i = 0; i < n; i++)
		place(&s, i);
	free(s.state);
	free(s.stack);
	free(s.seen);
	free(s.todo);
	return s.order;
}
