// SPDX-License-Identifier: GPL-2.0-or-later
// The tables that are in the page already: sorted by any column, and the modules searched.
let found = null; // indexes of the modules that the search matches; null: no search

const numeric = (text) => Number(text.replace(/,/g, ""));
const collator = new Intl.Collator("en", { numeric: true });

// Make a button of each heading.
function make_sortable(table) {
	const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
	heads.forEach((head, column) => {
		const number = head.classList.contains("n");
		const button = element("button", { type: "button" }, head.textContent);
		head.replaceChildren(button);
		button.addEventListener("click", () => {
			const up = head.getAttribute("aria-sort") ? head.getAttribute("aria-sort") !== "ascending" : !number;
			heads.forEach((other) => other.removeAttribute("aria-sort"));
			head.setAttribute("aria-sort", up ? "ascending" : "descending");
			const keys = [...body.rows].map((row) => {
				const text = row.cells[column].textContent;
				return { row, key: number ? numeric(text) : text };
			});
			const order = number ? (a, b) => a.key - b.key : (a, b) => collator.compare(a.key, b.key);
			keys.sort((a, b) => up ? order(a, b) : order(b, a));
			body.append(...keys.map(({ row }) => row));
		});
	});
}

const module_rows = [...by_id("modules").tBodies[0].rows];
const normal = (text) => text.toLowerCase().replace(/-/g, "_");

function search_text(module) {
	return normal([module.name, module.path, phrases[module.kind], module.by, module.alias,
		module.request >= 0 ? requests[module.request].name : "", module.verdict, ...module.findings].join("\n"));
}

function count_found() {
	const shown = found ? modules.filter((module) => found.has(module.index)) : modules;
	const sum = (key) => shown.reduce((total, module) => total + module[key], 0);
	by_id("count").textContent = (found ? number_text(shown.length) + " of " : "") + plural(modules.length, "module") + ", " +
		number_text(sum("size")) + " bytes of files, " + number_text(sum("memory")) + " of memory";
}

function search(text) {
	const words = normal(text).split(/\s+/).filter(Boolean);
	found = words.length ? new Set(modules.filter((module) =>
		words.every((word) => module.text.includes(word))).map((module) => module.index)) : null;
	module_rows.forEach((row, i) => { row.hidden = Boolean(found && !found.has(i)); });
	count_found();
	mark_found();
	set_entry(current && !module_rows[current.index].hidden ? module_rows[current.index] : null);
}

// One row can be reached by Tab, the others by arrows from it.
let entry = null;
function set_entry(row) {
	if (entry)
		entry.cells[0].tabIndex = -1;
	entry = row || [...by_id("modules").tBodies[0].rows].find((other) => !other.hidden) || null;
	if (entry)
		entry.cells[0].tabIndex = 0;
}

function on_table_key(event) {
	const row = event.target.closest("tbody tr");
	const next = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
	if (!row)
		return;
	if (event.key === "Enter" || event.key === " ")
		select(modules[row.number], "table");
	else if (next) {
		let at = row[next];
		while (at && at.hidden)
			at = at[next];
		if (at) {
			set_entry(at);
			at.cells[0].focus();
		}
	} else
		return;
	event.preventDefault();
}

function start_tables() {
	const table = by_id("modules");
	for (const name of ["modules", "requests", "firmware"])
		if (by_id(name))
			make_sortable(by_id(name));
	table.setAttribute("role", "grid");
	table.setAttribute("aria-readonly", "true");
	module_rows.forEach((row, i) => { row.number = i; });
	for (const module of modules)
		module.text = search_text(module);
	by_id("search").addEventListener("input", (event) => search(event.target.value));
	table.tBodies[0].addEventListener("click", (event) => {
		const row = event.target.closest("tr");
		if (row && window.getSelection().isCollapsed)
			select(modules[row.number], "table");
	});
	table.addEventListener("keydown", on_table_key);
	watchers.push((module, before, from) => {
		if (before)
			module_rows[before.index].removeAttribute("aria-selected");
		module_rows[module.index].setAttribute("aria-selected", "true");
		if (!module_rows[module.index].hidden)
			set_entry(module_rows[module.index]);
	});
	count_found();
	set_entry(null);
}
