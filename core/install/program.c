// SPDX-License-Identifier: GPL-2.0-or-later
/* Programs that the user names, for stripping and signing. */
#include <errno.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/message.h"
#include "program.h"

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
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR) {
			error(STATUS_IO, "%s: cannot wait for %s: %m", label, argv[0]);
			return -1;
		}
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
