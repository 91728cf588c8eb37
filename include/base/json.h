/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_JSON_H
#define MODBOX_JSON_H

#include <cjson/cJSON.h>
#include <stdint.h>

/*
 * Building JSON with cJSON. Call json_begin() first: it makes cJSON use allocations that
 * do not fail, so nothing here fails. Keys are string constants and not copied.
 */
void json_begin(void);

/* Make a JSON string of a text, converted to valid UTF-8. The caller owns it. */
cJSON *json_text(const char *text);

void json_add(cJSON *object, const char *key, cJSON *value);

/* Add a string; NULL becomes null. */
void json_add_text(cJSON *object, const char *key, const char *text);

void json_add_number(cJSON *object, const char *key, uint64_t number);

/* Add an empty array or object, and return it. */
cJSON *json_add_array(cJSON *object, const char *key);
cJSON *json_add_child(cJSON *object, const char *key);
cJSON *json_add_object(cJSON *array);

/* Add a string to an array. */
void json_add_item(cJSON *array, const char *text);

/* Write an object to standard output on one line, and free it. */
void json_write(cJSON *object);

/*
 * Write an object without its braces, between two texts, and free it. A large object is
 * written in parts, and need not be in memory as a whole.
 */
void json_write_part(cJSON *object, const char *begin, const char *end);

#endif
