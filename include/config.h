/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_CONFIG_H
#define MODBOX_CONFIG_H

/* Every Kconfig symbol as CONFIG_NAME, 0 or 1: made from .config. */
#include <generated/autoconf.h>

/* For a plain if: code that is off is compiled all the same, then dropped. */
#define ENABLED(symbol) CONFIG_##symbol

/* The rest of the arguments where a symbol is on, else nothing: for rows of tables. */
#define IF_ENABLED(symbol, ...) IF_EXPANDED(CONFIG_##symbol, __VA_ARGS__)
#define IF_EXPANDED(value, ...) IF_VALUE(value, __VA_ARGS__)
#define IF_VALUE(value, ...) IF_##value(__VA_ARGS__)
#define IF_0(...)
#define IF_1(...) __VA_ARGS__

#endif
