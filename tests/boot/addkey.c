// SPDX-License-Identifier: GPL-2.0-or-later
/* addkey KEYRING <CERTIFICATE: add it (DER) to a keyring, by its number in hex. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static char cert[8192];
	ssize_t size = read(STDIN_FILENO, cert, sizeof(cert));
	unsigned long keyring = argc == 2 ? strtoul(argv[1], NULL, 16) : 0;

	if (size > 0 &&
	    syscall(SYS_add_key, "asymmetric", NULL, cert, size, keyring) >= 0)
		return 0;
	perror("addkey");
	return 1;
}
