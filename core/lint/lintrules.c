// SPDX-License-Identifier: GPL-2.0-or-later
/* The rules of modlist-lint, and what --explain says about them. */
#include <string.h>

#include "lint/lintrules.h"

const char *const lint_severities[LINT_SEVERITIES] = {
	[LINT_INFO] = "info",
	[LINT_WARNING] = "warning",
	[LINT_ERROR] = "error",
};

/* clang-format off */
const struct lint_rule lint_rules[LINT_RULES] = {
	[LINT_ALIAS_CHAIN] = { "alias-chain", LINT_WARNING, false,
		"an alias of modprobe.d that leads to an alias",
		"libkmod takes an alias's target for a module's name and looks no further, so "
		"nothing is loaded. Name the module." },
	[LINT_BAD_IGNORE] = { "bad-ignore", LINT_WARNING, false,
		"a comment that ignores no known rule",
		"It hides nothing. Write '# modlist-lint: ignore RULE...' with names that --rules "
		"lists." },
	[LINT_BLACKLISTED] = { "blacklisted", LINT_WARNING, false,
		"a listed module that modprobe.d blacklists",
		"It is copied, but no device's alias loads it at boot. Remove one of the two, or "
		"load it by its name." },
	[LINT_BUILT_IN] = { "built-in", LINT_INFO, false,
		"a name that is built into the kernel",
		"It needs no module there. Keep the line for kernels that have one; else "
		"drop it." },
	[LINT_CONCRETE_CRYPTO] = { "concrete-crypto", LINT_INFO, false,
		"one implementation of an algorithm by its own name",
		"Such modules come, go and are renamed between kernels, and are of one "
		"architecture. The algorithm's alias, crypto-NAME, brings all that there are." },
	[LINT_CONF_SYNTAX] = { "conf-syntax", LINT_WARNING, false,
		"a line of modprobe.d that lacks words, or is no text",
		"libkmod passes it over. See modprobe.d(5)." },
	[LINT_CONF_UNKNOWN_MODULE] = { "conf-unknown-module", LINT_INFO, false,
		"options or a softdep for a module that no kernel has",
		"They do nothing: the name is misspelt, or the module was renamed or removed." },
	[LINT_CONTROL_CHARACTER] = { "control-character", LINT_WARNING, false,
		"a control character",
		"It is part of the name, or hides what a terminal shows. Remove it." },
	[LINT_CRLF] = { "crlf", LINT_WARNING, true,
		"lines that end with CRLF",
		"modbox drops the CR, other readers of such lists take it for part of the name." },
	[LINT_DANGLING_LINE] = { "dangling-line", LINT_WARNING, false,
		"a backslash that continues a line into nothing",
		"What was to follow is missing, or the backslash is one too many." },
	[LINT_DUPLICATE] = { "duplicate", LINT_WARNING, true,
		"a name that another line has, in this list or another",
		"One of the two may be meant to be something else. - and _ are the same. "
		"--fix drops it where both are in one list." },
	[LINT_EMPTY_LIST] = { "empty-list", LINT_ERROR, false,
		"a list that requests nothing",
		"If no list names a module, rpi-modcopy ends with status 5." },
	[LINT_INLINE_COMMENT] = { "inline-comment", LINT_ERROR, true,
		"a '#' behind a name",
		"A comment has a line of its own: here it is part of the name, which no kernel "
		"has. --fix moves it to the line above." },
	[LINT_INSTALL_COMMAND] = { "install-command", LINT_WARNING, false,
		"a module that an install line of modprobe.d replaces",
		"modprobe runs the command, and does not load the module. What it runs has to "
		"be in the image too." },
	[LINT_INSTALL_NEEDS] = { "install-needs", LINT_WARNING, false,
		"an install command that loads what is not selected",
		"Who follows dependencies does not look into commands. Add the module to a "
		"list." },
	[LINT_LONG_LINE] = { "long-line", LINT_ERROR, false,
		"a line over 4096 bytes",
		"A list with such a line is refused as a whole. A name has a line of its own." },
	[LINT_MISSING_DEPENDENCY] = { "missing-dependency", LINT_ERROR, false,
		"a module that needs one which is not there",
		"It cannot be loaded. Take all packages of this kernel." },
	[LINT_MISSING_FIRMWARE] = { "missing-firmware", LINT_INFO, false,
		"firmware of a listed module that SOURCE does not have",
		"Drivers name files for all devices and versions. Look whether yours is among "
		"them. Not looked at where SOURCE has no firmware at all." },
	[LINT_MISSING_SOFTDEP] = { "missing-softdep", LINT_INFO, false,
		"a softdep or weakdep that is not there",
		"The module can be loaded without it, perhaps slower, or able to do less." },
	[LINT_NEEDED_EXCLUSION] = { "needed-exclusion", LINT_ERROR, false,
		"an exclusion of what a list names or a module needs",
		"What needs it cannot be loaded: exclude that too, or neither." },
	[LINT_NO_MATCH] = { "no-match", LINT_ERROR, false,
		"a pattern or directory that matches nothing",
		"Patterns are compared with names, not aliases; directories move between "
		"kernels. If nothing is fine, write NAME?." },
	[LINT_NOT_UTF8] = { "not-utf8", LINT_WARNING, false,
		"bytes that are no UTF-8",
		"Names are ASCII; a comment in another encoding is unreadable." },
	[LINT_PATH] = { "path", LINT_INFO, true,
		"a path or a suffix instead of a name",
		"Only the last component counts, without .ko and the compression, and both "
		"change between kernels. Write the name." },
	[LINT_REDUNDANT] = { "redundant", LINT_INFO, true,
		"a name that other lines pull in anyway, for every kernel given",
		"Dependencies need no lines of their own. --fix drops it where those lines are "
		"in the same list." },
	[LINT_SEVERAL_MODULES] = { "several-modules", LINT_INFO, false,
		"an alias that several modules answer",
		"All are taken, and the kernel chooses. Name one if only that is wanted." },
	[LINT_TRAILING_BLANK] = { "trailing-blank", LINT_INFO, true,
		"blanks at the end of a line",
		"modbox ignores them; other readers, and diffs, may not." },
	[LINT_UNKNOWN_KEYWORD] = { "unknown-keyword", LINT_WARNING, false,
		"a keyword that modprobe.d does not have",
		"libkmod passes the line over. A comment begins in the first column." },
	[LINT_UNKNOWN_NAME] = { "unknown-name", LINT_ERROR, false,
		"a name that is no module, alias or built-in",
		"Copying ends with status 1. Correct it; if only some kernels have it, write "
		"NAME?." },
	[LINT_UNMATCHED_EXCLUSION] = { "unmatched-exclusion", LINT_WARNING, false,
		"an exclusion of nothing",
		"That is no error elsewhere, so that a misspelt one goes unnoticed. What is "
		"built in cannot be left out." },
	[LINT_UNREACHED_SOFTDEP] = { "unreached-softdep", LINT_WARNING, false,
		"a softdep line that another one hides",
		"libkmod takes the first that matches, in the order of file names, of which "
		"the kernel's own modules.softdep is one. Put all into one line." },
};
/* clang-format on */

enum lint_rule_number lint_rule_find(const char *id, size_t len)
{
	int i;

	for (i = 0; i < LINT_RULES; i++)
		if (strlen(lint_rules[i].id) == len &&
		    memcmp(lint_rules[i].id, id, len) == 0)
			break;
	return (enum lint_rule_number)i;
}
