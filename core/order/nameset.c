// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A set of modules by name, queried once per line of files that may have millions.
 *
 * Names and paths go into a hash table with open addressing; patterns and directories
 * are kept aside and tried on every line.
 */
#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "module/names.h"
#include "module/pattern.h"
#include "order/nameset.h"

/* A name or path as written in a line, with its FNV-1a hash. */
struct key {
	const char *text;
	size_t len, exact; /* bytes; '-' counts as '_' from byte exact on */
	uint32_t hash;
};

/* The byte to compare byte i of a key as. */
static char compared(const struct key *key, size_t i)
{
	return key->text[i] == '-' && i >= key->exact ? '_' : key->text[i];
}

/*
 * A name is the file name up to its first '.', as in libkmod's modname_normalize().  A
 * path ends before the module suffix, as when depmod looks up a line.
 */
static struct key make_key(const struct nameset *set, const char *line, size_t len)
{
	const char *slash = set->by == BY_PATH ? NULL : memrchr(line, '/', len), *end;
	size_t base = slash ? (size_t)(slash + 1 - line) : 0;
	struct key key = { line, 0, set->by == BY_PATH ? SIZE_MAX : base, 2166136261U };
	char stop = '\0';

	if (set->by != BY_FILE && len > 0 && line[len - 1] == '\r')
		len--;
	if (set->by == BY_NAME) {
		key.text += base;
		key.exact = 0;
		stop = '.';
	}
	end = line + len - (set->by == BY_NAME ? 0 : module_suffix(line, len));
	for (; key.text + key.len < end && key.text[key.len] != stop; key.len++)
		key.hash =
			(key.hash ^ (unsigned char)compared(&key, key.len)) * 16777619U;
	return key;
}

static bool is_named(const struct member *member, const struct key *key)
{
	size_t i;

	if (member->hash != key->hash)
		return false;
	for (i = 0; i < key->len; i++)
		if (member->name[i] != compared(key, i))
			return false;
	return member->name[i] == '\0';
}

/* The slot that holds key, or the free slot where it belongs. */
static uint32_t *find_slot(const struct nameset *set, const struct key *key)
{
	size_t i = key->hash & (set->n_slots - 1);

	while (set->slots[i] && !is_named(&set->members[set->slots[i] - 1], key))
		i = (i + 1) & (set->n_slots - 1);
	return &set->slots[i];
}

/* Keep the table less than half full. */
static void make_room(struct nameset *set)
{
	size_t i, at;

	if (set->n * 2 < set->n_slots)
		return;
	free(set->slots);
	set->n_slots = set->n_slots ? set->n_slots * 2 : 64;
	set->slots = xcalloc(set->n_slots, sizeof(*set->slots));
	for (i = 0; i < set->n; i++) {
		if (set->members[i].selector != SELECT_NAME)
			continue;
		at = set->members[i].hash & (set->n_slots - 1);
		while (set->slots[at])
			at = (at + 1) & (set->n_slots - 1);
		set->slots[at] = (uint32_t)(i + 1);
	}
}

static struct member *append(struct nameset *set, const char *written, size_t len)
{
	struct member *member;

	set->members = grow(set->members, set->n, &set->capacity, sizeof(*set->members));
	member = &set->members[set->n++];
	*member = (struct member){ .written = arena_strndup(&set->arena, written, len) };
	return member;
}

/* Find the member that a line of len bytes names, or add one. */
static struct member *find_or_add_line(struct nameset *set, const char *line, size_t len,
				       bool *is_new)
{
	struct key key = make_key(set, line, len);
	struct member *member;
	uint32_t *slot;
	char *name;

	make_room(set);
	slot = find_slot(set, &key);
	*is_new = !*slot;
	if (*slot)
		return &set->members[*slot - 1];
	member = append(set, line, len - (len > 0 && line[len - 1] == '\r'));
	*slot = (uint32_t)set->n;
	name = arena_strndup(&set->arena, key.text, key.len);
	for (size_t i = 0; i < key.len; i++)
		name[i] = compared(&key, i);
	member->name = name;
	member->hash = key.hash;
	return member;
}

static void add_pattern(struct nameset *set, const struct request *request)
{
	struct member *member = append(set, request->name, strlen(request->name));
	char *pattern = arena_strdup(&set->arena, request->name);

	member->name = pattern_normalize(pattern) ? pattern : "";
	member->selector = request_selector(request);
	member->origin = arena_strdup(&set->arena, request->origin);
	member->excluded = request->exclude;
	member->optional = request->optional;
	set->patterns = grow(set->patterns, set->n_patterns, &set->patterns_capacity,
			     sizeof(*set->patterns));
	set->patterns[set->n_patterns++] = set->n - 1;
}

void nameset_add(struct nameset *set, const struct request *request)
{
	struct member *member;
	bool is_new;

	if (request_selector(request) != SELECT_NAME) {
		add_pattern(set, request);
		return;
	}
	member = find_or_add_line(set, request->name, strlen(request->name), &is_new);
	member->excluded |= request->exclude;
	member->optional = request->optional && (is_new || member->optional);
	if (is_new)
		member->origin = arena_strdup(&set->arena, request->origin);
}

struct member *nameset_add_line(struct nameset *set, const char *line, size_t len)
{
	bool is_new;
	struct member *member = find_or_add_line(set, line, len, &is_new);

	member->met++;
	return member;
}

static bool is_match(const struct member *pattern, const char *name, const char *path,
		     size_t len)
{
	if (pattern->selector == SELECT_DIRECTORY)
		return directory_has_path(pattern->written, path, len);
	if (pattern_is_path(pattern->name))
		return pattern_matches_path(pattern->name, path, len);
	return fnmatch(pattern->name, name, 0) == 0;
}

/*
 * Try all excluding, or all including, patterns on a name and its path; count the
 * matches.
 */
static bool match_patterns(struct nameset *set, const char *name, const char *path,
			   size_t len, bool exclude)
{
	bool matched = false;
	size_t i;

	for (i = 0; i < set->n_patterns; i++) {
		struct member *pattern = &set->members[set->patterns[i]];

		if (pattern->excluded != exclude || !is_match(pattern, name, path, len))
			continue;
		pattern->met++;
		matched = true;
	}
	return matched;
}

/*
 * Apply patterns and directories to a line. member is the one that its name already
 * has, or NULL. Every line is judged on its own: equal names can lie in different
 * directories.
 */
static struct member *judge(struct nameset *set, struct member *member, const char *line,
			    size_t len, const struct key *key)
{
	char name[NAME_MAX + 1];
	bool selected, excluded, is_new;

	if (key->len >= sizeof(name))
		return member;
	memcpy(name, key->text, key->len);
	name[key->len] = '\0';
	normalize_name(name);
	selected = match_patterns(set, name, line, len, false);
	excluded = match_patterns(set, name, line, len, true);
	if (!member && selected && !excluded) {
		member = find_or_add_line(set, line, len, &is_new);
		member->by_pattern = true;
	} else if (member && member->by_pattern && !selected) {
		return NULL;
	}
	if (member && excluded)
		member->left_out = true;
	return excluded ? NULL : member;
}

struct member *nameset_find(struct nameset *set, const char *line, size_t len)
{
	struct key key = make_key(set, line, len);
	struct member *member = NULL;

	if (!key.len)
		return NULL;
	if (set->n_slots) {
		uint32_t found = *find_slot(set, &key);

		member = found ? &set->members[found - 1] : NULL;
	}
	if (ENABLED(MODORDER_FILTER) && set->n_patterns)
		member = judge(set, member, line, len, &key);
	if (!member)
		return NULL;
	member->met++;
	return member->excluded ? NULL : member;
}

void nameset_exclude(struct nameset *set)
{
	for (size_t i = 0; i < set->n; i++) {
		struct member *member = &set->members[i];

		if (!member->met && member->selector == SELECT_NAME &&
		    (member->left_out ||
		     match_patterns(set, member->name, member->written,
				    strlen(member->written), true)))
			member->excluded = true;
	}
}

void nameset_free(struct nameset *set)
{
	free(set->members);
	free(set->patterns);
	free(set->slots);
	arena_free(&set->arena);
	*set = (struct nameset){ 0 };
}
