// SPDX-License-Identifier: GPL-2.0-or-later
/* The load order: hard dependencies hold, whatever the softdeps. */
#include "plan/loadorder.h"
#include "tempdir.h"

enum { MAX = 64 };

static struct module modules[MAX];
static struct node nodes[MAX];
static char names[MAX][24];
static size_t n;

static void begin(size_t count)
{
	n = count;
	for (size_t i = 0; i < n; i++) {
		snprintf(names[i], sizeof(names[i]), "m%zu", i);
		modules[i] = (struct module){ .name = names[i] };
		nodes[i] = (struct node){ .module = &modules[i], .name = names[i] };
	}
}

static void need(size_t from, size_t to, enum edge edge)
{
	node_link(&nodes[from], to, edge, names[to]);
}

/* The position of each node; every node has one. */
static void places(size_t *place)
{
	size_t *order = load_order(nodes, n), i;

	for (i = 0; i < n; i++)
		place[i] = SIZE_MAX;
	for (i = 0; i < n; i++) {
		assert_true(order[i] < n);
		assert_int_equal(place[order[i]], SIZE_MAX);
		place[order[i]] = i;
	}
	free(order);
}

static void end(void)
{
	for (size_t i = 0; i < n; i++)
		free(nodes[i].links);
}

/* Check that the order is that of these digits. */
static void assert_order(const char *expected)
{
	size_t *order = load_order(nodes, n), i;
	char text[MAX + 1];

	for (i = 0; i < n; i++)
		text[i] = (char)('0' + order[i]);
	text[n] = '\0';
	assert_string_equal(text, expected);
	free(order);
	end();
}

static void order_of_discovery(void **state)
{
	begin(3);
	assert_order("012");
	begin(0);
	assert_order("");
}

static void dependencies_first(void **state)
{
	begin(4);
	need(0, 1, EDGE_DEPENDS);
	need(1, 3, EDGE_DEPENDS);
	need(0, 2, EDGE_DEPENDS);
	assert_order("3120");
}

static void softdeps(void **state)
{
	begin(3);
	need(0, 1, EDGE_POST);
	need(0, 2, EDGE_PRE);
	assert_order("201");
	begin(3); /* a post softdep comes at once, unless it needs what waits */
	need(0, 1, EDGE_DEPENDS);
	need(1, 2, EDGE_POST);
	assert_order("120");
	begin(3);
	need(0, 1, EDGE_DEPENDS);
	need(1, 2, EDGE_POST);
	need(2, 0, EDGE_DEPENDS);
	assert_order("102");
	begin(2); /* a weakdep does not affect the order */
	need(0, 1, EDGE_WEAKDEP);
	assert_order("01");
	begin(3); /* a shared dependency comes once */
	need(0, 1, EDGE_PRE);
	need(0, 2, EDGE_DEPENDS);
	need(1, 2, EDGE_DEPENDS);
	assert_order("210");
}

static void impossible_softdeps(void **state)
{
	size_t place[MAX];

	/* A pre softdep on a module that depends on the one with the softdep. */
	begin(3);
	need(0, 1, EDGE_PRE);
	need(1, 2, EDGE_DEPENDS);
	need(2, 0, EDGE_DEPENDS);
	places(place);
	assert_true(place[0] < place[2] && place[2] < place[1]);
	end();
	/* A cycle of softdeps. */
	begin(3);
	need(0, 1, EDGE_PRE);
	need(1, 2, EDGE_PRE);
	need(2, 0, EDGE_PRE);
	places(place);
	end();
	/* On itself. */
	begin(1);
	need(0, 0, EDGE_PRE);
	need(0, 0, EDGE_POST);
	assert_order("0");
}

static void cycles(void **state)
{
	size_t place[MAX];
	const char *text;
	int old;

	begin(4);
	need(0, 1, EDGE_DEPENDS);
	need(1, 2, EDGE_DEPENDS);
	need(2, 1, EDGE_DEPENDS);
	need(2, 3, EDGE_DEPENDS);
	old = begin_stderr();
	places(place);
	text = end_stderr(old);
	assert_non_null(strstr(text, "warning: m2 and m1 depend on each other"));
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	assert_true(place[3] < place[0] && place[1] < place[0]);
	end();
}

static unsigned seed = 1;

static unsigned number(unsigned below)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 16 & 0x7fff) % below;
}

/* Any graph without a cycle of hard dependencies, with any softdeps. */
static void any_graph(void **state)
{
	size_t place[MAX], i, j;
	unsigned round;

	for (round = 0; round < 2000; round++) {
		begin(2 + number(12));
		for (i = 0; i < 3 * n; i++) {
			size_t from = number((unsigned)n), to = number((unsigned)n);
			enum edge edge = (enum edge)(EDGE_DEPENDS + number(4));

			/*
			 * Hard dependencies follow one order, which is not that of the
			 * numbers.
			 */
			if (edge == EDGE_DEPENDS &&
			    (from * 7 + 3) % 13 <= (to * 7 + 3) % 13)
				continue;
			need(from, to, edge);
		}
		places(place);
		for (i = 0; i < n; i++)
			for (j = 0; j < nodes[i].n_links; j++)
				if (nodes[i].links[j].edge == EDGE_DEPENDS)
					assert_true(place[nodes[i].links[j].to] <
						    place[i]);
		end();
	}
}

static void a_long_chain(void **state)
{
	enum { LENGTH = 200000 };
	struct node *chain = calloc(LENGTH, sizeof(*chain));
	size_t *order, i;

	assert_non_null(chain);
	for (i = 0; i < LENGTH; i++) {
		chain[i].module = &modules[0];
		if (i + 1 < LENGTH)
			node_link(&chain[i], i + 1, i % 2 ? EDGE_DEPENDS : EDGE_PRE, "x");
	}
	order = load_order(chain, LENGTH);
	for (i = 0; i < LENGTH; i++) {
		assert_int_equal(order[i], LENGTH - 1 - i);
		free(chain[i].links);
	}
	free(order);
	free(chain);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(order_of_discovery),
	cmocka_unit_test(dependencies_first),
	cmocka_unit_test(softdeps),
	cmocka_unit_test(impossible_softdeps),
	cmocka_unit_test(cycles),
	cmocka_unit_test(any_graph),
	cmocka_unit_test(a_long_chain),
};
UNIT_TEST_MAIN(tempdir_setup, tempdir_teardown)
