// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * without openat2|tmpfile ENOSYS|EPERM|EOPNOTSUPP COMMAND...
 *
 * Run a command like on an older kernel, in a sandbox or on another file system: a
 * seccomp filter makes openat2(2), or openat(2) with O_TMPFILE, fail with this error.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOAD(field) \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, value)

int main(int argc, char **argv)
{
	/* The bit of O_TMPFILE that is not shared with O_DIRECTORY. */
	unsigned tmpfile = O_TMPFILE & ~O_DIRECTORY, failure;
	struct sock_filter code[] = {
		LOAD(nr),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 2),
		LOAD(args[2]), /* lower half of the flags */
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, tmpfile, 1, 0),
		RETURN(SECCOMP_RET_ALLOW),
		RETURN(SECCOMP_RET_ERRNO),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(*code), code };

	if (argc < 4)
		return 125;
	failure = strcmp(argv[2], "EPERM") == 0	 ? EPERM :
		  strcmp(argv[2], "ENOSYS") == 0 ? ENOSYS :
						   EOPNOTSUPP;
	code[5].k |= failure;
	if (strcmp(argv[1], "openat2") == 0) {
		code[1].k = SYS_openat2;
		code[1].jt = 3;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0) {
		perror("without");
		return 125;
	}
	execvp(argv[3], argv + 3);
	perror(argv[3]);
	return 127;
}
