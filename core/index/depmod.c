// SPDX-License-Identifier: GPL-2.0-or-later
/* Find and run depmod(8), and relay its messages. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/message.h"
#include "base/util.h"
#include "index/depmod.h"

enum {
	POLL_MS = 100,	  /* upper bound for noticing a signal that arrives just before
			     poll() */
	MAX_LINE = 65536, /* bytes; longer lines are split */
};

static bool is_program(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return false;
	if (!S_ISREG(st.st_mode))
		errno = EACCES;
	return S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

static char *find_in(const char *path, const char *name)
{
	while (path) {
		size_t len = strcspn(path, ":");
		/* An empty element is the current directory. */
		char *file = len ? xasprintf("%.*s/%s", (int)len, path, name) :
				   xasprintf("./%s", name);

		if (is_program(file))
			return file;
		free(file);
		path = path[len] ? path + len + 1 : NULL;
	}
	return NULL;
}

static char *look_up(const char *name)
{
	char *file = find_in(getenv("PATH"), name);

	return file ? file : find_in("/sbin:/usr/sbin", name);
}

char *depmod_look(void)
{
	return look_up("depmod");
}

char *depmod_find(const char *given)
{
	const char *name = given ? given : "depmod";
	char *file;

	if (strchr(name, '/')) {
		if (is_program(name))
			return xstrdup(name);
		error(STATUS_IO, "--depmod=%s: %m", name);
		return NULL;
	}
	file = look_up(name);
	if (!file && given)
		error(STATUS_IO, "--depmod=%s: not in PATH, /sbin or /usr/sbin", given);
	else if (!file)
		error(STATUS_IO, "depmod(8) not found: install kmod, or name one with "
				 "--depmod=PATH");
	return file;
}

/* strstr(3) for short lines: musl's two-way search would add 1.3 KB. */
static const char *find(const char *line, const char *what)
{
	size_t len = strlen(what);

	while (*line && strncmp(line, what, len) != 0)
		line++;
	return *line ? line : NULL;
}

/* Replace every r->from in line.  Frees line and returns the new one. */
static char *replace(char *line, const struct replacement *r)
{
	size_t from = strlen(r->from), to = strlen(r->to), at = 0;
	const char *hit;

	while ((hit = find(line + at, r->from))) {
		char *next =
			xasprintf("%.*s%s%s", (int)(hit - line), line, r->to, hit + from);

		at = (size_t)(hit - line) + to;
		free(line);
		line = next;
	}
	return line;
}

static const char *skip(const char *line, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(line, prefix, len) == 0 ? line + len : line;
}

static void say_line(const struct depmod_call *call, const char *start, size_t len)
{
	char *line = xasprintf("%.*s", (int)len, start);

	for (size_t i = 0; i < call->n_replacements; i++)
		line = replace(line, &call->replacements[i]);
	/*
	 * kmod 30's depmod then lists the module without dependencies and exits with 0.
	 */
	if (find(line, "failed to load symbols from "))
		*call->unread = true;
	if (*line)
		warning("depmod: %s", skip(skip(line, "depmod: "), "WARNING: "));
	free(line);
}

/* Output of depmod that is not relayed yet. */
struct relay {
	const struct depmod_call *call;
	char text[MAX_LINE];
	size_t n;
};

static void say_lines(struct relay *relay, bool at_end)
{
	char *start = relay->text, *end = relay->text + relay->n, *newline;

	while ((newline = memchr(start, '\n', (size_t)(end - start)))) {
		say_line(relay->call, start, (size_t)(newline - start));
		start = newline + 1;
	}
	if (start < end && (at_end || relay->n == MAX_LINE)) {
		say_line(relay->call, start, (size_t)(end - start));
		start = end;
	}
	relay->n = (size_t)(end - start);
	memmove(relay->text, start, relay->n);
}

/*
 * Relay messages until the pipe closes, or until depmod ends while a child of its own
 * keeps the pipe open; then *ended is true and *status is set.  Returns -1 if a signal
 * came first.
 */
static int relay_output(const struct depmod_call *call, int fd, pid_t pid, bool *ended,
			int *status)
{
	struct relay *relay = xmalloc(sizeof(*relay));
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	ssize_t n = 1;

	relay->call = call;
	relay->n = 0;
	*ended = false;
	while (n != 0 && !interrupted()) {
		int ready = poll(&wait, 1, POLL_MS);

		if (ready == 0 && *ended)
			break;
		if (ready == 0)
			*ended = waitpid(pid, status, WNOHANG) == pid;
		if (ready <= 0)
			continue;
		n = read(fd, relay->text + relay->n, MAX_LINE - relay->n);
		if (n < 0 && errno != EINTR)
			break;
		if (n > 0)
			relay->n += (size_t)n;
		say_lines(relay, false);
	}
	say_lines(relay, true);
	free(relay);
	return interrupted() ? -1 : 0;
}

/* Give the child an empty stdin, its messages on fd, and the inherited descriptors. */
static int set_descriptors(posix_spawn_file_actions_t *actions, int fd,
			   const struct depmod_call *call)
{
	int failure =
		posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);

	if (!failure)
		failure = posix_spawn_file_actions_adddup2(actions, fd, 1);
	if (!failure)
		failure = posix_spawn_file_actions_adddup2(actions, fd, 2);
	/* A descriptor duplicated to itself loses its close-on-exec flag. */
	for (size_t i = 0; !failure && i < call->n_fds; i++)
		failure = posix_spawn_file_actions_adddup2(actions, call->fds[i],
							   call->fds[i]);
	return failure;
}

/*
 * Our environment with English messages and without KMOD_LOG. The caller frees the
 * array.
 */
static char **make_environment(void)
{
	static char language[] = "LC_ALL=C";
	size_t n = 0, i;
	char **env;

	for (i = 0; environ[i]; i++)
		;
	env = xcalloc(i + 2, sizeof(*env));
	for (i = 0; environ[i]; i++)
		if (strncmp(environ[i], "LC_ALL=", 7) != 0 &&
		    strncmp(environ[i], "KMOD_LOG=", 9) != 0)
			env[n++] = environ[i];
	env[n] = language;
	return env;
}

/*
 * Start depmod in its own process group: killing a wrapper script then kills its
 * children too.  Returns 0 or an errno.
 */
static int spawn_depmod(const struct depmod_call *call, int fd, pid_t *pid)
{
	const char *const args[] = { call->program, "-b", call->base,	 "-C",
				     call->config,  "--", call->version, NULL };
	char *argv[sizeof(args) / sizeof(args[0])], **env = make_environment();
	struct arena arena = { 0 };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t ours;
	int failure;

	for (size_t i = 0; i < sizeof(args) / sizeof(args[0]); i++)
		argv[i] = args[i] ? arena_strdup(&arena, args[i]) : NULL;
	sigemptyset(&ours);
	sigaddset(&ours, SIGPIPE); /* ours is ignored, and the child would inherit that */
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigdefault(&attr, &ours);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
	failure = set_descriptors(&actions, fd, call);
	if (!failure)
		failure = posix_spawn(pid, call->program, &actions, &attr, argv, env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	arena_free(&arena);
	free(env);
	return failure;
}

static int wait_for(pid_t pid, int *status)
{
	while (waitpid(pid, status, 0) < 0) {
		if (errno != EINTR)
			return -1;
		if (interrupted())
			kill(-pid, SIGKILL);
	}
	return 0;
}

static int judge(const struct depmod_call *call, int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFSIGNALED(status))
		error(STATUS_IO,
		      "%s: %s was killed by signal %d (%s): no indexes were made",
		      call->label, call->program, WTERMSIG(status),
		      strsignal(WTERMSIG(status)));
	else
		error(STATUS_IO, "%s: %s failed (status %d): no indexes were made",
		      call->label, call->program, WEXITSTATUS(status));
	return -1;
}

int depmod_run(const struct depmod_call *call)
{
	int pipes[2], failure, status;
	CLEANUP_FD int from = -1;
	bool ended;
	pid_t pid;

	if (interrupted())
		return -1;
	if (pipe2(pipes, O_CLOEXEC) < 0) {
		error(STATUS_IO, "cannot run %s: %m", call->program);
		return -1;
	}
	from = pipes[0];
	signal(SIGCHLD,
	       SIG_DFL); /* if inherited as ignored, waitpid() would lose the status */
	failure = spawn_depmod(call, pipes[1], &pid);
	close_fd(&pipes[1]);
	if (failure) {
		error(STATUS_IO, "cannot run %s: %s", call->program, strerror(failure));
		return -1;
	}
	if (relay_output(call, from, pid, &ended, &status) < 0 && !ended)
		kill(-pid, SIGKILL); /* safe: it writes to a private directory only */
	if (!ended && wait_for(pid, &status) < 0) {
		error(STATUS_IO, "cannot wait for %s: %m", call->program);
		return -1;
	}
	return interrupted() ? -1 : judge(call, status);
}
