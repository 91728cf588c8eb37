// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * depmod.d: which of several modules with the same name to use, and which directories.
 *
 * depmod keeps both lists newest first and lets the last match in them win. So the first
 * directory of a "search" line is the most preferred one, and the last "override" line
 * wins. The default for search is "updates". "external" directories are outside the
 * module directory: an indexer may look there, but we do not copy from them.
 */
#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "base/path.h"
#include "conf/depconf.h"
#include "config.h"
#include "module/names.h"

static const char BUILT_IN[] = "built-in";
static const char EXTERNAL[] = "external";

static const char *const default_dirs[] = {
	"etc/depmod.d",	    "run/depmod.d", "usr/local/lib/depmod.d",
	"usr/lib/depmod.d", "lib/depmod.d",
};

static void depconf_add(struct depconf *conf, const char ***list, size_t *n,
			size_t *capacity, const char *item)
{
	*list = grow(*list, *n, capacity, sizeof(**list));
	(*list)[(*n)++] = arena_strdup(&conf->arena, item);
}

/*
 * Whether a version pattern is safe to compile. Nested repetitions {m,n} multiply, each
 * '+' doubles what it repeats (in glibc), and a long pattern is deep or slow: regcomp(3)
 * could exhaust memory, time or stack.
 */
static bool is_modest(const char *pattern)
{
	enum { MAX_PATTERN = 255, MAX_REPEATS = 256 };
	unsigned long repeats = 1, n;
	const char *p;

	for (p = pattern; *p && repeats <= MAX_REPEATS; p++) {
		n = *p == '{' || *p == ',' ? strtoul(p + 1, NULL, 10) : 0;
		repeats *= n > MAX_REPEATS ? MAX_REPEATS + 1UL : n ? n : 1;
		if (*p == '+' && p > pattern && strchr("+*?})", p[-1]))
			repeats *= 2;
	}
	return !*p && p - pattern <= MAX_PATTERN;
}

/* As depmod's cfg_kernel_matches(): "*", or an extended regular expression. */
static bool version_matches(const char *pattern, const char *version)
{
	regex_t re;
	bool matches;

	if (strcmp(pattern, "*") == 0)
		return true;
	if (!ENABLED(FEATURE_DEPMOD_REGEX))
		return strcmp(pattern, version) == 0;
	if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	matches = regexec(&re, version, 0, NULL, 0) == 0;
	regfree(&re);
	return matches;
}

static void add_words(struct depconf *conf, const char ***list, size_t *n,
		      size_t *capacity, char **rest)
{
	char *word;

	while ((word = strtok_r(NULL, "\t ", rest)))
		depconf_add(conf, list, n, capacity, word);
}

/* "override MODULE KERNEL DIRECTORY". Returns false if a word is missing. */
static bool parse_override(struct depconf *conf, char **rest, const char *version)
{
	char *module = strtok_r(NULL, "\t ", rest);
	char *kernel = strtok_r(NULL, "\t ", rest);
	char *dir = strtok_r(NULL, "\t ", rest);
	CLEANUP_FREE char *path = NULL;

	if (!module || !kernel || !dir || !is_modest(kernel))
		return false;
	path = path_join(dir, module);
	if (version_matches(kernel, version))
		depconf_add(conf, &conf->overrides, &conf->n_overrides,
			    &conf->overrides_capacity, path);
	return true;
}

/* "external KERNEL DIRECTORY" */
static bool parse_external(struct depconf *conf, char **rest, const char *version)
{
	char *kernel = strtok_r(NULL, "\t ", rest);
	char *dir = strtok_r(NULL, "\t ", rest);

	if (!kernel || !is_modest(kernel) || !dir || dir[0] != '/')
		return false;
	if (version_matches(kernel, version))
		depconf_add(conf, &conf->externals, &conf->n_externals,
			    &conf->externals_capacity, dir);
	return true;
}

/* Returns false if the line is invalid. */
static bool parse_line(struct depconf *conf, char *line, const char *version)
{
	char *rest = line;
	char *keyword;

	if (line[0] == '#' || !(keyword = strtok_r(line, "\t ", &rest)))
		return true;
	if (strcmp(keyword, "search") == 0)
		add_words(conf, &conf->searches, &conf->n_searches,
			  &conf->searches_capacity, &rest);
	else if (strcmp(keyword, "exclude") == 0)
		add_words(conf, &conf->excludes, &conf->n_excludes,
			  &conf->excludes_capacity, &rest);
	else if (strcmp(keyword, "override") == 0)
		return parse_override(conf, &rest, version);
	else if (strcmp(keyword, EXTERNAL) == 0)
		return parse_external(conf, &rest, version);
	else /* depmod accepts and ignores these */
		return strcmp(keyword, "include") == 0 ||
		       strcmp(keyword, "make_map_files") == 0;
	return true;
}

static int read_dirs(struct depconf *conf, const struct rootfs *root,
		     const char *const *dirs, size_t n, bool must_exist,
		     const char *version)
{
	if (conf_files_read(&conf->files, root, dirs, n, false, must_exist) < 0)
		return -1;
	for (size_t i = 0; i < conf->files.n; i++) {
		struct conf_lines lines = { .conf = &conf->files.items[i] };
		char *line;

		while ((line = conf_next_line(&lines)))
			if (!parse_line(conf, line, version))
				warning("%s:%u: ignoring the line that begins with '%s'",
					conf->files.items[i].name, lines.number, line);
	}
	conf->default_search = conf->n_searches == 0;
	if (conf->default_search)
		depconf_add(conf, &conf->searches, &conf->n_searches,
			    &conf->searches_capacity, "updates");
	return 0;
}

int depconf_read(struct depconf *conf, const struct rootfs *root, const char *version)
{
	return read_dirs(conf, root, default_dirs,
			 sizeof(default_dirs) / sizeof(default_dirs[0]), false, version);
}

int depconf_read_host(struct depconf *conf, const char *const *dirs, size_t n,
		      const char *version)
{
	CLEANUP_FREE const char **paths = xcalloc(n, sizeof(*paths));
	struct arena arena = { 0 };
	struct rootfs host;
	int result = 0;

	if (rootfs_open(&host, "/") < 0) {
		error(STATUS_IO, "cannot open /: %m");
		return -1;
	}
	for (size_t i = 0; result == 0 && i < n; i++) {
		CLEANUP_FREE char *path = realpath(dirs[i], NULL);

		if (path) {
			paths[i] = arena_strdup(&arena, path);
			continue;
		}
		error(STATUS_IO, "cannot read %s: %m", dirs[i]);
		result = -1;
	}
	if (result == 0)
		result = read_dirs(conf, &host, paths, n, true, version);
	rootfs_close(&host);
	arena_free(&arena);
	return result;
}

void depconf_free(struct depconf *conf)
{
	conf_files_free(&conf->files);
	free(conf->overrides);
	free(conf->searches);
	free(conf->excludes);
	free(conf->externals);
	arena_free(&conf->arena);
	*conf = (struct depconf){ 0 };
}

/*
 * The priority of path by override lines: 0 if none matches; the last line has the
 * highest.
 */
static size_t override_rank(const struct depconf *conf, const char *path)
{
	const char *base = path_base(path);
	size_t len = (size_t)(base - path) + module_stem(base);

	for (size_t i = conf->n_overrides; i > 0; i--)
		if (strlen(conf->overrides[i - 1]) == len &&
		    memcmp(conf->overrides[i - 1], path, len) == 0)
			return i;
	return 0;
}

static bool is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return strncmp(path, dir, len) == 0 && path[len] == '/';
}

/*
 * The priority of path by the search list: 0 if it is not in it; the first entry has the
 * highest.
 */
static size_t search_rank(const struct depconf *conf, const char *path)
{
	size_t built_in = 0, rank = conf->n_searches + conf->n_externals;
	size_t i, k;

	for (i = 0; i < conf->n_searches; i++, rank--) {
		if (strcmp(conf->searches[i], BUILT_IN) == 0)
			built_in = built_in ? built_in : rank;
		else if (is_below(path, conf->searches[i]))
			return rank;
		if (strcmp(conf->searches[i], EXTERNAL) != 0)
			continue;
		for (k = 0; k < conf->n_externals; k++, rank--)
			if (is_below(path, conf->externals[k]))
				return rank;
	}
	return built_in;
}

static int compare_ranks(size_t a, size_t b)
{
	return a == b ? 0 : a > b ? 1 : -1;
}

static int compare_overrides(const struct depconf *conf, const char *a, const char *b)
{
	return compare_ranks(override_rank(conf, a), override_rank(conf, b));
}

int depconf_compare_given(const struct depconf *conf, const char *a, const char *b)
{
	int order = compare_overrides(conf, a, b);

	if (order || conf->default_search)
		return order;
	return compare_ranks(search_rank(conf, a), search_rank(conf, b));
}

int depconf_compare(const struct depconf *conf, const char *a, const char *b)
{
	int order = compare_overrides(conf, a, b);

	if (order)
		return order;
	order = compare_ranks(search_rank(conf, a), search_rank(conf, b));
	if (order)
		return order;
	/* depmod visits external directories last, and keeps the module it has. */
	return compare_ranks(a[0] != '/', b[0] != '/');
}

bool depconf_excludes(const struct depconf *conf, const char *name)
{
	if (strcmp(name, "build") == 0 || strcmp(name, "source") == 0)
		return true;
	for (size_t i = 0; i < conf->n_excludes; i++)
		if (strcmp(name, conf->excludes[i]) == 0)
			return true;
	return false;
}
