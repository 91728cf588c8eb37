/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_INSTALL_PROGRAM_H
#define MODBOX_INSTALL_PROGRAM_H

/*
 * Run a program, found in PATH, and wait for it. argv ends with NULL; NULLs before it are
 * not allowed. Its output goes where ours goes. label names the file that it works on.
 * Returns 0, or -1 and reports it (status 4): it cannot be run, or fails.
 */
int run_program(const char *const *argv, const char *label);

#endif
