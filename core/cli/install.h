/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODBOX_INSTALL_H
#define MODBOX_INSTALL_H

/*
 * modbox --install [-s] DIR [APPLET]...: links to this binary by the applets' names,
 * hard or symbolic (-s).  A link that is there is left; another file is an error.
 * argv[0] is "--install".  Returns the exit status.
 */
int install_links(int argc, char **argv);

#endif
