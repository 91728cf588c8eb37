/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_INSTALL_H
#define MODBOX_INSTALL_H

/*
 * Run modbox --install [-s] DIR [APPLET]...: create hard or symbolic (-s) links to this
 * binary under the applets' names. Existing links to it are kept; any other file is an
 * error. argv[0] is "--install". Returns the exit status.
 */
int install_links(int argc, char **argv);

#endif
