// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages on standard error, and the exit status that they latch. */
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/message.h"
#include "base/readat.h"
#include "base/workers.h"
#include "config.h"

static const char *program = "modbox";
static int latched = STATUS_OK;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool only_first;	 /* show only the first error */
static bool error_shown; /* an error was shown since then */
static int output_error; /* errno of the first failed flush of standard output */
static size_t messages;
static bool held;      /* messages stay in the buffer */
static bool one_place; /* standard output and standard error are one file */

void message_set_program(const char *name)
{
	static char room[64 << 10];

	program = name;
	/* Without a buffer, each character of a message is a system call. */
	setvbuf(stderr, room, _IOFBF, sizeof(room));
}

static bool is_held(void)
{
	return ENABLED(DEPMOD) && held;
}

void message_hold(bool on)
{
	struct stat out, err;

	held = on;
	if (!on)
		fflush(stderr);
	one_place = fstat(STDOUT_FILENO, &out) == 0 && fstat(STDERR_FILENO, &err) == 0 &&
		    out.st_dev == err.st_dev && out.st_ino == err.st_ino;
}

/* The severity of a status; the most severe one wins. */
static int severity(int status)
{
	static const int rank[] = {
		[STATUS_OK] = 0, [STATUS_MISSING] = 1, [STATUS_SOURCE] = 3,
		[STATUS_IO] = 4, [STATUS_USAGE] = 5,   [STATUS_EMPTY] = 2,
	};

	return rank[status];
}

void message_latch(enum status status)
{
	worker_lock(&lock);
	if (severity((int)status) > severity(latched))
		latched = (int)status;
	worker_unlock(&lock);
}

enum status source_status(int error_number)
{
	switch (error_number) {
	case ENOENT:
	case ENOTDIR:
	case ELOOP:
	case ENAMETOOLONG:
	case EACCES:
	case EPERM:
		return STATUS_SOURCE;
	default:
		return STATUS_IO;
	}
}

int message_status(void)
{
	return latched;
}

size_t message_count(void)
{
	return messages;
}

/*
 * File names and lists are not trusted: escape anything that could move the terminal's
 * cursor or fake another line.
 */
static void put_escaped(FILE *to, const char *s)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < 0x20 || c == 0x7f)
			fprintf(to, "\\%03o", c);
		else
			putc(c, to);
	}
}

static void flush_output(void)
{
	worker_lock(&lock);
	if ((fflush(stdout) != 0 || ferror(stdout)) && !output_error)
		output_error = errno;
	worker_unlock(&lock);
}

int output_finish(void)
{
	flush_output();
	if (!output_error)
		return 0;
	errno = output_error;
	error(STATUS_IO, "cannot write standard output: %m");
	return -1;
}

static void put_line(const char *kind, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

/* Whether a format has %m.  strstr(3) would add 1 KB to a static binary. */
static bool has_errno(const char *format)
{
	while ((format = strchr(format, '%')) && *++format != 'm')
		format += *format == '%';
	return format;
}

static void put_line(const char *kind, const char *format, va_list args)
{
	char *text = NULL, cut[1024];
	int failure = errno; /* for %m */
	FILE *to = is_held() && one_place ? stdout : stderr;
	va_list again;

	/* Where both go to one place, lines stay in their order. */
	if (!is_held())
		flush_output();
	va_copy(again, args);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	errno = failure;
	if (!text)
		vsnprintf(cut, sizeof(cut), format, again);
	va_end(again);
	worker_lock(&lock);
	messages++;
	flockfile(to);
	fprintf(to, "%s: %s", program, kind);
	put_escaped(to, text ? text : cut);
	if (ENABLED(FEATURE_HINTS) && has_errno(format))
		fputs(limit_name(failure), to);
	putc('\n', to);
	if (!is_held())
		fflush(to);
	funlockfile(to);
	worker_unlock(&lock);
	free(text);
}

void message_only_first(bool on)
{
	only_first = on;
	error_shown = false;
}

/* Whether to show an error. */
static bool is_first(void)
{
	bool first;

	worker_lock(&lock);
	first = !only_first || !error_shown;
	error_shown = true;
	worker_unlock(&lock);
	return first;
}

void error(enum status status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (is_first())
		put_line("", format, args);
	va_end(args);
	message_latch(status);
}

void warning(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_line("warning: ", format, args);
	va_end(args);
}

void notice(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_line("", format, args);
	va_end(args);
}
