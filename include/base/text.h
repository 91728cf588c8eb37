/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_TEXT_H
#define MODBOX_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Convert untrusted bytes to valid UTF-8: each invalid byte becomes U+FFFD and, unless
 * keep_controls is set, each control character '?'.
 * Returns memory that the caller frees.
 */
char *clean_text(const char *s, bool keep_controls);

/* Write a line to standard output, with '?' for each control character. */
void put_clean_line(const char *s);

/*
 * Return the length in bytes of the UTF-8 character at s, or 0 if it is invalid. A
 * character never includes a following NUL or newline.
 */
size_t text_character(const char *s);

/* Whether the character at s is a control: C0, DEL or C1 (some terminals obey C1 too). */
bool text_is_control(const char *s);

enum { SIZE_TEXT = 8 };

/* Format a number of bytes as du(1) does: 812, 1.4K, 23M; rounded to the nearest. */
void size_text(char text[SIZE_TEXT], uint64_t bytes);

#endif
