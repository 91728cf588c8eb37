// SPDX-License-Identifier: GPL-2.0-or-later
/* A modules.order: names to look up, one a line, "%%%%", the order. */
#include "fuzz.h"

#include "base/strbuf.h"
#include "order/order.h"
#include "order/orderfilter.h"
#include "order/orderlines.h"

enum { MAX_LINE = 4096, MAX_NAMES = 256 };

static int take_line(void *context, const struct order_line *line)
{
	struct strbuf *out = context;

	REQUIRE(line->number > 0 && line->length <= MAX_LINE);
	strbuf_add(out, line->text, line->length);
	if (line->ended)
		strbuf_add(out, "\n", 1);
	return 0;
}

static bool has_long_line(const char *text, size_t size)
{
	const char *end = text + size, *newline;

	for (; text < end; text = newline + 1) {
		newline = memchr(text, '\n', (size_t)(end - text));
		if (!newline)
			newline = end;
		if (newline - text > MAX_LINE)
			return true;
	}
	return false;
}

/* Every line arrives verbatim.  Returns false if the text is not a modules.order. */
static bool check_lines(struct part order)
{
	struct strbuf out = { 0 };
	int fd = memory_file(order.data, order.size);
	bool good = order_lines(fd, "order", take_line, &out) == 0;

	REQUIRE(good == (!memchr(order.data, '\0', order.size) &&
			 !has_long_line(order.data, order.size)));
	REQUIRE(!good || out.size == order.size);
	REQUIRE(!good || !out.size || memcmp(out.data, order.data, out.size) == 0);
	strbuf_free(&out);
	return good;
}

/* Run a task and return its output, whose data the caller frees. */
static struct part filter(const struct request_list *names, struct part order,
			  enum order_task task, bool normalize)
{
	struct order_filter f = { .task = task, .normalize = normalize, .to = "out" };
	size_t size = 0;
	char *text = NULL;

	f.out = open_memstream(&text, &size);
	REQUIRE(f.out);
	for (size_t i = 0; i < names->n; i++)
		nameset_add(&f.set, &names->items[i]);
	REQUIRE(order_filter_read(&f, memory_file(order.data, order.size), "order") == 0);
	REQUIRE(order_filter_finish(&f) == 0);
	order_filter_free(&f);
	fclose(f.out);
	return (struct part){ text, size };
}

static size_t filtered_size(const struct request_list *names, struct part order,
			    enum order_task task, bool normalize)
{
	struct part text = filter(names, order, task, normalize);

	free((char *)(uintptr_t)text.data);
	return text.size;
}

/* Take a line from text if it comes next. */
static bool take(struct part *text, struct part line)
{
	if (text->size < line.size || memcmp(text->data, line.data, line.size) != 0)
		return false;
	text->data += line.size;
	text->size -= line.size;
	return true;
}

/* Each line of an order is either kept or dropped, verbatim and in sequence. */
static void check_filtered(const struct request_list *names, struct part order)
{
	struct part keep = filter(names, order, ORDER_KEEP, false), kept = keep;
	struct part drop = filter(names, order, ORDER_DROP, false), dropped = drop;

	for (struct part rest = order; rest.size;) {
		const char *newline = memchr(rest.data, '\n', rest.size);
		struct part line = { rest.data,
				     newline ? (size_t)(newline + 1 - rest.data) :
					       rest.size };

		REQUIRE(take(&kept, line) || take(&dropped, line));
		take(&rest, line);
	}
	REQUIRE(kept.size == 0 && dropped.size == 0);
	REQUIRE(filtered_size(names, order, ORDER_KEEP, true) <= keep.size + 1);
	free((char *)(uintptr_t)keep.data);
	free((char *)(uintptr_t)drop.data);
}

/* Cutting an order keeps the lines of the modules and nothing else. */
static void cut(const struct request_list *names, struct part order)
{
	const char *modules[MAX_NAMES];
	struct order_text source = { order.data, order.size }, none = { "", 0 };
	size_t n = 0, size, again_size;
	char *text, *again;

	for (; n < names->n; n++)
		modules[n] = names->items[n].name;
	text = order_cut(source, none, modules, n, &size);
	REQUIRE(size <= order.size + 1 && text[size] == '\0');
	source = (struct order_text){ text, size };
	again = order_cut(source, source, modules, n, &again_size);
	REQUIRE(size == again_size && memcmp(text, again, size) == 0);
	free(text);
	free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct part order = { (const char *)data, size };
	char *text = part_string(next_part(&order)), *line, *rest;
	struct request_list names = { 0 };

	be_quiet();
	for (line = strtok_r(text, "\n", &rest); line && names.n < MAX_NAMES;
	     line = strtok_r(NULL, "\n", &rest))
		request_add(&names, line, "names:1");
	if (check_lines(order)) {
		check_filtered(&names, order);
		filtered_size(&names, order, ORDER_SORT, false);
		filtered_size(&names, order, ORDER_MISSING, false);
		filtered_size(&names, order, ORDER_CHECK, false);
		cut(&names, order);
	}
	request_list_free(&names);
	free(text);
	return 0;
}
