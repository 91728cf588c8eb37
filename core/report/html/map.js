// SPDX-License-Identifier: GPL-2.0-or-later
// The treemap: areas are bytes.  Its layout is d3-hierarchy's.
const map = {
	box: by_id("map"), tiles: by_id("map-tiles"), groups: by_id("map-groups"), tip: by_id("tip"),
	group: "request", size: "file", firmware: true, root: null, shown: null, leaves: [], at: null,
};
const FIRMWARE = 5, HEAD = 18;

const value_of = (leaf) => leaf.file ? (map.size === "file" ? leaf.file.size : 0) :
	map.size === "file" ? leaf.module.size : leaf.module.memory;

// A hierarchy from leaves and the path of groups of each; groups of one group are one.
function grouped(leaves, path_of) {
	const root = { name: "all", children: [], index: new Map() };
	for (const leaf of leaves) {
		let at = root;
		for (const name of path_of(leaf)) {
			let next = at.index.get(name);
			if (!next) {
				next = { name, children: [], index: new Map() };
				at.index.set(name, next);
				at.children.push(next);
			}
			at = next;
		}
		at.children.push(leaf);
	}
	const join = (node) => {
		if (!node.children)
			return node;
		node.children = node.children.map(join);
		const [only] = node.children;
		if (node.children.length === 1 && node !== root && (only.children || only.name === node.name))
			return only.children ? { ...only, name: node.name + "/" + only.name } : only;
		return node;
	};
	return join(root);
}

const SEVERAL = "several requests";
const owner_of = (module) => module.owner >= 0 ? requests[module.owner].name : module.users ? SEVERAL : "no request";

const paths = {
	request: (leaf) => [leaf.module ? owner_of(leaf.module) : leaf.file.origin],
	directory: (leaf) => leaf.file ? ["firmware", ...leaf.file.name.split("/").slice(0, -1)] :
		leaf.module.path.split("/").slice(0, -1),
	kind: (leaf) => [leaf.file ? "firmware" : plan.kinds[leaf.module.kind]],
};

function make_hierarchy() {
	const leaves = modules.map((module) => ({ name: module.name, module }));
	if (map.firmware)
		for (const file of firmware)
			if (file.size)
				leaves.push({ name: file.name, file, module: modules[file.module] });
	map.root = d3.hierarchy(grouped(leaves, paths[map.group])).sum((leaf) => leaf.children ? 0 : value_of(leaf))
		.sort((a, b) => b.value - a.value || a.data.name.localeCompare(b.data.name));
	// Where all is in one directory, its parts are the groups.
	map.shown = map.root = map.root.children && map.root.children.length === 1 && map.root.children[0].children ?
		map.root.children[0].copy() : map.root;
}

// Two levels of groups have headings; the edges of those below are thin.
const has_head = (node) => node.depth && node.depth < 3 && node.x1 - node.x0 > 48 && node.y1 - node.y0 > 2.2 * HEAD;
const edge_of = (node) => !node.depth ? 0 : node.depth < 3 ? 1.5 : 0.5;

function place(target, node, height) {
	const { width, height: all } = map.extent, style = target.style;
	style.left = 100 * node.x0 / width + "%";
	style.top = 100 * node.y0 / all + "%";
	style.width = 100 * (node.x1 - node.x0) / width + "%";
	if (!height)
		style.height = 100 * (node.y1 - node.y0) / all + "%";
}

function group_button(node) {
	const button = element("button", { type: "button", class: "group", tabindex: "-1", role: "presentation" },
		node.data.name + "  " + size_text(node.value));
	button.addEventListener("click", () => zoom(node.origin));
	place(button, node, true);
	return button;
}

function leaf_text(leaf) {
	return leaf.file ? leaf.name + ", firmware, " + size_text(leaf.file.size) :
		leaf.name + ", " + size_text(value_of(leaf)) + ", " + phrases[leaf.module.kind] + " " + leaf.module.by +
		(leaf.module.verdict === "refused" ? ", refused" : "");
}

function tile(node, index) {
	const leaf = node.data, width = node.x1 - node.x0, height = node.y1 - node.y0;
	const kind = leaf.file ? FIRMWARE : leaf.module.kind;
	const result = document.createElement("div");
	result.className = "tile k" + kind + (!leaf.file && leaf.module.verdict === "refused" ? " bad" : "");
	result.id = "tile-" + index;
	result.setAttribute("role", "option");
	result.setAttribute("aria-label", leaf_text(leaf));
	if (width > 30 && height > 15) {
		result.append(leaf.name);
		if (height > 31)
			result.append(element("small", null, size_text(node.value)));
	}
	place(result, node);
	result.leaf = leaf;
	return result;
}

function draw_map() {
	map.extent = { width: Math.max(map.box.clientWidth, 200), height: Math.max(map.box.clientHeight, 200) };
	// A copy of the part that is shown: its own depths and places.
	const copy = map.shown.copy();
	const originals = map.shown.descendants();
	copy.descendants().forEach((node, i) => { node.origin = originals[i]; });
	d3.treemap().size([map.extent.width, map.extent.height]).paddingInner((node) => node.depth < 2 ? 1.5 : 1)
		.paddingOuter(edge_of).paddingTop((node) => has_head(node) ? HEAD : edge_of(node))(copy);
	map.leaves = copy.leaves().filter((node) => !node.data.children && node.value > 0);
	const groups = copy.descendants().filter((node) => node.depth && node.children);
	map.groups.replaceChildren(...groups.map((node) => {
		const ground = element("div");
		place(ground, node);
		return ground;
	}));
	map.nodes = map.leaves.map(tile);
	map.tiles.replaceChildren(...groups.filter(has_head).map(group_button), ...map.nodes);
	map.at = null;
	mark_current();
	mark_found();
	draw_path();
}

function draw_path() {
	const nodes = map.shown.ancestors().reverse(), bar = by_id("map-path");
	bar.replaceChildren();
	nodes.forEach((node, i) => {
		const text = i ? node.data.name : "All";
		const size = " " + size_text(node.value);
		if (i)
			bar.append(" › ");
		bar.append(node === map.shown ? element("b", { "aria-current": "true" }, text + size) :
			element("button", { type: "button", class: "plain", on_click: () => zoom(node) }, text));
	});
}

function zoom(node) {
	map.shown = node;
	draw_map();
	map.tiles.focus({ preventScroll: true });
}

function mark_current() {
	const at = current ? map.leaves.findIndex((node) => !node.data.file && node.data.module === current) : -1;
	if (map.at !== null && map.nodes[map.at]) {
		map.nodes[map.at].classList.remove("current");
		map.nodes[map.at].removeAttribute("aria-selected");
	}
	set_tile(at);
}

function set_tile(at) {
	if (map.at !== null && map.nodes[map.at]) {
		map.nodes[map.at].classList.remove("current");
		map.nodes[map.at].removeAttribute("aria-selected");
	}
	map.at = at < 0 ? null : at;
	if (map.at === null) {
		map.tiles.removeAttribute("aria-activedescendant");
		return;
	}
	map.nodes[at].classList.add("current");
	map.nodes[at].setAttribute("aria-selected", "true");
	map.tiles.setAttribute("aria-activedescendant", "tile-" + at);
}

function choose_tile(at) {
	set_tile(at);
	const { module } = map.leaves[at].data;
	if (module)
		select(module, "map");
	set_tile(at);
}

// Tiles that the search does not match are dimmed.
function mark_found() {
	map.nodes.forEach((node) => {
		const { module } = node.leaf;
		node.classList.toggle("dim", Boolean(found && !(module && found.has(module.index))));
	});
}

const directions = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// The nearest tile in a direction: off that line counts twice.
function neighbour(from, [dx, dy]) {
	const x = (node) => (node.x0 + node.x1) / 2, y = (node) => (node.y0 + node.y1) / 2;
	let best = -1, least = Infinity;
	map.leaves.forEach((node, i) => {
		const along = (x(node) - x(from)) * dx + (y(node) - y(from)) * dy;
		const across = Math.abs((x(node) - x(from)) * dy) + Math.abs((y(node) - y(from)) * dx);
		if (node !== from && along > 0.01 && along + 2 * across < least) {
			least = along + 2 * across;
			best = i;
		}
	});
	return best;
}

function on_map_key(event) {
	let at = -1;
	if (directions[event.key] && map.leaves.length)
		at = map.at === null ? 0 : neighbour(map.leaves[map.at], directions[event.key]);
	else if (event.key === "Home")
		at = 0;
	else if (event.key === "End")
		at = map.leaves.length - 1;
	else if (event.key === "Enter" && map.at !== null) {
		const down = map.leaves[map.at].ancestors().reverse()[1];
		if (down && down.children)
			zoom(down.origin);
	} else if (event.key === "Escape" && map.shown.parent)
		zoom(map.shown.parent);
	else
		return;
	event.preventDefault();
	if (at >= 0 && at < map.leaves.length)
		choose_tile(at);
}

function show_tip(event) {
	const target = event.target.closest(".tile");
	map.tip.hidden = !target;
	if (!target)
		return;
	map.tip.textContent = leaf_text(target.leaf);
	const x = Math.min(event.clientX + 14, window.innerWidth - map.tip.offsetWidth - 8);
	const below = event.clientY + 18, fits = below + map.tip.offsetHeight < window.innerHeight;
	map.tip.style.left = Math.max(x, 4) + "px";
	map.tip.style.top = (fits ? below : event.clientY - map.tip.offsetHeight - 10) + "px";
}

function draw_legend() {
	const kinds = new Set(modules.map((module) => module.kind));
	const items = plan.kinds.map((name, kind) => [name, "k" + kind, kinds.has(kind)])
		.concat([["firmware", "k" + FIRMWARE, firmware.length > 0],
			["refused", "bad k1", modules.some((module) => module.verdict === "refused")]]);
	for (const [name, style, used] of items)
		if (used)
			by_id("map-legend").append(element("li", null, element("i", { class: style }), name));
}

function start_map() {
	// One request that brought all is no grouping.
	const owners = new Set(modules.map(owner_of));
	map.group = owners.size > 1 ? "request" : "directory";
	for (const input of by_id("map-group").elements) {
		input.checked = input.value === map.group;
		input.addEventListener("change", () => {
			map.group = input.value;
			make_hierarchy();
			draw_map();
		});
	}
	for (const input of by_id("map-size").elements)
		input.addEventListener("change", () => {
			map.size = input.value;
			make_hierarchy();
			draw_map();
		});
	by_id("map-firmware").hidden = !firmware.length;
	by_id("map-firmware").querySelector("input").addEventListener("change", (event) => {
		map.firmware = event.target.checked;
		make_hierarchy();
		draw_map();
	});
	map.tiles.addEventListener("click", (event) => {
		const at = map.nodes.indexOf(event.target.closest(".tile"));
		if (at >= 0)
			choose_tile(at);
	});
	map.tiles.addEventListener("keydown", on_map_key);
	map.tiles.addEventListener("pointermove", show_tip);
	map.tiles.addEventListener("pointerleave", () => { map.tip.hidden = true; });
	watchers.push(mark_current);
	draw_legend();
	make_hierarchy();
	draw_map();
	let width = map.box.clientWidth;
	new ResizeObserver(() => {
		if (Math.abs(map.box.clientWidth - width) < 2)
			return;
		width = map.box.clientWidth;
		requestAnimationFrame(draw_map);
	}).observe(map.box);
}
