// SPDX-License-Identifier: GPL-2.0-or-later
/* Turning signals that ask us to stop into a flag. */
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

#include "base/interrupt.h"
#include "base/message.h"

static const struct {
	int number;
	const char *name;
} caught[] = {
	{ SIGINT, "SIGINT" },
	{ SIGTERM, "SIGTERM" },
	{ SIGHUP, "SIGHUP" },
};

static volatile sig_atomic_t came; /* number of the signal that came, or 0 */

static void take(int number)
{
	came = number;
}

void interrupt_ignore_pipe(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

void interrupt_catch(void)
{
	/* No SA_RESTART: blocking system calls must return, so that the flag is seen. */
	struct sigaction action = { .sa_handler = take }, old;

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		if (sigaction(caught[i].number, NULL, &old) == 0 &&
		    old.sa_handler != SIG_IGN) /* nohup */
			sigaction(caught[i].number, &action, NULL);
	interrupt_ignore_pipe();
}

bool interrupted(void)
{
	static atomic_flag reported = ATOMIC_FLAG_INIT;
	int number = came;

	if (!number)
		return false;
	for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		if (caught[i].number == number && !atomic_flag_test_and_set(&reported))
			error(STATUS_IO, "interrupted by %s", caught[i].name);
	return true;
}
