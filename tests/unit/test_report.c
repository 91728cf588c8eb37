// SPDX-License-Identifier: GPL-2.0-or-later
/* Reports on a hand-made plan, byte by byte. */
#include "written.h"

enum { CRC32C, JBD2, EXT4, RING_A, RING_B, N_MODULES };

static struct plan_module modules[] = {
	[CRC32C] = { .name = "crc32c_generic",
		     .path = "kernel/crc32c_generic.ko",
		     .edge = EDGE_PRE,
		     .by = "jbd2",
		     .alias = "crypto-crc32c",
		     .size = 812 },
	[JBD2] = { .name = "jbd2",
		   .path = "kernel/fs/jbd2.ko",
		   .edge = EDGE_DEPENDS,
		   .by = "ext4",
		   .size = 1536,
		   .memory = 70000 },
	[EXT4] = { .name = "ext4",
		   .path = "kernel/fs/ext4.ko",
		   .edge = EDGE_REQUEST,
		   .by = "list:3",
		   .size = 1048576 },
	[RING_A] = { .name = "ring_a",
		     .path = "updates/ring-a.ko",
		     .edge = EDGE_REQUEST,
		     .by = "--module",
		     .alias = "ring*",
		     .size = 4096 },
	[RING_B] = { .name = "ring_b",
		     .path = "updates/ring-b.ko",
		     .edge = EDGE_REQUEST,
		     .by = "--module",
		     .alias = "ring*",
		     .size = 10240 },
};

static struct plan_edge edges[] = {
	{ JBD2, CRC32C, EDGE_PRE, "crypto-crc32c" }, { EXT4, JBD2, EDGE_DEPENDS, NULL },
	{ EXT4, CRC32C, EDGE_PRE, "crc32c" },	     { EXT4, CRC32C, EDGE_WEAKDEP, NULL },
	{ RING_A, RING_B, EDGE_PRE, NULL },	     { RING_B, RING_A, EDGE_POST, NULL },
};

static size_t ext4[] = { EXT4 }, rings[] = { RING_A, RING_B };

static const char *xts[] = { "xts" }, *crc16[] = { "crc16" };

static struct plan_name names[] = {
	{ .name = "ext4.ko.xz",
	  .by = "list:3",
	  .answer = ANSWER_MODULES,
	  .modules = ext4,
	  .n_modules = 1 },
	{ .name = "ring*",
	  .by = "--module",
	  .answer = ANSWER_MODULES,
	  .modules = rings,
	  .n_modules = 2 },
	{ .name = "crypto-xts",
	  .by = "operand",
	  .answer = ANSWER_BUILTIN,
	  .builtins = xts,
	  .n_builtins = 1 },
	{ .name = "fs-ext4",
	  .by = "operand",
	  .answer = ANSWER_MODULES,
	  .modules = ext4,
	  .n_modules = 1 },
	{ .name = "nosuch", .by = "operand", .answer = ANSWER_NONE },
	{ .name = "gone*", .by = "operand", .answer = ANSWER_MODULES },
	{ .name = "usb:v1", .by = "hw:1", .answer = ANSWER_NONE, .literal = true },
	{ .name = "crc16",
	  .edge = EDGE_POST,
	  .by = "jbd2",
	  .answer = ANSWER_BUILTIN,
	  .builtins = crc16,
	  .n_builtins = 1 },
	{ .name = "absent", .edge = EDGE_WEAKDEP, .by = "jbd2", .answer = ANSWER_NONE },
	{ .name = "hook", .edge = EDGE_PRE, .by = "ext4", .answer = ANSWER_COMMAND },
};

/* Sorted by name, as plan_find() needs them. */
static size_t by_name[] = { CRC32C, EXT4, JBD2, RING_A, RING_B };

static const struct plan plan = {
	.dir = "lib/modules/6.1",
	.version = "6.1",
	.modules = modules,
	.n_modules = N_MODULES,
	.by_name = by_name,
	.names = names,
	.n_names = 10,
	.n_requests = 7,
	.edges = edges,
	.n_edges = 6,
	.n_builtin = 2,
	.bytes = 1065260,
};

/* Replace each ' in text by ", for readable JSON. Returns a static buffer. */
static const char *quoted(const char *text)
{
	static char buffer[8192];
	char *p;

	assert_true(strlen(text) < sizeof(buffer));
	strcpy(buffer, text);
	for (p = buffer; (p = strchr(p, '\'')); p++)
		*p = '"';
	return buffer;
}

static void tree_in_ascii(void **state)
{
	const struct report report = { .plan = &plan };

	setenv("LC_ALL", "C", 1);
	assert_string_equal(written(report_tree, &report),
			    "   1.0M  ext4  requested by list:3\n"
			    "   1.5K  |- jbd2  depends\n"
			    "    812  |  |- crc32c_generic  softdep pre, as crypto-crc32c\n"
			    "         |  |- crc16  softdep post, built in\n"
			    "         |  `- absent  weakdep, missing\n"
			    "         |- crc32c_generic  softdep pre, as crc32c, above\n"
			    "         |- crc32c_generic  weakdep, above\n"
			    "         `- hook  softdep pre, a modprobe.d command\n"
			    "         ring*  requested by --module\n"
			    "   4.0K  |- ring_a  match\n"
			    "    10K  |  `- ring_b  softdep pre\n"
			    "         |     `- ring_a  softdep post, above\n"
			    "         `- ring_b  match, above\n"
			    "         crypto-xts  requested by operand, built in as xts\n"
			    "         ext4  requested by operand, as fs-ext4, above\n"
			    "         nosuch  requested by operand, missing\n"
			    "         gone*  requested by operand, excluded\n"
			    "   1.0M  6.1: 5 modules, 2 built in\n");
}

static void tree_in_utf8_and_color(void **state)
{
	const struct report report = { .plan = &plan, .color = true };

	setenv("LC_ALL", "", 1);
	unsetenv("LC_CTYPE");
	setenv("LANG", "en_GB.utf8", 1);
	assert_string_equal(
		written(report_tree, &report),
		"   1.0M  \033[1mext4\033[m  requested by list:3\n"
		"   1.5K  ├─ jbd2  depends\n"
		"    812  │  ├─ \033[36mcrc32c_generic\033[m  softdep pre, as crypto-crc32c\n"
		"         │  ├─ \033[2mcrc16\033[m  softdep post, built in\n"
		"         │  └─ \033[31mabsent\033[m  weakdep, missing\n"
		"         ├─ \033[36mcrc32c_generic\033[m  softdep pre, as crc32c, above\n"
		"         ├─ \033[35mcrc32c_generic\033[m  weakdep, above\n"
		"         └─ \033[2mhook\033[m  softdep pre, a modprobe.d command\n"
		"         \033[1mring*\033[m  requested by --module\n"
		"   4.0K  ├─ \033[1mring_a\033[m  match\n"
		"    10K  │  └─ \033[36mring_b\033[m  softdep pre\n"
		"         │     └─ \033[32mring_a\033[m  softdep post, above\n"
		"         └─ \033[1mring_b\033[m  match, above\n"
		"         \033[2mcrypto-xts\033[m  requested by operand, built in as xts\n"
		"         \033[1mext4\033[m  requested by operand, as fs-ext4, above\n"
		"         \033[31mnosuch\033[m  requested by operand, missing\n"
		"         \033[1mgone*\033[m  requested by operand, excluded\n"
		"   1.0M  6.1: 5 modules, 2 built in\n");
}

/* The first variable that is set and not empty decides the locale. */
static void tree_asks_the_locale(void **state)
{
	const struct report report = { .plan = &plan };

	setenv("LANG", "en_GB.UTF-8", 1);
	setenv("LC_CTYPE", "POSIX", 1);
	assert_non_null(strstr(written(report_tree, &report), "|- "));
	setenv("LC_CTYPE", "C.UTF-8", 1);
	assert_null(strstr(written(report_tree, &report), "|- "));
}

#define MARK "fillcolor='#ffd866', penwidth=2"
#define PRE "color='#0550ae', fontcolor='#0550ae', style=dashed, label='softdep pre"
#define POST "color='#1a7f37', fontcolor='#1a7f37', style=dotted, label='softdep post"
#define WEAK "color='#8250df', fontcolor='#8250df', style='dashed,bold', label='weakdep"
#define REQUEST "color='#8c959f', arrowhead=none"
#define DASHED "style='rounded,dashed,filled', fillcolor=white"
#define MISSING "color='#cf222e', fontcolor='#cf222e', " DASHED
#define BUILTIN "color='#8c959f', fontcolor='#656d76', " DASHED

static const char dot_graph[] =
	"digraph modules {\n"
	"\trankdir=LR; nodesep=0.15; labelloc=t; fontname='sans-serif';\n"
	"\tlabel='6.1: 5 modules, 1.0M';\n"
	"\tnode [shape=box, style='rounded,filled', fillcolor='#f6f8fa', "
	"fontname='sans-serif', fontsize=11, height=0.1, margin='0.12,0.05'];\n"
	"\tedge [color='#57606a', fontname='sans-serif', fontsize=8, arrowsize=0.6];\n"
	"\t'crc32c_generic' [label='crc32c_generic\\n812'];\n"
	"\t'jbd2' [label='jbd2\\n1.5K'];\n"
	"\t'ext4' [label='ext4\\n1.0M', " MARK "];\n"
	"\t'ring_a' [label='ring_a\\n4.0K'];\n"
	"\t'ring_b' [label='ring_b\\n10K'];\n"
	"\t'jbd2' -> 'crc32c_generic' [" PRE "\\ncrypto-crc32c'];\n"
	"\t'ext4' -> 'jbd2';\n"
	"\t'ext4' -> 'crc32c_generic' [" PRE "\\ncrc32c'];\n"
	"\t'ext4' -> 'crc32c_generic' [" WEAK "'];\n"
	"\t'ring_a' -> 'ring_b' [" PRE "'];\n"
	"\t'ring_b' -> 'ring_a' [" POST "'];\n"
	"\t'missing absent' [label='absent', " MISSING "];\n"
	"\t'jbd2' -> 'missing absent' [" WEAK "'];\n"
	"\t'missing nosuch' [label='nosuch', " MISSING ", " MARK "];\n"
	"\t'request fs-ext4' [label='fs-ext4', style=filled, " MARK "];\n"
	"\t'request fs-ext4' -> 'ext4' [" REQUEST "];\n"
	"\t'request gone*' [label='gone*', style=filled, " MARK "];\n"
	"\t'request ring*' [label='ring*', style=filled, " MARK "];\n"
	"\t'request ring*' -> 'ring_a' [" REQUEST "];\n"
	"\t'request ring*' -> 'ring_b' [" REQUEST "];\n"
	"\t'builtin crc16' [label='crc16', " BUILTIN "];\n"
	"\t'jbd2' -> 'builtin crc16' [" POST "'];\n"
	"\t'builtin xts' [label='xts', " BUILTIN ", " MARK "];\n"
	"\t'command hook' [label='hook', shape=hexagon];\n"
	"\t'ext4' -> 'command hook' [" PRE "'];\n"
	"}\n";

static void dot(void **state)
{
	const struct report report = { .plan = &plan };

	assert_string_equal(written(report_dot, &report), quoted(dot_graph));
}

static const char json_object[] =
	"{'schema':1,'kernel':'6.1','directory':'lib/modules/6.1','size':1065260,"
	"'requests':["
	"{'name':'ext4.ko.xz','from':'list:3','answer':'modules','modules':['ext4']},"
	"{'name':'ring*','from':'--module','answer':'modules','modules':['ring_a','ring_b']},"
	"{'name':'crypto-xts','from':'operand','answer':'builtin','modules':[],"
	"'builtin':'xts'},"
	"{'name':'fs-ext4','from':'operand','answer':'modules','modules':['ext4']},"
	"{'name':'nosuch','from':'operand','answer':'none','modules':[]},"
	"{'name':'gone*','from':'operand','answer':'modules','modules':[]},"
	"{'name':'usb:v1','from':'hw:1','answer':'none','modules':[]}],"
	"'modules':["
	"{'name':'crc32c_generic','path':'lib/modules/6.1/kernel/crc32c_generic.ko',"
	"'size':812,'edges':["
	"{'kind':'softdep pre','from':'jbd2','asked':'crypto-crc32c'},"
	"{'kind':'softdep pre','from':'ext4','asked':'crc32c'},"
	"{'kind':'weakdep','from':'ext4'}]},"
	"{'name':'jbd2','path':'lib/modules/6.1/kernel/fs/jbd2.ko',"
	"'size':1536,'memory':70000,'edges':["
	"{'kind':'depends','from':'ext4'}]},"
	"{'name':'ext4','path':'lib/modules/6.1/kernel/fs/ext4.ko',"
	"'size':1048576,'edges':["
	"{'kind':'request','from':'list:3','asked':'ext4.ko.xz'},"
	"{'kind':'request','from':'operand','asked':'fs-ext4'}]},"
	"{'name':'ring_a','path':'lib/modules/6.1/updates/ring-a.ko',"
	"'size':4096,'edges':["
	"{'kind':'request','from':'--module','asked':'ring*'},"
	"{'kind':'softdep post','from':'ring_b'}]},"
	"{'name':'ring_b','path':'lib/modules/6.1/updates/ring-b.ko',"
	"'size':10240,'edges':["
	"{'kind':'request','from':'--module','asked':'ring*'},"
	"{'kind':'softdep pre','from':'ring_a'}]}],"
	"'builtin':["
	"{'name':'xts','asked':'crypto-xts','kind':'request','from':'operand'},"
	"{'name':'crc16','asked':'crc16','kind':'softdep post','from':'jbd2'}],"
	"'commands':["
	"{'asked':'hook','kind':'softdep pre','from':'ext4'}],"
	"'missing':["
	"{'asked':'nosuch','kind':'request','from':'operand'},"
	"{'asked':'absent','kind':'weakdep','from':'jbd2'}],"
	"'firmware':["
	"{'name':'a/b.bin','module':'ext4','builtin':false,"
	"'path':'usr/lib/firmware/a/b.bin.xz'},"
	"{'name':'c*','module':'xts','builtin':true,'path':null}]}\n";

static void json(void **state)
{
	struct firmware items[] = {
		{ .name = "a/b.bin", .module = "ext4" },
		{ .name = "c*", .module = "xts", .builtin = true },
	};
	const struct firmware_list firmware = { .items = items, .n = 2 };
	const struct report report = { .plan = &plan, .firmware = &firmware };

	items[0].path = "usr/lib/firmware/a/b.bin.xz";
	assert_string_equal(written(report_json, &report), quoted(json_object));
}

/*
 * File names can hold any bytes: a quote, a backslash, a terminal escape, invalid UTF-8.
 */
static void hostile_names(void **state)
{
	struct plan_module module = { .name = "a\"b\\c\033[2J\xff\n",
				      .path = "x/a\"\xc3.ko",
				      .by = "\xed\xa0\x80",
				      .size = 999999999999999 };
	size_t index = 0;
	struct plan_name name = { .name = module.name,
				  .by = module.by,
				  .answer = ANSWER_MODULES,
				  .modules = &index,
				  .n_modules = 1 };
	const struct plan hostile = { .dir = "m/<\"6\\>",
				      .version = "<\"6\\>",
				      .modules = &module,
				      .n_modules = 1,
				      .names = &name,
				      .n_names = 1,
				      .n_requests = 1,
				      .bytes = module.size };
	const struct report report = { .plan = &hostile };

	setenv("LC_ALL", "C", 1);
	assert_string_equal(written(report_tree, &report),
			    "   909T  a\"b\\c?[2J\uFFFD?  requested by \uFFFD\uFFFD\uFFFD\n"
			    "   909T  <\"6\\>: 1 module, 0 built in\n");
	written(report_dot, &report);
	assert_non_null(strstr(get("out"), "\tlabel=\"<\\\"6\\\\>: 1 module, 909T\";\n"));
	assert_non_null(strstr(get("out"), "\t\"a\\\"b\\\\c?[2J\uFFFD?\" ["
					   "label=\"a\\\"b\\\\c?[2J\uFFFD?\\n909T\", "));
	assert_string_equal(
		written(report_json, &report),
		quoted("{'schema':1,'kernel':'<\\'6\\\\>','directory':'m/<\\'6\\\\>',"
		       "'size':999999999999999,'requests':["
		       "{'name':'a\\'b\\\\c\\u001b[2J\uFFFD\\n',"
		       "'from':'\uFFFD\uFFFD\uFFFD','answer':'modules',"
		       "'modules':['a\\'b\\\\c\\u001b[2J\uFFFD\\n']}],"
		       "'modules':["
		       "{'name':'a\\'b\\\\c\\u001b[2J\uFFFD\\n',"
		       "'path':'m/<\\'6\\\\>/x/a\\'\uFFFD.ko','size':999999999999999,"
		       "'edges':[{'kind':'request','from':'\uFFFD\uFFFD\uFFFD',"
		       "'asked':'a\\'b\\\\c\\u001b[2J\uFFFD\\n'}]}],"
		       "'builtin':[],'commands':[],'missing':[]}\n"));
}

/* An empty plan, and a chain deep enough to break recursion. */
static void extremes(void **state)
{
	enum { DEPTH = 2000 };
	static struct plan_module chain[DEPTH];
	static struct plan_edge links[DEPTH - 1];
	const struct plan none = { .dir = "m/6", .version = "6" };
	size_t last = DEPTH - 1, i;
	struct plan_name name = { .name = "m",
				  .by = "operand",
				  .answer = ANSWER_MODULES,
				  .modules = &last,
				  .n_modules = 1 };
	const struct plan deep = { .dir = "m/6",
				   .version = "6",
				   .modules = chain,
				   .n_modules = DEPTH,
				   .names = &name,
				   .n_names = 1,
				   .n_requests = 1,
				   .edges = links,
				   .n_edges = DEPTH - 1 };
	const struct report empty = { .plan = &none }, report = { .plan = &deep };
	struct stat st;

	assert_string_equal(written(report_tree, &empty),
			    "      0  6: 0 modules, 0 built in\n");
	assert_string_equal(
		written(report_json, &empty),
		"{\"schema\":1,\"kernel\":\"6\",\"directory\":\"m/6\",\"size\":0,"
		"\"requests\":[],\"modules\":[],\"builtin\":[],\"commands\":[],"
		"\"missing\":[]}\n");
	written(report_dot, &empty);
	for (i = 0; i < DEPTH; i++) {
		chain[i] = (struct plan_module){ .name = "m", .path = "m.ko", .by = "m" };
		if (i)
			links[i - 1] = (struct plan_edge){ i, i - 1, EDGE_DEPENDS, NULL };
	}
	written(report_tree, &report);
	assert_int_equal(stat("out", &st), 0);
	assert_true(st.st_size > (off_t)3 * DEPTH * DEPTH / 2);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(tree_in_ascii),
	cmocka_unit_test(tree_in_utf8_and_color),
	cmocka_unit_test(tree_asks_the_locale),
	cmocka_unit_test(dot),
	cmocka_unit_test(json),
	cmocka_unit_test(hostile_names),
	cmocka_unit_test(extremes),
};
UNIT_TEST_MAIN(tempdir_setup, tempdir_teardown)
