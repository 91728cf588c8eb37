/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_SAMEFILE_H
#define MODBOX_SAMEFILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

/*
 * Whether name in the directory dir is a regular file as copy_file() of the open file
 * src, whose facts are attrs, would make it: the same size and contents, which are
 * compared; mode, owner, modification time, ACLs and extended attributes. data, unless it
 * is NULL, has the contents instead, size bytes of them, as for copy_data().
 *
 * False if that cannot be found out; reports nothing.
 */
bool is_same_file(int src, const struct stat *attrs, const void *data, uint64_t size,
		  int dir, const char *name);

#endif
