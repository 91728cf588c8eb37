/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_ANSWER_H
#define MODBOX_ANSWER_H

/* The kind of thing a name resolves to. */
enum answer {
	ANSWER_NONE,
	ANSWER_MODULES,
	ANSWER_BUILTIN,
	ANSWER_COMMAND, /* an install command in modprobe.d runs instead, or softdeps
			   there stand for it */
};

#endif
