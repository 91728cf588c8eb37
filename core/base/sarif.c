// SPDX-License-Identifier: GPL-2.0-or-later
/* SARIF 2.1.0 logs: one run, its rules, and results with one place each. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/sarif.h"
#include "base/util.h"
#include "config.h"

/* Text is an object in SARIF. */
static void add_text(cJSON *object, const char *key, const char *text)
{
	json_add_text(json_add_child(object, key), "text", text);
}

/* Return a path as a URI: relative, or file:// if absolute.  The caller frees it. */
static char *make_uri(const char *path)
{
	char *uri = xmalloc(3 * strlen(path) + sizeof("file://")), *to = uri;

	if (*path == '/')
		to = stpcpy(to, "file://");
	for (; *path; path++) {
		if (isalnum((unsigned char)*path) || strchr("-._~/", *path))
			*to++ = *path;
		else
			to += sprintf(to, "%%%02X", (unsigned char)*path);
	}
	*to = '\0';
	return uri;
}

cJSON *sarif_begin(const char *tool, cJSON **rules, cJSON **results)
{
	cJSON *log = cJSON_CreateObject(), *run, *driver;

	json_add_text(log, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	json_add_text(log, "version", "2.1.0");
	run = json_add_object(json_add_array(log, "runs"));
	driver = json_add_child(json_add_child(run, "tool"), "driver");
	json_add_text(driver, "name", tool);
	json_add_text(driver, "version", MODBOX_VERSION);
	*rules = json_add_array(driver, "rules");
	json_add_text(run, "columnKind", "unicodeCodePoints");
	*results = json_add_array(run, "results");
	return log;
}

void sarif_rule(cJSON *rules, const char *id, const char *title, const char *help,
		const char *level)
{
	cJSON *rule = json_add_object(rules);

	json_add_text(rule, "id", id);
	add_text(rule, "shortDescription", title);
	add_text(rule, "help", help);
	json_add_text(json_add_child(rule, "defaultConfiguration"), "level", level);
}

cJSON *sarif_result(cJSON *results, const char *id, unsigned index, const char *level,
		    const char *message, const char *path, unsigned line, unsigned column)
{
	cJSON *item = json_add_object(results), *place, *region;
	CLEANUP_FREE char *uri = make_uri(path);

	json_add_text(item, "ruleId", id);
	json_add_number(item, "ruleIndex", index);
	json_add_text(item, "level", level);
	add_text(item, "message", message);
	place = json_add_child(json_add_object(json_add_array(item, "locations")),
			       "physicalLocation");
	json_add_text(json_add_child(place, "artifactLocation"), "uri", uri);
	if (ENABLED(INITCHECK) && !line)
		return item;
	region = json_add_child(place, "region");
	json_add_number(region, "startLine", line);
	json_add_number(region, "startColumn", column);
	return item;
}
