// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writing JSON. cJSON handles numbers and quotes but takes strings as they are, so they
 * are made valid UTF-8 first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "base/util.h"

void json_begin(void)
{
	cJSON_Hooks hooks = { xmalloc, free };

	cJSON_InitHooks(&hooks);
}

cJSON *json_text(const char *text)
{
	CLEANUP_FREE char *clean = clean_text(text, true);

	return cJSON_CreateString(clean);
}

void json_add(cJSON *object, const char *key, cJSON *value)
{
	cJSON_AddItemToObjectCS(object, key, value);
}

void json_add_text(cJSON *object, const char *key, const char *text)
{
	json_add(object, key, text ? json_text(text) : cJSON_CreateNull());
}

/* cJSON prints integers exactly below 10^15, far above any size or count. */
void json_add_number(cJSON *object, const char *key, uint64_t number)
{
	json_add(object, key, cJSON_CreateNumber((double)number));
}

cJSON *json_add_array(cJSON *object, const char *key)
{
	cJSON *array = cJSON_CreateArray();

	json_add(object, key, array);
	return array;
}

cJSON *json_add_child(cJSON *object, const char *key)
{
	cJSON *child = cJSON_CreateObject();

	json_add(object, key, child);
	return child;
}

void json_add_item(cJSON *array, const char *text)
{
	cJSON_AddItemToArray(array, json_text(text));
}

cJSON *json_add_object(cJSON *array)
{
	cJSON *object = cJSON_CreateObject();

	cJSON_AddItemToArray(array, object);
	return object;
}

void json_write_part(cJSON *object, const char *begin, const char *end)
{
	char *text = cJSON_PrintUnformatted(object);

	text[strlen(text) - 1] = '\0';
	printf("%s%s%s", begin, text + 1, end);
	cJSON_free(text);
	cJSON_Delete(object);
}

void json_write(cJSON *object)
{
	json_write_part(object, "{", "}\n");
}
