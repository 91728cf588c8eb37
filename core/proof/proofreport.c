// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Findings as messages, and the sum. If the image is of another version than the modules,
 * that is said first, and all else only as numbers by rule.
 */
#include <string.h>

#include "base/message.h"
#include "prover.h"

static const char *const rule_names[RULES] = {
	[RULE_FILE] = "the file cannot be read",
	[RULE_MACHINE] = "another machine",
	[RULE_STRUCT] = "another struct module",
	[RULE_LAYOUT] = "another module_layout",
	[RULE_VERMAGIC] = "another vermagic",
	[RULE_SYMBOL] = "unknown symbols",
	[RULE_CRC] = "symbols with another CRC",
	[RULE_NAMESPACE] = "namespaces that are not imported",
	[RULE_LICENSE] = "symbols that the license forbids",
	[RULE_DUPLICATE] = "exports that are there already",
	[RULE_CONFIG] = "the configuration",
};

/* What is not known is an error, unless only what is known counts. */
static void report_unproved(bool known_only, const char *path, const char *text)
{
	if (known_only)
		warning("%s: unproved: %s", path, text);
	else
		error(STATUS_MISSING, "%s: unproved: %s", path, text);
}

/* A file that could not be read, whatever the kernel would say to it. */
static bool is_unread(const struct finding *finding)
{
	return finding->rule == RULE_FILE && finding->verdict == UNPROVED;
}

static void report_finding(const struct prover *p, const struct finding *finding,
			   bool known_only)
{
	const char *path = p->plan->modules[finding->module].path;
	CLEANUP_FREE char *text =
		finding->more ?
			xasprintf("%s, and %zu more", finding->text, finding->more) :
			xstrdup(finding->text);

	if (is_unread(finding))
		error(STATUS_IO, "%s: %s", path, text);
	else if (finding->verdict == REFUSED)
		error(STATUS_MISSING, "%s: refused: %s", path, text);
	else if (finding->verdict == UNPROVED)
		report_unproved(known_only, path, text);
	else
		notice("%s: %s", path, text);
}

/* The modules of a verdict, by the first rule that gives it. */
static void report_rules(const struct prover *p, enum proof_verdict verdict,
			 bool known_only)
{
	const char *word = verdict == REFUSED ? "refused" : "unproved";

	for (unsigned rule = 0; rule < RULES; rule++) {
		size_t n = 0, last = SIZE_MAX;

		for (size_t i = 0; i < p->n_findings; i++) {
			const struct finding *finding = &p->findings[i];

			if (finding->verdict != verdict || finding->module == last ||
			    p->modules[finding->module].verdict != verdict)
				continue;
			last = finding->module;
			n += finding->rule == rule;
		}
		if (n && verdict == UNPROVED && known_only)
			warning("%zu module%s %s: %s", n, n == 1 ? "" : "s", word,
				rule_names[rule]);
		else if (n)
			error(STATUS_MISSING, "%zu module%s %s: %s", n, n == 1 ? "" : "s",
			      word, rule_names[rule]);
	}
}

/* Whether the image is another version's; that is said. */
static bool report_other_version(const struct prover *p)
{
	const struct kernel_image *image = &p->kernel->image;

	if (!image->release || strcmp(p->plan->version, ".") == 0 ||
	    strcmp(image->release, p->plan->version) == 0)
		return false;
	warning("%s is of the kernel %s, the modules are of %s", p->kernel->image_label,
		image->release, p->plan->version);
	return true;
}

/* What is unknown for all modules. Where an image is lacking, that has been said. */
static void report_unknown(const struct prover *p, bool known_only)
{
	const char *texts[UNKNOWNS_MAX];
	size_t n = proof_kernel_unknowns(p->kernel, texts);

	for (size_t i = 0; i < n; i++)
		report_unproved(known_only, p->plan->version, texts[i]);
}

static void report_sum(const struct prover *p)
{
	size_t counts[REFUSED + 1] = { 0 }, exports = 0;

	for (size_t i = 0; i < p->plan->n_modules; i++)
		counts[p->modules[i].verdict]++;
	if (p->kernel->exports)
		exports = p->kernel->exports->n;
	notice("%zu module%s proved, %zu refused, %zu unproved; %s, %zu exports; "
	       "signatures not verified",
	       counts[PROVED], counts[PROVED] == 1 ? "" : "s", counts[REFUSED],
	       counts[UNPROVED],
	       p->kernel->image_label ? p->kernel->image_label : "no image", exports);
}

int prover_report(const struct prover *p, const struct proof_options *options,
		  bool verbose)
{
	bool known_only = strcmp(options->prove, "known") == 0, good = true;
	bool other = report_other_version(p);

	report_unknown(p, known_only);
	if (other && !verbose) {
		report_rules(p, REFUSED, known_only);
		report_rules(p, UNPROVED, known_only);
	}
	for (size_t i = 0; i < p->n_findings; i++)
		if (!other || verbose || is_unread(&p->findings[i]))
			report_finding(p, &p->findings[i], known_only);
	for (size_t i = 0; i < p->plan->n_modules; i++)
		good &= p->modules[i].verdict == PROVED ||
			(known_only && p->modules[i].verdict == UNPROVED);
	report_sum(p);
	return good ? 0 : -1;
}
