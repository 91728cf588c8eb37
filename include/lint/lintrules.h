/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_LINTRULES_H
#define MODBOX_LINTRULES_H

#include <stdbool.h>
#include <stddef.h>

enum lint_severity { LINT_INFO, LINT_WARNING, LINT_ERROR, LINT_SEVERITIES };

/* The rules, sorted by id. */
enum lint_rule_number {
	LINT_ALIAS_CHAIN,
	LINT_BAD_IGNORE,
	LINT_BLACKLISTED,
	LINT_BUILT_IN,
	LINT_CONCRETE_CRYPTO,
	LINT_CONF_SYNTAX,
	LINT_CONF_UNKNOWN_MODULE,
	LINT_CONTROL_CHARACTER,
	LINT_CRLF,
	LINT_DANGLING_LINE,
	LINT_DEBUG_INFO,
	LINT_DUPLICATE,
	LINT_EMPTY_LIST,
	LINT_INLINE_COMMENT,
	LINT_INSTALL_COMMAND,
	LINT_INSTALL_NEEDS,
	LINT_LEFTOVER_KERNEL,
	LINT_LONG_LINE,
	LINT_MISSING_DEPENDENCY,
	LINT_MISSING_FIRMWARE,
	LINT_MISSING_SOFTDEP,
	LINT_NEEDED_EXCLUSION,
	LINT_NO_MATCH,
	LINT_NOT_UTF8,
	LINT_PATH,
	LINT_REDUNDANT,
	LINT_SEVERAL_MODULES,
	LINT_STALE_INDEX,
	LINT_TRAILING_BLANK,
	LINT_UNKNOWN_KEYWORD,
	LINT_UNKNOWN_NAME,
	LINT_UNMATCHED_EXCLUSION,
	LINT_UNREACHED_SOFTDEP,
	LINT_VERMAGIC,
	LINT_WILL_NOT_LOAD,
	LINT_RULES, /* the number of rules: at most 64, for the sets in lint.h */
};

struct lint_rule {
	const char *id;
	enum lint_severity severity;
	bool fixed; /* --fix can fix it */
	const char *title;
	const char *advice; /* the consequence, then the remedy */
};

extern const struct lint_rule lint_rules[LINT_RULES];

/* The names of the severities: error, warning, info. */
extern const char *const lint_severities[LINT_SEVERITIES];

/* Return the rule with this id of len bytes, or LINT_RULES. */
enum lint_rule_number lint_rule_find(const char *id, size_t len);

#endif
