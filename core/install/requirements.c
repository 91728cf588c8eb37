// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Requirements of a kernel as Gentoo's ebuilds state them: CONFIG_CHECK of
 * linux-info.eclass, MODULES_KERNEL_MIN and MODULES_KERNEL_MAX of linux-mod-r1.eclass.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "base/util.h"
#include "install/requirements.h"

/* Whether a text is numbers with dots between them. */
static bool is_version(const char *text)
{
	for (;;) {
		if (!isdigit((unsigned char)*text))
			return false;
		while (isdigit((unsigned char)*text))
			text++;
		if (!*text)
			return true;
		if (*text++ != '.')
			return false;
	}
}

const char *requirements_malformed(const struct requirements *r)
{
	if (r->minimum && !is_version(r->minimum))
		return r->minimum;
	return r->maximum && !is_version(r->maximum) ? r->maximum : NULL;
}

/* Compare a release with a version, in the numbers that the version has. */
static int compare(const char *release, const char *version)
{
	while (*version) {
		char *end, *next = NULL;
		unsigned long want = strtoul(version, &end, 10);
		unsigned long has = isdigit((unsigned char)*release) ?
					    strtoul(release, &next, 10) :
					    0;

		if (has != want)
			return has < want ? -1 : 1;
		version = *end == '.' ? end + 1 : end;
		release = next && *next == '.' ? next + 1 : "";
	}
	return 0;
}

/* Report a requirement that is not met. Returns whether it is an error. */
static bool object(bool only_warn, const char *text)
{
	if (only_warn)
		warning("%s", text);
	else
		error(STATUS_MISSING, "%s", text);
	return !only_warn;
}

/* One word of CONFIG_CHECK. Returns whether it is an error. */
static bool check_word(const char *word, const struct kconfig *config, const char *label,
		       bool force)
{
	bool optional = *word == '~', absent;
	CLEANUP_FREE char *text = NULL;

	word += optional;
	absent = *word == '!';
	word += absent;
	if (strncmp(word, "CONFIG_", 7) == 0)
		word += 7;
	if (kconfig_on(config, word) != absent)
		return false;
	text = xasprintf("%s: CONFIG_%s %s", label, word,
			 absent ? "is set, and the modules want it off" :
				  "is not set, and the modules want it");
	return object(optional || force, text);
}

static bool check_config(const struct requirements *r, const struct kconfig *config,
			 const char *label, const char *release, bool force, bool known)
{
	CLEANUP_FREE char *words = xstrdup(r->config);
	bool bad = false;
	char *rest = NULL;

	if (!config) {
		CLEANUP_FREE char *text = xasprintf(
			"%s: no configuration of the kernel, so --config-check is not "
			"known to hold; --kernel-config names one",
			release);

		return object(force || known, text);
	}
	for (char *word = strtok_r(words, " \t\n", &rest); word;
	     word = strtok_r(NULL, " \t\n", &rest))
		bad |= check_word(word, config, label, force);
	return bad;
}

int requirements_check(const struct requirements *r, const char *release,
		       const struct kconfig *config, const char *label, bool force,
		       bool known)
{
	CLEANUP_FREE char *low = NULL, *high = NULL;
	bool bad = false;

	if (r->minimum && compare(release, r->minimum) < 0) {
		low = xasprintf("the kernel %s is older than the modules' minimum, %s",
				release, r->minimum);
		bad |= object(force, low);
	}
	if (r->maximum && compare(release, r->maximum) > 0) {
		high = xasprintf("the kernel %s is newer than the modules' maximum, %s",
				 release, r->maximum);
		object(true, high);
	}
	if (r->config)
		bad |= check_config(r, config, label, release, force, known);
	return bad ? -1 : 0;
}
