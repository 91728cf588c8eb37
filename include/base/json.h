/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_JSON_H
#define MODBOX_JSON_H

#include <cjson/cJSON.h>

/*
 * Building JSON with cJSON, out of memory that does not fail, so that nothing here does.
 * Call json_begin() before.  Keys are string constants, which are not copied.
 */
void json_begin(void);

/* A string, made valid UTF-8; the caller's. */
cJSON *json_text(const char *text);

void json_add(cJSON *object, const char *key, cJSON *value);

/* Add a string, or null for NULL. */
void json_add_text(cJSON *object, const char *key, const char *text);

/* Add what is returned, to be filled. */
cJSON *json_add_array(cJSON *object, const char *key);
cJSON *json_add_object(cJSON *array);

/* Write it on one line, and free it. */
void json_write(cJSON *object);

#endif
