// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * swap DIRECTORY NAME OTHER [DIRECTORY NAME OTHER]...
 *
 * Exchange two files in each of these directories in turn until SIGTERM arrives, then
 * print the number of rounds.  The number is even, so every file has its own name in
 * the end.  The directories are opened once, at the start.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { MAX = 64 };

static volatile sig_atomic_t stopped;

static void stop(int number)
{
	(void)number;
	stopped = 1;
}

int main(int argc, char **argv)
{
	int dirs[MAX], n = (argc - 1) / 3, i;
	unsigned long rounds = 0;
	char **of = argv + 1;

	if (n < 1 || n > MAX || argc != 1 + 3 * n)
		return 125;
	signal(SIGTERM, stop);
	for (i = 0; i < n; i++)
		dirs[i] = open(of[3 * i], O_PATH | O_DIRECTORY);
	for (; !stopped || rounds % 2; rounds++) {
		for (i = 0; i < n; i++) {
			if (renameat2(dirs[i], of[3 * i + 1], dirs[i], of[3 * i + 2],
				      RENAME_EXCHANGE) == 0)
				continue;
			fprintf(stderr, "swap: %s/%s: %s\n", of[3 * i], of[3 * i + 1],
				strerror(errno));
			return 1;
		}
	}
	printf("%lu\n", rounds);
	return 0;
}
