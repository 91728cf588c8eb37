/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

/* Included by every file of unit tests: cmocka, and the C library's most common headers. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Define main(), which runs tests[] between these two functions (may be NULL). */
#define UNIT_TEST_MAIN(setup, teardown)                                \
	int main(void)                                                 \
	{                                                              \
		return cmocka_run_group_tests(tests, setup, teardown); \
	}

#endif
