// SPDX-License-Identifier: GPL-2.0-or-later
// Before the body: what scripts draw has its place at once, and the tables below need no layout yet.
document.documentElement.classList.add("script");
