// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * killat N COMMAND...
 *
 * Run a command and kill it with all its threads at their N-th system call, counted
 * over all threads; that call is not made.  Waits for everything that the command
 * started.  Exits with 137 if it was killed, else with the command's status.  With N =
 * 0, prints the number of calls on standard error.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	OPTIONS = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL,
	SYSCALL_STOP = SIGTRAP | 0x80,
};

static void die(const char *what)
{
	fprintf(stderr, "killat: %s: %s\n", what, strerror(errno));
	exit(125);
}

static pid_t start(char **command)
{
	pid_t pid = fork();

	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execvp(*command, command);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, NULL, 0) != pid ||
	    ptrace(PTRACE_SETOPTIONS, pid, NULL, OPTIONS) < 0)
		die(*command);
	return pid;
}

/* Whether the thread stopped on entry to a system call, not on exit. */
static bool at_entry(pid_t thread)
{
	struct __ptrace_syscall_info info;

	return ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof(info), &info) > 0 &&
	       info.op == PTRACE_SYSCALL_INFO_ENTRY;
}

/* The signal to pass on to a stopped thread, or 0 if tracing stopped it. */
static int passed_on(int status)
{
	int number = WSTOPSIG(status);

	return number == SYSCALL_STOP || number == SIGTRAP || number == SIGSTOP ? 0 :
										  number;
}

int main(int argc, char **argv)
{
	unsigned long n = argc > 2 ? strtoul(argv[1], NULL, 10) : 0, calls = 0;
	pid_t pid, thread;
	int status;

	if (argc < 3)
		return 125;
	pid = start(argv + 2);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	ptrace(PTRACE_SYSCALL, pid, NULL, 0);
	while ((thread = waitpid(-1, &status, __WALL)) != pid || WIFSTOPPED(status)) {
		if (thread < 0)
			die("wait");
		if (!WIFSTOPPED(status)) /* another thread ended */
			continue;
		if (WSTOPSIG(status) == SYSCALL_STOP && at_entry(thread) && ++calls == n)
			kill(pid, SIGKILL);
		ptrace(PTRACE_SYSCALL, thread, NULL, passed_on(status));
	}
	while (wait(NULL) >= 0) /* orphans of the command */
		;
	if (!n)
		fprintf(stderr, "%lu\n", calls);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
