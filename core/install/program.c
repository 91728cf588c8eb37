// SPDX-License-Identifier: GPL-2.0-or-later
/* Programs that the user names, for stripping and signing. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/message.h"
#include "program.h"

enum { TICK = 100 }; /* milliseconds between two looks for a signal */

/*
 * Wait until a child ends; terminate it if a signal comes, which another thread may have
 * got. On kernels before 5.3 signals only count when it has ended.
 */
static void stop_on_signal(pid_t child)
{
	struct pollfd end = { .events = POLLIN };
	int n = 0;

	end.fd = (int)syscall(SYS_pidfd_open, child, 0);
	if (end.fd < 0)
		return;
	while (n == 0 && !interrupted()) {
		n = poll(&end, 1, TICK);
		n = n < 0 && errno == EINTR ? 0 : n;
	}
	if (interrupted())
		kill(child, SIGTERM);
	close(end.fd);
}

int run_program(const char *const *argv, const char *label)
{
	int result, status;
	pid_t child;

	result = posix_spawnp(&child, argv[0], NULL, NULL, (char *const *)(uintptr_t)argv,
			      environ);
	if (result != 0) {
		errno = result;
		error(STATUS_IO, "%s: cannot run %s: %m", label, argv[0]);
		return -1;
	}
	stop_on_signal(child);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR) {
			error(STATUS_IO, "%s: cannot wait for %s: %m", label, argv[0]);
			return -1;
		}
	if (interrupted())
		return -1;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFEXITED(status))
		error(STATUS_IO, "%s: %s failed with status %d", label, argv[0],
		      WEXITSTATUS(status));
	else
		error(STATUS_IO, "%s: %s was killed by signal %d", label, argv[0],
		      WTERMSIG(status));
	return -1;
}
