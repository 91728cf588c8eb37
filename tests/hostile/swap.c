// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * swap NAME OTHER [NAME OTHER]...
 *
 * Exchange the two files of each pair, one pair after the other, until SIGTERM comes, and
 * say then on standard output how often that was done.  An even number of times: all has
 * its own name in the end.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static volatile sig_atomic_t stopped;

static void stop(int number)
{
	(void)number;
	stopped = 1;
}

int main(int argc, char **argv)
{
	unsigned long swaps = 0;
	int i;

	signal(SIGTERM, stop);
	if (argc < 3 || argc % 2 == 0)
		return 125;
	while (!stopped || swaps % 2) {
		for (i = 1; i < argc; i += 2) {
			if (renameat2(AT_FDCWD, argv[i], AT_FDCWD, argv[i + 1],
				      RENAME_EXCHANGE) == 0)
				continue;
			fprintf(stderr, "swap: %s: %s\n", argv[i], strerror(errno));
			return 1;
		}
		swaps++;
	}
	printf("%lu\n", swaps);
	return 0;
}
