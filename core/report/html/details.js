// SPDX-License-Identifier: GPL-2.0-or-later
// One module is the current one, in the map, the tree and the table; the panel says all about it.
let current = null;
const watchers = [];

// select(MODULE, FROM): FROM is the view that it was chosen in, which needs no scrolling
function select(module, from) {
	if (module === current && from === "start")
		return;
	const before = current;
	current = module;
	show_details(module);
	by_id("details").classList.toggle("chosen", from !== "start"); // a narrow window shows no other
	for (const watcher of watchers)
		watcher(module, before, from);
}

function module_button(module) {
	return element("button", { type: "button", class: "plain", on_click: () => select(module, "details") }, module.name);
}

const MOST = 12;

// A list under a heading, of which the first MOST are shown until asked for more.
function list(heading, items, show) {
	if (!items.length)
		return [];
	const ul = element("ul");
	const fill = (from, to) => ul.append(...items.slice(from, to).map((item) => element("li", null, ...show(item))));
	fill(0, MOST);
	const result = [element("h3", null, heading + (items.length > 1 ? " (" + number_text(items.length) + ")" : "")), ul];
	if (items.length > MOST) {
		const more = element("button", { type: "button", class: "plain" }, "all " + number_text(items.length));
		more.addEventListener("click", () => {
			fill(MOST);
			more.remove();
		});
		result.push(more);
	}
	return result;
}

function facts(rows) {
	const dl = element("dl");
	for (const [label, value] of rows)
		dl.append(element("dt", null, label), element("dd", null, value));
	return dl;
}

function describe_chain(module) {
	const { request, steps } = chain_to(module);
	const ol = element("ol", { class: "chain" });
	if (request)
		ol.append(element("li", null, "request ", element("b", null, request.name), " ",
			element("small", null, request.from)));
	else
		ol.append(element("li", null, phrases[module.kind] + " " + module.by));
	for (const step of steps)
		ol.append(element("li", null, step.module === module ? element("b", null, module.name) : module_button(step.module),
			step.kind === BY_REQUEST ? "" : element("small", null, " " + plan.kinds[step.kind])));
	return ol;
}

function needed_by(module) {
	return module.asked_by.map((request) => ({ request })).concat(module.needed_by);
}

const edge_note = (edge) => element("small", null, " " + plan.kinds[edge.kind] + (edge.alias ? ", as " + edge.alias : ""));

function show_details(module) {
	by_id("details-h").textContent = module.name;
	by_id("details-body").replaceChildren(
		element("p", { class: "path" }, module.path),
		...(module.verdict ? [element("p", { class: module.verdict }, [module.verdict, ...module.findings].join(": "))] : []),
		element("h3", null, "Size in bytes"),
		facts([["file", number_text(module.size)], ["memory", number_text(module.memory)]]),
		element("h3", null, "Alone it keeps"),
		facts([["modules", number_text(module.alone_modules)], ["files", number_text(module.alone)],
			["memory", number_text(module.alone_memory)]]),
		element("h3", null, "Why it is there"),
		describe_chain(module),
		element("p", null, element("button", { type: "button", class: "plain", id: "details-tree",
			on_click: () => reveal_in_tree(module) }, "Show in the tree")),
		...list("Asked for by", needed_by(module), (edge) => edge.request ?
			["request " + edge.request.name, element("small", null, " " + edge.request.from)] :
			[module_button(modules[edge.from]), edge_note(edge)]),
		...list("It needs", module.needs, (edge) => [module_button(modules[edge.to]), edge_note(edge)]),
		...list("Not modules", module.absent, (name) => [name.name, element("small", null,
			" " + plan.kinds[name.kind] + ", " + (answers[name.answer] || "excluded"))]),
		...list("Firmware", module.firmware, (file) => [file.name, element("small", null,
			" " + (file.path ? size_text(file.size) : "missing"))]));
}

by_id("details-close").addEventListener("click", () => by_id("details").classList.remove("chosen"));
