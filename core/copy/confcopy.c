// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copy configuration for the modules: the modprobe.d lines about them, and a list of
 * modules to load.
 *
 * Both go into files of their own, in directories that modprobe (kmod's and busybox's),
 * udev and systemd-modules-load read.  Lines from earlier runs are kept, as the modules
 * are.
 */
#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "base/message.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "cli/applet.h"
#include "copy/confcopy.h"
#include "module/names.h"

#define FIELD(name) offsetof(struct conf_options, name)

const struct option_row conf_option_rows[] = {
	/* clang-format off */
	IF_ENABLED(FEATURE_CONFIG,
	{ "with-config", NULL, 0, OPTION_FLAG, FIELD(with_config),
	  "copy the modprobe.d lines that concern the modules" },
	{ "load", "NAME", 0, OPTION_LIST, FIELD(load),
	  "copy this module, and load it at boot; repeatable" },)
	/* clang-format on */
	{ 0 },
};

/*
 * libkmod reads the module directory's modules.softdep along with the modprobe.d files,
 * ordered by file name, and the first softdep for a module wins (kmod_config_new(),
 * kmod_module_get_softdeps()).  A softdep that SOURCE reads after the index must not
 * precede it in DEST, so it goes into a second file with a name that sorts later.  The
 * same holds for weakdeps and modules.weakdep.
 */
static const char *const CONFIG_PATHS[] = {
	"etc/modprobe.d/modbox.conf",
	"etc/modprobe.d/zz-modbox.conf",
};
static const char LOAD_PATH[] = "etc/modules-load.d/modbox.conf";
static const char LOAD_ORIGIN[] = "--load";

/* A candidate line of modprobe.d.  All strings are in the arena. */
struct rule {
	const struct conf_text *file;
	unsigned number;
	const char *line; /* with backslashes doubled, as libkmod removes single ones */
	struct conf_statement words;
	bool late; /* read after the index of its kind: CONFIG_PATHS[1] */
	bool chosen;
};

struct chooser {
	struct conf_names *names;
	char *old[2]; /* contents of DEST's files, or NULL */
	struct arena arena;
	struct rule *rules;
	size_t n, capacity;
};

/* Whether modules-load.d can hold a name: ';' and '#' start comments there. */
static bool is_loadable(const char *name)
{
	const char *c = name;

	while ((unsigned char)*c > ' ' && *c != 0x7f)
		c++;
	return *name && !*c && !strchr("!#;", *name);
}

int conf_options_check(const struct applet *applet, const struct conf_options *o,
		       const struct kernel_options *kernel)
{
	if (!ENABLED(FEATURE_CONFIG))
		return 0;
	if (o->with_config && kernel->no_config) {
		usage_error(applet, "--with-config and --no-config exclude each other");
		return -1;
	}
	for (size_t i = 0; i < o->load.n; i++) {
		if (is_loadable(o->load.items[i]))
			continue;
		usage_error(applet, "--load: invalid module name '%s'", o->load.items[i]);
		return -1;
	}
	return 0;
}

void conf_options_free(struct conf_options *o)
{
	if (ENABLED(FEATURE_CONFIG))
		string_list_free(&o->load);
}

void conf_options_requests(const struct conf_options *o, struct request_list *wanted)
{
	for (size_t i = 0; i < o->load.n; i++)
		request_add(wanted, o->load.items[i], LOAD_ORIGIN);
}

/*
 * List what --load loads: the name itself, or the modules that a pattern or path
 * selects.
 */
static void add_load(struct conf_names *names, const struct plan *plan,
		     const struct plan_name *name)
{
	bool is_name = strchr(name->name, ':') ||
		       !(strpbrk(name->name, "*?[/") || module_stem(name->name));

	if (is_name && (name->answer != ANSWER_MODULES || name->n_modules))
		string_list_add(&names->load, name->name);
	for (size_t i = 0; !is_name && i < name->n_modules; i++)
		string_list_add(&names->load, plan->modules[name->modules[i]].name);
}

static void add_asked(struct conf_names *names, const char *asked)
{
	const char *name = asked ? normalize_request(&names->arena, asked) : NULL;

	if (name)
		string_list_add(&names->asked, name);
}

void conf_names_add(struct conf_names *names, const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_modules; i++) {
		string_list_add(&names->modules, plan->modules[i].name);
		add_asked(names, plan->modules[i].alias);
	}
	for (size_t i = 0; i < plan->n_fileless; i++) {
		string_list_add(&names->modules, plan->fileless[i].name);
		add_asked(names, plan->fileless[i].alias);
	}
	for (size_t i = 0; i < plan->n_edges; i++)
		add_asked(names, plan->edges[i].alias);
	for (size_t i = 0; i < plan->n_names; i++) {
		const struct plan_name *name = &plan->names[i];

		if (name->answer == ANSWER_NONE)
			continue;
		add_asked(names, name->name);
		if (name->edge == EDGE_REQUEST && strcmp(name->by, LOAD_ORIGIN) == 0)
			add_load(names, plan, name);
	}
}

void conf_names_free(struct conf_names *names)
{
	string_list_free(&names->modules);
	string_list_free(&names->asked);
	string_list_free(&names->load);
	arena_free(&names->arena);
}

/* Whether text has a line, not counting the first, which is our comment. */
static bool has_line(const char *text, const char *line)
{
	CLEANUP_FREE char *whole = xasprintf("\n%s\n", line);

	return text && strstr(text, whole);
}

static const char *double_backslashes(struct arena *arena, const char *line)
{
	char *copy = arena_alloc(arena, 2 * strlen(line) + 1), *to = copy;

	for (; *line; *to++ = *line++)
		if (*line == '\\')
			*to++ = '\\';
	*to = '\0';
	return copy;
}

/*
 * Parse a line; for an alias, words becomes its target.  Returns false if libkmod would
 * skip the line whatever its keyword.
 */
static bool take_apart(struct conf_statement *words, char *line)
{
	if (!modconf_statement(line, words) || !words->name)
		return false;
	if (strcmp(words->keyword, "alias") == 0)
		words->words = modconf_target(words);
	return words->words || strcmp(words->keyword, "blacklist") == 0;
}

/* Whether libkmod reads a file after the index with lines of this kind. */
static bool is_late(const struct conf_text *file, const char *keyword)
{
	const char *name = path_base(file->name);

	if (strcmp(keyword, "softdep") == 0)
		return strcmp(name, "modules.softdep") > 0;
	return strcmp(keyword, "weakdep") == 0 && strcmp(name, "modules.weakdep") > 0;
}

static void read_rules(struct chooser *c, const struct conf_text *file)
{
	struct conf_lines lines = { .conf = file };
	char *line;

	while ((line = conf_next_line(&lines))) {
		struct rule rule = {
			.file = file,
			.number = lines.number,
			.line = double_backslashes(&c->arena, line),
		};

		if (!take_apart(&rule.words, arena_strdup(&c->arena, line)))
			continue;
		rule.late = is_late(file, rule.words.keyword);
		c->rules = grow(c->rules, c->n, &c->capacity, sizeof(*c->rules));
		c->rules[c->n++] = rule;
	}
}

/* Whether a name or shell pattern matches an item of a list. */
static bool is_listed(const struct string_list *list, const char *name, bool pattern)
{
	for (size_t i = 0; i < list->n; i++)
		if (pattern ? fnmatch(name, list->items[i], 0) == 0 :
			      strcmp(name, list->items[i]) == 0)
			return true;
	return false;
}

static bool concerns(const struct chooser *c, const struct rule *rule)
{
	/* The first two match literally, the others as patterns (libkmod-module.c). */
	static const char *const keywords[] = {
		"options", "blacklist", "install", "remove", "softdep", "weakdep",
	};
	const struct conf_statement *words = &rule->words;

	for (size_t i = 0; i < sizeof(keywords) / sizeof(*keywords); i++)
		if (strcmp(words->keyword, keywords[i]) == 0)
			return is_listed(&c->names->modules, words->name, i > 1) ||
			       is_listed(&c->names->asked, words->name, false);
	return false;
}

static bool alias_concerns(const struct chooser *c, const struct rule *rule)
{
	const struct conf_statement *words = &rule->words;

	return is_listed(&c->names->modules, words->words, false) ||
	       is_listed(&c->names->modules, words->name, true) ||
	       is_listed(&c->names->asked, words->name, true);
}

/* Choose the aliases, or all others: lines about the modules, and lines that DEST has. */
static void choose(struct chooser *c, bool aliases)
{
	for (size_t i = 0; i < c->n; i++) {
		struct rule *rule = &c->rules[i];

		if ((strcmp(rule->words.keyword, "alias") == 0) == aliases)
			rule->chosen = has_line(c->old[0], rule->line) ||
				       has_line(c->old[1], rule->line) ||
				       (aliases ? alias_concerns : concerns)(c, rule);
	}
}

static void choose_rules(struct chooser *c)
{
	choose(c, true);
	/* Options for an alias apply to modules loaded by it. */
	for (size_t i = 0; i < c->n; i++)
		if (c->rules[i].chosen)
			string_list_add(&c->names->asked,
					arena_strdup(&c->names->arena,
						     c->rules[i].words.name));
	choose(c, false);
}

/* Write the chosen lines for one of the two files.  Returns their number. */
static size_t write_rules(const struct chooser *c, bool late, struct strbuf *out)
{
	size_t i, n = 0;

	for (i = 0; i < c->n; i++) {
		const struct rule *rule = &c->rules[i];
		CLEANUP_FREE char *name = NULL, *text = NULL;

		if (!rule->chosen || rule->late != late)
			continue;
		name = clean_text(rule->file->name, false);
		text = xasprintf("# %s:%u\n%s\n", name, rule->number, rule->line);
		strbuf_add_text(out, text);
		n++;
	}
	return n;
}

/*
 * Read a file of DEST; *text is NULL if it does not exist.  Returns 0, or -1
 * (reported).
 */
static int read_old(const struct rootfs *dest, const char *path, char **text)
{
	size_t size;

	*text = dest ? rootfs_read(dest, path, &size) : NULL;
	if (*text || !dest || errno == ENOENT)
		return 0;
	error(STATUS_IO, "cannot read %s/%s: %m", dest->path, path);
	return -1;
}

/* Replace the contents of the file with this path, if the list has it. */
static void renew(struct filelist *list, const struct file_entry *file)
{
	for (size_t i = 0; i < list->n; i++) {
		struct file_entry *old = &list->items[i];

		if (old->kernel != NO_KERNEL || old->kind != FILE_DATA ||
		    strcmp(old->path, file->path) != 0)
			continue;
		old->data = file->data;
		old->size = file->size;
	}
}

/* Add a file with the contents of out, and free out.  Returns as filelist_share(). */
static int add_data(const struct conf_copying *c, const char *path, struct strbuf *out,
		    const char *reason)
{
	struct file_entry file = {
		.kind = FILE_DATA,
		.path = path,
		.data = arena_strndup(&c->list->arena, out->data, out->size),
		.size = out->size,
		.reason = reason,
	};

	strbuf_free(out);
	if (!c->merge)
		return filelist_share(c->list, c->source, file);
	renew(c->list, &file);
	return 0;
}

/* Add one of the two files if it has lines or exists in DEST. */
static int add_config(const struct conf_copying *copying, const struct chooser *c,
		      bool late)
{
	struct strbuf out = { 0 };

	strbuf_add_text(&out, "# Written by rpi-modcopy --with-config\n");
	if (write_rules(c, late, &out) || c->old[late])
		return add_data(copying, CONFIG_PATHS[late], &out, "lines of modprobe.d");
	strbuf_free(&out);
	return 0;
}

static int copy_config(const struct conf_copying *copying)
{
	const struct string_list *dirs = &copying->kernel->config_dirs;
	struct conf_files files = { 0 };
	struct chooser c = { .names = copying->names };
	int result = -1;

	if (read_old(copying->dest, CONFIG_PATHS[0], &c.old[0]) == 0 &&
	    read_old(copying->dest, CONFIG_PATHS[1], &c.old[1]) == 0 &&
	    modconf_files(&files, copying->source, dirs->items, dirs->n) == 0) {
		for (size_t i = 0; i < files.n; i++)
			read_rules(&c, &files.items[i]);
		choose_rules(&c);
		result = add_config(copying, &c, false);
		if (result == 0)
			result = add_config(copying, &c, true);
	}
	free_pointer(&c.old[0]);
	free_pointer(&c.old[1]);
	free_pointer(&c.rules);
	arena_free(&c.arena);
	conf_files_free(&files);
	return result;
}

static int copy_load(const struct conf_copying *copying)
{
	const struct string_list *load = &copying->names->load;
	CLEANUP_FREE char *old = NULL;
	struct strbuf out = { 0 };

	if (read_old(copying->dest, LOAD_PATH, &old) < 0)
		return -1;
	strbuf_add_text(&out, old ? old : "# Written by rpi-modcopy --load\n");
	if (out.size && out.data[out.size - 1] != '\n')
		strbuf_add_text(&out, "\n");
	for (size_t i = 0; i < load->n; i++) {
		strbuf_room(&out, 1)[0] = '\0';
		if (has_line(out.data, load->items[i]))
			continue;
		strbuf_add_text(&out, load->items[i]);
		strbuf_add_text(&out, "\n");
	}
	return add_data(copying, LOAD_PATH, &out, "modules to load");
}

int conf_copy(const struct conf_copying *copying)
{
	if (copying->options->with_config && copy_config(copying) < 0)
		return -1;
	return copying->options->load.n ? copy_load(copying) : 0;
}
