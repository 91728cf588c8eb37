// SPDX-License-Identifier: GPL-2.0-or-later
/* How modlist-lint reads lists and modprobe.d, hostile ones above all. */
#include "base/message.h"
#include "conf/modconf.h"
#include "kerneltree.h"
#include "lint/lint.h"
#include "lint/lintfix.h"
#include "lint/lintrun.h"

/* A pseudo-random number, the same in every run. */
static unsigned draw(unsigned *seed, unsigned below)
{
	*seed = *seed * 1103515245u + 12345u;
	return (*seed >> 16) % below;
}

static void lines(void **state)
{
	static const char text[] = "\xef\xbb\xbf"
				   "a\n\n\r\nb";
	struct list_lines l;

	list_lines_begin(&l, text, sizeof(text) - 1);
	assert_true(list_lines_next(&l));
	assert_int_equal(l.len, 1);
	assert_ptr_equal(l.line, text + 3);
	assert_true(l.ended);
	assert_true(list_lines_next(&l) && l.len == 0);
	assert_true(list_lines_next(&l) && l.len == 1);
	assert_true(list_lines_next(&l));
	assert_int_equal(l.number, 4);
	assert_int_equal(l.len, 1);
	assert_false(l.ended);
	assert_false(list_lines_next(&l));
	assert_false(list_lines_next(&l));
	list_lines_begin(&l, "", 0);
	assert_false(list_lines_next(&l));
	/* Half a mark does not count. */
	list_lines_begin(&l, "\xef\xbb", 2);
	assert_true(list_lines_next(&l) && l.len == 2);
}

static void assert_name(const char *line, size_t begin, size_t expected)
{
	size_t len = strlen(line), found = list_name(line, &len);

	assert_int_equal(len, expected);
	if (len)
		assert_int_equal(found, begin);
}

static void name_of_line(void **state)
{
	size_t len = 3;

	assert_name("a", 0, 1);
	assert_name(" \t a b \r", 3, 3);
	assert_name("  # a", 0, 0);
	assert_name("\v\f", 0, 0);
	assert_name("", 0, 0);
	assert_name("a#", 0, 2);
	/* Only bytes of the line are read. */
	list_name("a  \n", &len);
	assert_int_equal(len, 1);
	len = 2;
	list_name("  b", &len);
	assert_int_equal(len, 0);
}

static unsigned dangling(const char *text)
{
	struct conf_text conf = { "x", text, strlen(text) };
	struct conf_lines l = { .conf = &conf };
	unsigned found = 0;

	while (conf_next_line(&l))
		if (l.dangling)
			found = l.dangling;
	return found;
}

static void continuations(void **state)
{
	assert_int_equal(dangling("a \\\nb\n"), 0);
	assert_int_equal(dangling("a \\"), 1);
	assert_int_equal(dangling("a \\\n"), 1);
	assert_int_equal(dangling("x\na \\\n\nb"), 2);
	assert_int_equal(dangling("a \\\n \t\nb"), 1);
	assert_int_equal(dangling("a \\\n # b\n"), 1);
	assert_int_equal(dangling("a \\\nb \\\n\n"), 2);
	assert_int_equal(dangling("a \\\\\nb\n"), 0);
	assert_int_equal(dangling(""), 0);
}

static void statements(void **state)
{
	struct conf_statement s;
	char options[] = "options  snd-hda  x=1 y", bad[] = "softdep a[ pre: b",
	     alias[] = "alias a-b c-d e", none[] = " \t", comment[] = "#x y";

	assert_true(modconf_statement(options, &s));
	assert_string_equal(s.keyword, "options");
	assert_string_equal(s.name, "snd_hda");
	assert_string_equal(s.words, " x=1 y");
	assert_true(modconf_statement(bad, &s));
	assert_null(s.name);
	assert_true(modconf_statement(alias, &s));
	assert_string_equal(modconf_target(&s), "c_d");
	assert_false(modconf_statement(none, &s));
	assert_false(modconf_statement(comment, &s));
}

/* Bytes and words that lists and modprobe.d consist of, and some that they do not. */
static size_t make_text(char *text, size_t size, unsigned *seed, bool nul)
{
	static const char *const words[] = {
		"a",	     "b",	   "c-c",
		"c_c",	     "!",	   "?",
		"*",	     "[",	   "]",
		"/",	     "kernel/",	   ".ko",
		".ko.xz",    " ",	   "\t",
		"\r",	     "\n",	   "\n",
		"\n",	     "#",	   "\\",
		"\xff",	     "\xc3",	   "\xc2\x9b",
		"\x1b",	     "alias ",	   "softdep ",
		"options ",  "install ",   "blacklist ",
		"pre: ",     "modprobe ",  "# modlist-lint: ignore ",
		"duplicate", "redundant,", "\xef\xbb\xbf",
		"crypto-",   ":",
	};
	size_t n = 0;

	while (n < size - 40 && draw(seed, 100)) {
		const char *word = words[draw(seed, sizeof(words) / sizeof(*words))];

		memcpy(text + n, word, strlen(word));
		n += strlen(word);
		if (nul && !draw(seed, 50))
			text[n++] = '\0';
	}
	return n;
}

/* Every finding lies within its line. */
static size_t check_findings(const struct lint *lint)
{
	const struct lint_finding *finding;
	size_t n = 0, i, j;

	for (i = 0; i < lint->n_files; i++) {
		for (j = 0; j < lint->files[i].n; j++) {
			const struct lint_line *line = &lint->files[i].lines[j];
			size_t last = 0;

			assert_int_equal(line->number, j + 1);
			for (finding = line->findings; finding; finding = finding->next) {
				char *message = lint_message(finding);

				assert_true(finding->at <= line->len);
				assert_true(finding->at >= last);
				assert_true(lint_column(line, finding->at) >= 1);
				assert_true(*message);
				free(message);
				last = finding->at;
				n++;
			}
		}
	}
	return n;
}

static void hostile(void **state)
{
	const char *version = "1.0";
	const struct kernel_options options = {
		.versions = { .items = &version, .n = 1 },
	};
	char one[] = "one.list", two[] = "two.list", *lists[] = { one, two };
	char text[4096];
	unsigned seed, found = 0;

	for (seed = 1; seed <= 300; seed++) {
		struct lint lint = { .source.root.fd = -1 };
		unsigned random = seed, looks = 0;

		put_bytes("one.list", text,
			  make_text(text, sizeof(text), &random, false));
		put_bytes("two.list", text,
			  make_text(text, sizeof(text), &random, false));
		put_bytes("root/etc/modprobe.d/x.conf", text,
			  make_text(text, sizeof(text), &random, true));
		assert_int_equal(lint_open(&lint, "root", &options, false), 0);
		assert_int_equal(lint_read(&lint, lists, 2), 0);
		do {
			assert_int_equal(lint_run(&lint), 0);
			found += (unsigned)check_findings(&lint);
		} while (lint_fix(&lint) && ++looks < 20);
		assert_true(looks < 20);
		assert_int_equal(lint_write(&lint), 0);
		lint_close(&lint);

		/* A fixed line reads back as the fix intended. */
		lint = (struct lint){ .source.root.fd = -1 };
		assert_int_equal(lint_open(&lint, "root", &options, true), 0);
		assert_int_equal(lint_read(&lint, lists, 2), 0);
		assert_int_equal(lint_run(&lint), 0);
		assert_false(lint_fix(&lint));
		lint_close(&lint);
	}
	assert_true(found > 1000);
	assert_int_equal(message_status(), 0);
}

static int setup(void **state)
{
	static const char a[] = "name=a\0depends=b\0alias=crypto-a\0softdep=post: c_c",
			  b[] = "name=b\0softdep=pre: a",
			  c[] = "name=c_c\0alias=crypto-a";

	if (tempdir_setup(state) < 0)
		return -1;
	put_module("a", a, sizeof(a));
	put_module("b", b, sizeof(b));
	put_module("c-c", c, sizeof(c));
	put("root/usr/lib/modules/1.0/modules.builtin", "kernel/d.ko\n");
	put("root/usr/lib/modules/1.0/modules.builtin.modinfo", "");
	return 0;
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(lines),	 cmocka_unit_test(name_of_line),
	cmocka_unit_test(continuations), cmocka_unit_test(statements),
	cmocka_unit_test(hostile),
};
UNIT_TEST_MAIN(setup, tempdir_teardown)
