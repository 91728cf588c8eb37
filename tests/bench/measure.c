// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * measure OUT COMMAND...: run a command, append a line to OUT with the resources that
 * it and its children used, and exit with its status.  The columns are:
 *
 *     wall time in microseconds, processor time in microseconds,
 *     memory of the largest process in bytes (getrusage's ru_maxrss),
 *     bytes returned by calls (rchar), bytes read from storage (read_bytes)
 *
 * proc(5) describes the last two in /proc/PID/io; the kernel includes children that
 * were waited for.  Reads of mapped files are not calls: they count in read_bytes only,
 * and only if the file was not in the page cache.
 */
#include <errno.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

static long long microseconds(struct timeval t)
{
	return t.tv_sec * 1000000LL + t.tv_usec;
}

/* Whether line is the one with this name; *number gets its value. */
static bool read_number(const char *line, const char *name, long long *number)
{
	size_t len = strlen(name);

	if (strncmp(line, name, len) != 0)
		return false;
	*number = strtoll(line + len, NULL, 10);
	return true;
}

static int read_io(long long *rchar, long long *read_bytes)
{
	FILE *io = fopen("/proc/self/io", "re");
	char line[80];
	int found = 0;

	while (io && fgets(line, sizeof(line), io))
		found += read_number(line, "rchar:", rchar) ||
			 read_number(line, "read_bytes:", read_bytes);
	if (io)
		fclose(io);
	return found == 2 ? 0 : -1;
}

int main(int argc, char **argv, char **environment)
{
	long long rchar[2] = { 0 }, read_bytes[2] = { 0 };
	struct timespec start, end;
	struct rusage usage;
	FILE *out = argc > 2 ? fopen(argv[1], "ae") : NULL;
	int status;
	pid_t pid;

	if (!out || read_io(&rchar[0], &read_bytes[0]) < 0) {
		fprintf(stderr, "measure: no OUT, no COMMAND or no /proc/self/io\n");
		return 125;
	}
	clock_gettime(CLOCK_MONOTONIC, &start);
	errno = posix_spawnp(&pid, argv[2], NULL, NULL, argv + 2, environment);
	if (errno) {
		perror(argv[2]);
		return 127;
	}
	if (wait4(pid, &status, 0, &usage) < 0) {
		perror("measure");
		return 125;
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	if (read_io(&rchar[1], &read_bytes[1]) < 0)
		return 125;
	fprintf(out, "%lld %lld %lld %lld %lld\n",
		(end.tv_sec - start.tv_sec) * 1000000LL +
			(end.tv_nsec - start.tv_nsec) / 1000,
		microseconds(usage.ru_utime) + microseconds(usage.ru_stime),
		usage.ru_maxrss * 1024LL, rchar[1] - rchar[0],
		read_bytes[1] - read_bytes[0]);
	if (fclose(out) != 0)
		return 125;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
