/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_ANSWER_H
#define MODBOX_ANSWER_H

/* What a name came to. */
enum answer {
	ANSWER_NONE,
	ANSWER_MODULES,
	ANSWER_BUILTIN,
	ANSWER_COMMAND, /* modprobe.d runs a command in its place */
};

#endif
