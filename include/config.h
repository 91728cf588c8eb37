/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_CONFIG_H
#define MODBOX_CONFIG_H

/* Every Kconfig symbol as CONFIG_NAME, 0 or 1: made from .config. */
#include <generated/autoconf.h>

/* For a plain if: code that is off is compiled all the same, then dropped. */
#define ENABLED(symbol) CONFIG_##symbol

#endif
