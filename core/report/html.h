/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_HTML_H
#define MODBOX_HTML_H

#include <stdint.h>

#include "report/alone.h"
#include "report/sizes.h"

/* The input of a page's parts. */
struct html {
	const struct report *report;
	struct sizes sizes;
	struct alone alone;
	size_t *brought_by; /* for each module: the first request that reaches it, or
			       SIZE_MAX */
};

/*
 * The page with its style and scripts: core/report/html, as scripts/report-page put them
 * together (generated). Where a comment <!--@NAME--> stands, report_html() writes a part.
 */
extern const char report_page[];

/* Print text as HTML, also inside a quoted attribute. */
void html_put(const char *text);

/* Print a number with commas: 1,234,567. */
void html_put_number(uint64_t number);

/* Plain tables, for readers and, of the modules, for the script too. */
void html_requests(const struct html *html);
void html_modules(const struct html *html);
void html_firmware(const struct html *html);

/* What is missing, and what the proof does not know; nothing if there is nothing. */
void html_notes(const struct html *html);

/* The plan for the script: JSON, of which core/report/html/data.js says the form. */
void html_data(const struct html *html);

#endif
