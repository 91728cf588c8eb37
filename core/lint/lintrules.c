// SPDX-License-Identifier: GPL-2.0-or-later
/* The rules of modlist-lint, with the texts for --rules and --explain. */
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
		"a modprobe.d alias of another alias",
		"libkmod expects a module name as the target and does not follow a second alias, "
		"so nothing is loaded. Name the module." },
	[LINT_BAD_IGNORE] = { "bad-ignore", LINT_WARNING, false,
		"an ignore comment without a valid rule",
		"It has no effect. Write '# modlist-lint: ignore RULE...' with rules from --rules." },
	[LINT_BLACKLISTED] = { "blacklisted", LINT_WARNING, false,
		"a listed module that modprobe.d blacklists",
		"The module is copied, but the kernel does not load it for a device. Remove "
		"either line, or load the module by name." },
	[LINT_BUILT_IN] = { "built-in", LINT_INFO, false,
		"a name that is built into the kernel",
		"The kernel needs no module for it. Keep the line only if other kernels have the "
		"module." },
	[LINT_CONCRETE_CRYPTO] = { "concrete-crypto", LINT_INFO, false,
		"a crypto module instead of its algorithm's alias",
		"Implementations depend on the architecture and change between kernels. Request "
		"the alias crypto-NAME: it selects every implementation." },
	[LINT_CONF_SYNTAX] = { "conf-syntax", LINT_WARNING, false,
		"an incomplete or binary line in modprobe.d",
		"libkmod ignores it. See modprobe.d(5)." },
	[LINT_CONF_UNKNOWN_MODULE] = { "conf-unknown-module", LINT_INFO, false,
		"options or a softdep for a module that no kernel has",
		"The line has no effect. Check the spelling, and whether the module was renamed." },
	[LINT_CONTROL_CHARACTER] = { "control-character", LINT_WARNING, false,
		"a control character",
		"It becomes part of the name or confuses terminals. Remove it." },
	[LINT_CRLF] = { "crlf", LINT_WARNING, true,
		"lines that end with CRLF",
		"modbox drops the CR; other programs take it as part of the name." },
	[LINT_DANGLING_LINE] = { "dangling-line", LINT_WARNING, false,
		"a continuation backslash with nothing after it",
		"Add the missing text, or remove the backslash." },
	[LINT_DEBUG_INFO] = { "debug-info", LINT_INFO, false,
		"a module with debug sections",
		"The kernel does not load them; they only make the image larger. strip "
		"--strip-debug removes them, but also a signature: sign the module afterwards." },
	[LINT_DUPLICATE] = { "duplicate", LINT_WARNING, true,
		"a name that is listed twice",
		"- and _ count as the same. One of the lines may be a typing error. --fix removes "
		"one if both are in the same list." },
	[LINT_EMPTY_LIST] = { "empty-list", LINT_ERROR, false,
		"a list that requests nothing",
		"If no list requests a module, rpi-modcopy exits with status 5." },
	[LINT_INLINE_COMMENT] = { "inline-comment", LINT_ERROR, true,
		"a comment on the same line as a name",
		"The comment becomes part of the name, and no kernel has such a module. --fix moves "
		"it to a line of its own." },
	[LINT_INSTALL_COMMAND] = { "install-command", LINT_WARNING, false,
		"a module replaced by a modprobe.d install command",
		"modprobe runs the command instead of loading the module. The image needs the "
		"programs that the command runs." },
	[LINT_INSTALL_NEEDS] = { "install-needs", LINT_WARNING, false,
		"an install command that loads an unselected module",
		"Commands are not searched for dependencies. Add the module to a list." },
	[LINT_LEFTOVER_KERNEL] = { "leftover-kernel", LINT_WARNING, false,
		"a kernel's directory without modules.dep and kernel/",
		"A removed kernel, or a package of one module, left it beside complete kernels. "
		"--all-kernels does not check it. Remove it, or choose kernels with -k." },
	[LINT_LONG_LINE] = { "long-line", LINT_ERROR, false,
		"a line over 4096 bytes",
		"The whole list is rejected. Put one name on each line." },
	[LINT_MISSING_DEPENDENCY] = { "missing-dependency", LINT_ERROR, false,
		"a module whose dependency is missing",
		"The module cannot be loaded. Install all packages of this kernel in SOURCE." },
	[LINT_MISSING_FIRMWARE] = { "missing-firmware", LINT_INFO, false,
		"firmware of a listed module that SOURCE does not have",
		"Drivers list files for every device and version. Check whether yours needs one. "
		"This rule is skipped if SOURCE has no firmware at all." },
	[LINT_MISSING_SOFTDEP] = { "missing-softdep", LINT_INFO, false,
		"a missing softdep or weakdep",
		"The module loads without it, but may be slower or lack features." },
	[LINT_NEEDED_EXCLUSION] = { "needed-exclusion", LINT_ERROR, false,
		"an exclusion of a requested or needed module",
		"Modules that need it cannot be loaded. Exclude them too, or remove the exclusion." },
	[LINT_NO_MATCH] = { "no-match", LINT_ERROR, false,
		"a pattern or directory that matches nothing",
		"Patterns match names, not aliases; directories move between kernels. If the line "
		"may match nothing, end it with '?'." },
	[LINT_NOT_UTF8] = { "not-utf8", LINT_WARNING, false,
		"bytes that are not UTF-8",
		"Names are ASCII, and a comment in another encoding is unreadable. Convert the list." },
	[LINT_PATH] = { "path", LINT_INFO, true,
		"a path or file name instead of a module name",
		"Only the name in it counts; directories and suffixes change between kernels. Write "
		"the name alone." },
	[LINT_REDUNDANT] = { "redundant", LINT_INFO, true,
		"a name that other lines already pull in for every kernel",
		"Dependencies need no lines of their own. --fix removes the line if those lines are "
		"in the same list." },
	[LINT_SEVERAL_MODULES] = { "several-modules", LINT_INFO, false,
		"an alias of several modules",
		"All of them are selected. To select only one, list its name." },
	[LINT_STALE_INDEX] = { "stale-index", LINT_WARNING, false,
		"indexes that are older than a module, or do not have it",
		"modprobe believes the indexes: it loads a replaced module without its new "
		"dependencies, and does not find a new one. Run depmod. (modbox reads such modules.)" },
	[LINT_TRAILING_BLANK] = { "trailing-blank", LINT_INFO, true,
		"spaces or tabs at the end of a line",
		"modbox ignores them; other programs may not." },
	[LINT_UNKNOWN_KEYWORD] = { "unknown-keyword", LINT_WARNING, false,
		"an unknown keyword in modprobe.d",
		"libkmod ignores the line. A comment must start in the first column." },
	[LINT_UNKNOWN_NAME] = { "unknown-name", LINT_ERROR, false,
		"a name that is not a module, alias or built-in",
		"rpi-modcopy exits with status 1. Correct the name; if only some kernels have it, "
		"write NAME?." },
	[LINT_UNMATCHED_EXCLUSION] = { "unmatched-exclusion", LINT_WARNING, false,
		"an exclusion that matches no module",
		"rpi-modcopy does not report it. Check the spelling; a built-in cannot be "
		"excluded." },
	[LINT_UNREACHED_SOFTDEP] = { "unreached-softdep", LINT_WARNING, false,
		"a softdep line hidden by an earlier one",
		"libkmod uses only the first line that matches, in order of file names (the "
		"kernel's modules.softdep is one of them). Merge the lines into one." },
	[LINT_VERMAGIC] = { "vermagic", LINT_WARNING, false,
		"a module built for a kernel of another version than its directory",
		"A kernel refuses such a module, or looks for its modules in another directory: the "
		"one that uname -r names. Build the module for this kernel, or rename the directory." },
	[LINT_WILL_NOT_LOAD] = { "will-not-load", LINT_ERROR, false,
		"a module that the kernel will refuse, or may (--prove)",
		"At boot, the module and those that need it are missing. Use the modules that were "
		"built with this kernel image, or build external ones for it. What is unproved may "
		"load; --prove=known makes it a warning." },
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
