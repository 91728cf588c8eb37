// SPDX-License-Identifier: GPL-2.0-or-later
// The plan, as core/report/html_data.c writes it: arrays, which become objects here.
const plan = JSON.parse(document.getElementById("plan").textContent);
const BY_REQUEST = 0, NOTHING = 0, MODULES = 1, BUILTIN = 2, COMMAND = 3;

const requests = [];
for (const [number, name, from, answer, builtin, modules_saved, saved, memory_saved, all, files, memory, modules]
	of plan.requests)
	requests[number] = { number, name, from, answer, builtin, modules_saved, saved, memory_saved, all, files, memory,
		modules };

const modules = plan.modules.map(([name, path, size, memory, kind, by, alias, request, users, owner, alone_modules,
	alone, alone_memory, needs, verdict, findings], index) =>
	({ index, name, path, size, memory, kind, by, alias, request, users, owner, alone_modules, alone, alone_memory,
		needs: needs.map(([to, kind, alias]) => ({ to, kind, alias })),
		verdict, findings: findings || [], needed_by: [], asked_by: [], absent: [], firmware: [] }));

for (const from of modules)
	for (const edge of from.needs)
		modules[edge.to].needed_by.push({ from: from.index, kind: edge.kind, alias: edge.alias });
for (const request of requests)
	for (const index of request.modules)
		modules[index].asked_by.push(request);
for (const [by, kind, name, answer] of plan.absent)
	modules[by].absent.push({ kind, name, answer });

const firmware = plan.firmware.map(([name, module, origin, path, size]) => ({ name, module, origin, path, size }));
for (const file of firmware)
	if (file.module >= 0)
		modules[file.module].firmware.push(file);

const phrases = ["requested by", "dependency of", "softdep pre of", "softdep post of", "weakdep of"];
const answers = ["missing", "", "built in", "a modprobe.d command"];

// Bytes as du(1) shows them, and exactly.
function size_text(bytes) {
	let unit = 0, value = bytes;
	while (value >= 1023.5 && unit < 6) {
		value /= 1024;
		unit++;
	}
	return (unit && value < 9.95 ? value.toFixed(1) : String(Math.round(value))) + " KMGTPE".charAt(unit).trim();
}

function number_text(number) {
	return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}

function plural(n, word) {
	return number_text(n) + " " + word + (n === 1 ? "" : "s");
}

// element(NAME, { class, attribute: value, on_click: f }, CHILD...): a new element; texts are texts.
function element(name, attributes, ...children) {
	const result = document.createElement(name);
	for (const [key, value] of Object.entries(attributes || {})) {
		if (key.startsWith("on_"))
			result.addEventListener(key.slice(3), value);
		else if (value !== null && value !== undefined)
			result.setAttribute(key, value);
	}
	result.append(...children.filter((child) => child !== null && child !== undefined));
	return result;
}

const by_id = (id) => document.getElementById(id);

// The nearest request, and the shortest chain of edges from it to a module: [{ module, kind }].
function chain_to(target) {
	const came = new Map([[target.index, null]]);
	for (const index of came.keys()) {
		const module = modules[index];
		if (module.asked_by.length) {
			const steps = [];
			for (let at = index, kind = BY_REQUEST; ; ) {
				steps.push({ module: modules[at], kind });
				const next = came.get(at);
				if (!next)
					return { request: module.asked_by[0], steps };
				at = next.to;
				kind = next.kind;
			}
		}
		for (const edge of module.needed_by)
			if (!came.has(edge.from))
				came.set(edge.from, { to: index, kind: edge.kind });
	}
	return { request: null, steps: [{ module: target, kind: target.kind }] };
}
