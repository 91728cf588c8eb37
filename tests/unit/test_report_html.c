// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The parts of a page, with hostile names, and what a module alone keeps: against a walk
 * without it, on random plans. tests/html has the page in a browser.
 */
#include "unit.h"

#include "report/alone.h"
#include "written.h"

enum { MOST = 9, TRIALS = 3000 };

static struct plan_module modules[MOST];
static struct plan_name names[MOST];
static size_t answers[MOST][MOST];
static struct plan_edge edges[MOST * MOST];
static unsigned seed = 1;

static unsigned chance(unsigned n)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 16) % n;
}

/* A plan with any edges: cycles, to itself, twice, and modules that nothing reaches. */
static struct plan random_plan(void)
{
	struct plan plan = { .modules = modules, .names = names, .edges = edges };

	plan.n_modules = 1 + chance(MOST);
	plan.n_requests = plan.n_names = chance(MOST);
	plan.n_edges = chance(2 * MOST);
	for (size_t i = 0; i < plan.n_modules; i++)
		modules[i] = (struct plan_module){ .size = (uint64_t)1 << i,
						   .memory = (uint64_t)1 << 2 * i };
	for (size_t i = 0; i < plan.n_requests; i++) {
		names[i] = (struct plan_name){ .modules = answers[i],
					       .n_modules = chance(3) };
		for (size_t j = 0; j < names[i].n_modules; j++)
			answers[i][j] = chance((unsigned)plan.n_modules);
	}
	for (size_t i = 0; i < plan.n_edges; i++)
		edges[i] = (struct plan_edge){ .from = chance((unsigned)plan.n_modules),
					       .to = chance((unsigned)plan.n_modules) };
	return plan;
}

/* The modules that are reached, a bit each, without one module or request. */
static uint64_t reached(const struct plan *plan, size_t module, size_t request)
{
	uint64_t seen = 0, before;

	for (size_t i = 0; i < plan->n_requests; i++)
		for (size_t j = 0; i != request && j < names[i].n_modules; j++)
			if (answers[i][j] != module)
				seen |= (uint64_t)1 << answers[i][j];
	do {
		before = seen;
		for (size_t i = 0; i < plan->n_edges; i++)
			if (seen >> edges[i].from & 1 && edges[i].to != module)
				seen |= (uint64_t)1 << edges[i].to;
	} while (seen != before);
	return seen;
}

static void what_it_alone_keeps(void **state)
{
	for (unsigned trial = 0; trial < TRIALS; trial++) {
		struct plan plan = random_plan();
		uint64_t all = reached(&plan, SIZE_MAX, SIZE_MAX);
		struct alone alone;

		alone_make(&alone, &plan);
		/* Sizes are powers of two, so a sum says which modules it is of. */
		for (size_t i = 0; i < plan.n_modules; i++) {
			uint64_t gone = all & ~reached(&plan, i, SIZE_MAX);

			if (!(all >> i & 1))
				gone = modules[i].size;
			assert_true(alone.modules[i].bytes == gone);
			assert_int_equal(alone.modules[i].modules,
					 __builtin_popcountll(gone));
		}
		for (size_t i = 0; i < plan.n_requests; i++) {
			uint64_t gone = all & ~reached(&plan, SIZE_MAX, i);

			assert_true(alone.requests[i].bytes == gone);
			for (size_t j = 0; j < plan.n_modules; j++)
				assert_int_equal(alone.owners[j] == i, gone >> j & 1);
		}
		alone_free(&alone);
	}
}

/* The page of a report: more than written() returns. */
static const char *page_of(const struct report *report)
{
	static char text[1 << 18];
	FILE *f;

	written(report_html, report);
	f = fopen("out", "r");
	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	return text;
}

#define EVIL "</script><!--&'\"\001\xff"

static void hostile_names(void **state)
{
	static struct plan_module evil[] = {
		{ .name = EVIL, .path = EVIL, .by = EVIL, .alias = EVIL, .size = 1234567 },
		{ .name = "b", .path = "b.ko", .edge = EDGE_PRE, .by = EVIL, .size = 1 },
	};
	static size_t first[] = { 0 }, by_name[] = { 0, 1 };
	static struct plan_name requests[] = {
		{ .name = EVIL,
		  .by = EVIL,
		  .answer = ANSWER_MODULES,
		  .modules = first,
		  .n_modules = 1 },
		{ .name = EVIL, .by = EVIL, .answer = ANSWER_NONE },
		{ .name = EVIL, .edge = EDGE_POST, .by = "b", .answer = ANSWER_NONE },
	};
	static struct plan_edge edge = { 0, 1, EDGE_PRE, EVIL };
	static struct firmware files[] = { { .name = EVIL, .module = EVIL },
					   { .name = "f", .path = EVIL, .size = 5 } };
	const struct firmware_list firmware = { .items = files, .n = COUNT(files) };
	const struct plan plan = { .dir = EVIL,
				   .version = EVIL,
				   .remark = EVIL,
				   .modules = evil,
				   .n_modules = 2,
				   .by_name = by_name,
				   .names = requests,
				   .n_names = 3,
				   .n_requests = 2,
				   .edges = &edge,
				   .n_edges = 1,
				   .bytes = 1234568 };
	const struct report report = { .plan = &plan, .firmware = &firmware };
	const char *page = page_of(&report), *end, *data;

	assert_null(strstr(page, EVIL));
	assert_null(strstr(page, "</script><"));
	assert_null(strstr(page, "<!--@"));
	assert_null(strchr(page, '\001'));
	assert_null(strchr(page, 0xff));
	assert_non_null(strstr(page,
			       "<tr><th scope=row>&lt;/script&gt;&lt;!--&amp;&#39;&quot;?"
			       "\xef\xbf\xbd<td>requested by &lt;/script&gt;"));
	assert_non_null(strstr(page, "<td>1,234,567<td>0<td>1,234,568<td>"));
	data = strstr(page, "{\"kinds\":");
	assert_non_null(data);
	end = strstr(data, "</script>");
	assert_non_null(end);
	assert_non_null(strstr(data, "[\"\\u003c/script>\\u003c!--&'\\\"?"));
	assert_memory_equal(end - 3, "}\n\n", 3);
	assert_string_equal(page + strlen(page) - 8, "</html>\n");
}

static void nothing(void **state)
{
	const struct plan plan = { .dir = "m/6", .version = "6" };
	const struct report report = { .plan = &plan };
	const char *page = page_of(&report);

	assert_non_null(strstr(page, "<li><b>0</b> modules, <b>0</b>"));
	assert_non_null(strstr(page, "\"requests\":[],\n\"modules\":[],\n"));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(what_it_alone_keeps),
	cmocka_unit_test(hostile_names),
	cmocka_unit_test(nothing),
};
UNIT_TEST_MAIN(tempdir_setup, tempdir_teardown)
