// SPDX-License-Identifier: GPL-2.0-or-later
/* The rules of initcheck, and what to do about each. */
#include "initcheck/initrules.h"

/* clang-format off */
const struct init_rule init_rules[INIT_RULES] = {
	[INIT_DUPLICATE_MODULE] = { "duplicate-module",
		"one module in two files",
		"Remove one of the two, and run depmod in the image: which one it takes "
		"depends on the order of the directory." },
	[INIT_MISSING_DEPENDENCY] = { "missing-dependency",
		"a module that others need is not in the image",
		"Add it, and run depmod in the image: modprobe cannot load the others." },
	[INIT_MISSING_FIRMWARE] = { "missing-firmware",
		"firmware that the kernel's root has and the image does not",
		"Add it where the module is to work before the root file system is "
		"mounted." },
	[INIT_MISSING_SOFTDEP] = { "missing-softdep",
		"a softdep that the kernel's root has and the image does not",
		"Add it: the module loads without it, but may lack a part of its work." },
	[INIT_REFUSED] = { "refused",
		"a module that the kernel refuses",
		"Use the modules that were built with this kernel." },
	[INIT_STALE_INDEX] = { "stale-index",
		"an index that disagrees with the modules",
		"Run depmod in the image, after its last module was put there: modprobe "
		"believes the indexes." },
	[INIT_TRUNCATED] = { "truncated",
		"a damaged file, or a damaged part of the image",
		"Make the image again, and see that the file system had room for it." },
	[INIT_UNREADABLE_COMPRESSION] = { "unreadable-compression",
		"a compression that what reads it cannot decompress",
		"Put the modules into the image uncompressed, or use a modprobe that was "
		"built with this compression." },
	[INIT_WRONG_KERNEL] = { "wrong-kernel",
		"modules of another kernel",
		"Make the image with the modules of the kernel that it is for." },
};
/* clang-format on */
