// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Findings as messages, and the sum. If the image is of another version than the modules,
 * that is said first, and all else only as numbers by rule.
 */
#include <string.h>

#include "base/message.h"
#include "prover.h"

static const struct {
	const char *key;    /* for programs */
	const char *reason; /* of many modules at once */
} rules[RULES] = {
	[RULE_LOADER] = { "loader", "compression that the loader cannot read" },
	[RULE_SIGNATURE] = { "signature", "signatures" },
	[RULE_FILE] = { "file", "the file cannot be read" },
	[RULE_MACHINE] = { "machine", "another machine" },
	[RULE_STRUCT] = { "struct-module", "another struct module" },
	[RULE_LAYOUT] = { "module-layout", "another module_layout" },
	[RULE_VERMAGIC] = { "vermagic", "another vermagic" },
	[RULE_SYMBOL] = { "symbol", "unknown symbols" },
	[RULE_CRC] = { "crc", "symbols with another CRC" },
	[RULE_NAMESPACE] = { "namespace", "namespaces that are not imported" },
	[RULE_LICENSE] = { "license", "symbols that the license forbids" },
	[RULE_DUPLICATE] = { "duplicate", "exports that are there already" },
	[RULE_CONFIG] = { "config", "the configuration" },
};

const char *proof_verdict_name(enum proof_verdict verdict)
{
	static const char *const names[] = { "proved", "unproved", "refused" };

	return names[verdict];
}

const char *proof_rule_name(enum proof_rule rule)
{
	return rules[rule].key;
}

char *proof_text(const struct finding *finding)
{
	CLEANUP_FREE char *more =
		finding->more ? xasprintf(", and %zu more", finding->more) : xstrdup("");

	if (!finding->errno_name)
		return xasprintf("%s%s", finding->text, more);
	if (!finding->message)
		return xasprintf("%s (%s)%s", finding->text, finding->errno_name, more);
	return xasprintf("%s (%s, \"%s\")%s", finding->text, finding->errno_name,
			 finding->message, more);
}

bool proof_is_unread(const struct finding *finding)
{
	return finding->rule == RULE_FILE && finding->verdict == UNPROVED;
}

static bool is_said_of_signature(const struct finding *finding)
{
	return finding->rule == RULE_SIGNATURE && finding->verdict == PROVED;
}

/* What is not known is an error, unless only what is known counts. */
static void report_unproved(bool known_only, const char *path, const char *text)
{
	if (known_only)
		warning("%s: unproved: %s", path, text);
	else
		error(STATUS_MISSING, "%s: unproved: %s", path, text);
}

static void report_finding(const struct proof *proof, const struct finding *finding,
			   const struct proof_options *options, bool known_only)
{
	const char *path = proof->plan->modules[finding->module].path;
	CLEANUP_FREE char *text = proof_text(finding);

	if (proof_is_unread(finding))
		error(STATUS_IO, "%s: %s", path, text);
	else if (finding->verdict == REFUSED && options->force)
		warning("%s: refused: %s", path, text);
	else if (finding->verdict == REFUSED)
		error(STATUS_MISSING, "%s: refused: %s", path, text);
	else if (finding->verdict == UNPROVED)
		report_unproved(known_only, path, text);
	else
		notice("%s: %s", path, text);
}

/* The modules of a verdict, by the first rule that gives it. */
static void report_rules(const struct proof *proof, enum proof_verdict verdict,
			 bool known_only)
{
	const char *word = proof_verdict_name(verdict);

	for (unsigned rule = 0; rule < RULES; rule++) {
		size_t n = 0, last = SIZE_MAX;

		for (size_t i = 0; i < proof->n_findings; i++) {
			const struct finding *finding = &proof->findings[i];

			if (finding->verdict != verdict || finding->module == last ||
			    proof->verdicts[finding->module] != verdict)
				continue;
			last = finding->module;
			n += finding->rule == rule;
		}
		if (n && verdict == UNPROVED && known_only)
			warning("%zu module%s %s: %s", n, n == 1 ? "" : "s", word,
				rules[rule].reason);
		else if (n)
			error(STATUS_MISSING, "%zu module%s %s: %s", n, n == 1 ? "" : "s",
			      word, rules[rule].reason);
	}
}

enum { NAMED = 10 };

/* Whether to leave out what is only said of signatures: if it is of more than named. */
static bool report_unsigned(const struct proof *proof, size_t named)
{
	size_t n = 0;

	for (size_t i = 0; i < proof->n_findings; i++)
		n += is_said_of_signature(&proof->findings[i]);
	if (n <= named)
		return false;
	notice("%zu module%s no signature that counts: loading %s taints the kernel "
	       "(-v names %s)",
	       n, n == 1 ? " has" : "s have", n == 1 ? "it" : "them",
	       n == 1 ? "it" : "them");
	return true;
}

static void report_sum(const struct proof *proof)
{
	size_t counts[REFUSED + 1] = { 0 };

	for (size_t i = 0; i < proof->plan->n_modules; i++)
		counts[proof->verdicts[i]]++;
	notice("%zu module%s proved, %zu refused, %zu unproved; %s, %zu exports; %s",
	       counts[PROVED], counts[PROVED] == 1 ? "" : "s", counts[REFUSED],
	       counts[UNPROVED], proof->image ? proof->image : "no image",
	       proof->n_exports, proof->signers);
}

int proof_report(const struct proof *proof, const struct proof_options *options,
		 bool verbose)
{
	bool known_only = strcmp(options->prove, "known") == 0, good, brief;

	if (proof->other)
		warning("%s is of the kernel %s, the modules are of %s", proof->image,
			proof->other, proof->plan->version);
	/* Where an image is lacking, that has been said. */
	for (size_t i = 0; i < proof->n_unknowns; i++)
		report_unproved(known_only, proof->plan->version, proof->unknowns[i]);
	if (proof->archive == REFUSED)
		error(STATUS_MISSING, "%s: refused: %s", proof->plan->version,
		      proof->archive_text);
	else if (proof->archive == UNPROVED)
		report_unproved(known_only, proof->plan->version, proof->archive_text);
	good = proof->archive == PROVED || (known_only && proof->archive == UNPROVED);
	if (proof->other && !verbose) {
		report_rules(proof, REFUSED, known_only);
		report_rules(proof, UNPROVED, known_only);
	}
	brief = !verbose && !proof->other &&
		report_unsigned(proof, options->brief ? 0 : NAMED);
	for (size_t i = 0; i < proof->n_findings; i++) {
		const struct finding *finding = &proof->findings[i];

		if ((!proof->other || verbose || proof_is_unread(finding)) &&
		    !(brief && is_said_of_signature(finding)))
			report_finding(proof, finding, options, known_only);
	}
	for (size_t i = 0; i < proof->plan->n_modules; i++)
		good &= proof->verdicts[i] == PROVED ||
			(known_only && proof->verdicts[i] == UNPROVED) || options->force;
	if (!options->brief || !good || verbose)
		report_sum(proof);
	return good ? 0 : -1;
}
