// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Wide character classes for static binaries, ASCII only. fnmatch(3) and regcomp(3) use
 * them; a program that never calls setlocale() has no other characters, and musl's
 * versions add 16 KB of Unicode tables.  Linked as an object, ahead of musl.
 */
#include <ctype.h>
#include <wctype.h>

#define CLASS(name)                                 \
	int isw##name(wint_t c)                     \
	{                                           \
		return c < 128 && is##name((int)c); \
	}
CLASS(alnum)
CLASS(alpha)
CLASS(blank)
CLASS(cntrl)
CLASS(graph)
CLASS(lower)
CLASS(print)
CLASS(punct)
CLASS(space)
CLASS(upper)
CLASS(xdigit)

wint_t towlower(wint_t c)
{
	return c < 128 ? (wint_t)tolower((int)c) : c;
}

wint_t towupper(wint_t c)
{
	return c < 128 ? (wint_t)toupper((int)c) : c;
}
