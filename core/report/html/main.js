// SPDX-License-Identifier: GPL-2.0-or-later
start_tables();
start_map();
start_tree();
if (modules.length)
	select(modules.reduce((best, module) => module.alone > best.alone ? module : best), "start");
requestAnimationFrame(() => setTimeout(() => document.documentElement.classList.add("ready")));
