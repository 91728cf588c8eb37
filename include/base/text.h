/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_TEXT_H
#define MODBOX_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Other people's bytes as valid UTF-8: U+FFFD stands for each byte that is none, and,
 * unless controls are to be kept, '?' for each control character.
 * Returns memory that the caller frees.
 */
char *clean_text(const char *s, bool keep_controls);

/* Write a line to standard output: as it is, but '?' for each control character. */
void put_clean_line(const char *s);

/*
 * The length of the UTF-8 character at s, or 0 where there is none.  It ends before a NUL
 * or newline, but for these themselves.
 */
size_t text_character(const char *s);

/* True for C0, DEL, and C1, which some terminals obey too. */
bool text_is_control(const char *s);

enum { SIZE_TEXT = 8 };

/* A number of bytes as du(1) shows it: 812, 1.4K, 23M; rounded to the nearest. */
void size_text(char text[SIZE_TEXT], uint64_t bytes);

#endif
