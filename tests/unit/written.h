/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_WRITTEN_H
#define TESTS_WRITTEN_H

/* Include after <cmocka.h>. */
#include "report/report.h"
#include "tempdir.h"

/* Return what a report writes to standard output. */
static inline const char *written(void (*write)(const struct report *),
				  const struct report *report)
{
	int fd = open("out", O_WRONLY | O_CREAT | O_TRUNC, 0644), old = dup(1);

	assert_true(fd >= 0 && old >= 0);
	fflush(stdout);
	assert_int_equal(dup2(fd, 1), 1);
	write(report);
	fflush(stdout);
	assert_int_equal(dup2(old, 1), 1);
	close(fd);
	close(old);
	return get("out");
}

#endif
