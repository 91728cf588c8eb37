// SPDX-License-Identifier: GPL-2.0-or-later
// The tree: requests are the roots, what a module needs stands below it.  Branches are made when
// they are opened, so cycles do no harm.
const tree = { root: by_id("tree"), focus: null, selected: null };

function tree_children(item) {
	if (item.request)
		return item.request.modules.map((index) => ({ module: modules[index], kind: BY_REQUEST }));
	if (!item.module || item.repeated)
		return [];
	return item.module.needs.map((edge) => ({ module: modules[edge.to], kind: edge.kind, alias: edge.alias }))
		.concat(item.module.absent.map((absent) => ({ absent, kind: absent.kind })));
}

function tree_text(item) {
	if (item.request)
		return ["requested by " + item.request.from, answers[item.request.answer]].filter(Boolean).join(", ");
	const how = item.kind === BY_REQUEST ? "" : plan.kinds[item.kind];
	if (item.absent)
		return how + ", " + (answers[item.absent.answer] || "excluded");
	return [how, item.alias && "as " + item.alias, item.repeated && "above",
		item.module.verdict === "refused" && "refused"].filter(Boolean).join(", ");
}

// A line; PARENT is its list item or null.
function tree_item(item, parent, level, place, of) {
	// A module inside itself ends a branch.
	for (let at = parent; at && item.module; at = at.parent)
		item.repeated |= at.item.module === item.module;
	const name = item.request ? item.request.name : item.module ? item.module.name : item.absent.name;
	const open = tree_children(item).length > 0;
	const bytes = item.request ? item.request.files : item.module ? item.module.size : 0;
	const row = element("div", { class: "row" },
		element("span", { class: "twist", "aria-hidden": "true" }, open ? "▸" : ""),
		element("span", { class: "name" }, name),
		element("span", { class: "how" }, tree_text(item)),
		element("span", { class: "bytes" }, bytes ? size_text(bytes) : ""));
	const li = element("li", { role: "treeitem", tabindex: "-1", "aria-level": level, "aria-posinset": place,
		"aria-setsize": of, class: item.absent ? "absent" : null, "aria-expanded": open ? "false" : null }, row);
	row.style.setProperty("--level", level - 1);
	li.item = item;
	li.parent = parent;
	return li;
}

function open_branch(li) {
	if (li.getAttribute("aria-expanded") !== "false")
		return;
	li.setAttribute("aria-expanded", "true");
	li.querySelector(".twist").textContent = "▾";
	const level = Number(li.getAttribute("aria-level")) + 1, children = tree_children(li.item);
	li.append(element("ul", { role: "group" },
		...children.map((child, i) => tree_item(child, li, level, i + 1, children.length))));
}

function close_branch(li) {
	if (li.getAttribute("aria-expanded") !== "true")
		return;
	li.setAttribute("aria-expanded", "false");
	li.querySelector(".twist").textContent = "▸";
	const had = li.contains(tree.focus);
	li.querySelector("ul").remove();
	if (had)
		focus_item(li, true);
}

function focus_item(li, quietly) {
	if (tree.focus)
		tree.focus.tabIndex = -1;
	tree.focus = li;
	li.tabIndex = 0;
	if (!quietly)
		li.focus();
}

function select_item(li) {
	if (tree.selected)
		tree.selected.removeAttribute("aria-selected");
	tree.selected = li;
	if (li)
		li.setAttribute("aria-selected", "true");
}

const tree_lines = () => [...tree.root.querySelectorAll("li")];

function on_tree_key(event) {
	const li = event.target.closest("li"), expanded = li && li.getAttribute("aria-expanded");
	if (!li || event.altKey || event.ctrlKey || event.metaKey)
		return;
	const lines = tree_lines(), at = lines.indexOf(li);
	let next = null;
	if (event.key === "ArrowDown")
		next = lines[at + 1];
	else if (event.key === "ArrowUp")
		next = lines[at - 1];
	else if (event.key === "Home")
		[next] = lines;
	else if (event.key === "End")
		next = lines[lines.length - 1];
	else if (event.key === "ArrowRight") {
		if (expanded === "true")
			next = lines[at + 1];
		open_branch(li);
	} else if (event.key === "ArrowLeft") {
		if (expanded === "true")
			close_branch(li);
		else
			next = li.parent;
	} else if (event.key === "Enter" || event.key === " ")
		choose_item(li);
	else
		return;
	event.preventDefault();
	if (next)
		focus_item(next);
}

function choose_item(li) {
	select_item(li);
	if (li.item.module)
		select(li.item.module, "tree");
}

// Open the branches of the shortest chain to a module, and go there.
function reveal_in_tree(module) {
	const { request, steps } = chain_to(module);
	let li = [...tree.root.children].find((root) => root.item.request === request);
	for (const step of steps) {
		if (!li)
			return;
		open_branch(li);
		li = [...li.lastElementChild.children].find((child) => child.item.module === step.module);
	}
	if (!li)
		return;
	select_item(li);
	focus_item(li);
	li.firstElementChild.scrollIntoView({ block: "center" });
}

function start_tree() {
	// A machine has hundreds of modaliases for which there is no module.
	const roots = requests.filter((request) => request.answer !== NOTHING || !request.name.includes(":"));
	tree.root.append(...roots.map((request, i) => tree_item({ request }, null, 1, i + 1, roots.length)));
	if (roots.length === 1 && roots[0].modules.length < 100)
		open_branch(tree.root.firstElementChild);
	if (tree.root.firstElementChild)
		focus_item(tree.root.firstElementChild, true);
	tree.root.addEventListener("keydown", on_tree_key);
	tree.root.addEventListener("click", (event) => {
		const li = event.target.closest("li");
		if (!li)
			return;
		focus_item(li);
		if (event.target.closest(".twist") || !li.item.module)
			(li.getAttribute("aria-expanded") === "true" ? close_branch : open_branch)(li);
		else
			choose_item(li);
	});
	tree.root.addEventListener("dblclick", (event) => {
		const li = event.target.closest("li");
		if (li && !event.target.closest(".twist"))
			(li.getAttribute("aria-expanded") === "true" ? close_branch : open_branch)(li);
	});
	by_id("tree-open").addEventListener("click", () => {
		tree.root.querySelectorAll("li[aria-expanded=false]").forEach(open_branch);
	});
	by_id("tree-close").addEventListener("click", () => {
		[...tree.root.children].forEach(close_branch);
	});
	watchers.push((module) => {
		if (tree.selected && tree.selected.item.module !== module)
			select_item(null);
	});
}
