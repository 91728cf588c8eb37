// SPDX-License-Identifier: GPL-2.0-or-later
// browser.cjs DIR: try the pages in DIR in one Chromium, and write DIR/results/NAME for each trial: "ok", or
// what was wrong.  PLAYWRIGHT is the directory of playwright-core.
"use strict";
const assert = require("assert").strict;
const fs = require("fs");
const path = require("path");
const { chromium } = require(process.env.PLAYWRIGHT);

const dir = path.resolve(process.argv[2]);
const json = (name) => JSON.parse(fs.readFileSync(path.join(dir, name + ".json"), "utf8"));
const number = (text) => Number(text.replace(/,/g, ""));
const noise = []; // what the pages said or asked for
let browser;

// open(NAME, OPTIONS): a page in a window of its own, which may fetch nothing but that file
async function open(name, options = {}) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
	const page = await context.newPage(), address = "file://" + path.join(dir, name + ".html");
	await context.route("**/*", (route) => {
		if (route.request().url() === address && route.request().isNavigationRequest())
			return route.continue();
		noise.push(name + " asked for " + route.request().url());
		return route.abort();
	});
	page.on("console", (message) => noise.push(name + ": " + message.type() + ": " + message.text()));
	page.on("pageerror", (error) => noise.push(name + ": " + error.stack));
	page.setDefaultTimeout(60000);
	await page.goto(address);
	if (options.javaScriptEnabled !== false)
		await page.waitForFunction(() => document.documentElement.classList.contains("ready"));
	return page;
}

const cells = (page, table) => page.evaluate((id) => [...document.getElementById(id).tBodies[0].rows]
	.filter((row) => !row.hidden).map((row) => [...row.cells].map((cell) => cell.textContent.replace(/\n$/, ""))), table);
const tiles = (page) => page.evaluate(() => [...document.querySelectorAll(".tile")].map((tile) => {
	const box = tile.getBoundingClientRect();
	return { name: tile.leaf.name, file: Boolean(tile.leaf.file), area: box.width * box.height, text: tile.textContent,
		label: tile.getAttribute("aria-label"), kind: tile.className };
}));
const current = (page) => page.locator("#details-h").textContent();

// Bytes of files of modules by name, and the needs of each, from -o json.
function graph(plan) {
	const needs = new Map(plan.modules.map((module) => [module.name, []]));
	for (const module of plan.modules)
		for (const edge of module.edges)
			if (edge.kind !== "request" && needs.has(edge.from))
				needs.get(edge.from).push(module.name);
	return { needs, roots: plan.requests.map((request) => request.modules) };
}

function reached({ needs, roots }, without) {
	const seen = new Set(roots.flat().filter((name) => name !== without));
	for (const name of seen)
		for (const next of needs.get(name))
			if (next !== without)
				seen.add(next);
	return seen;
}

const size_rows = (name) => fs.readFileSync(path.join(dir, name + ".size"), "utf8").split("\n")
	.filter((line) => line && line[0] !== "#").map((line) => line.trim().split(/\s+/));

const trials = {
	async table() {
		for (const name of ["list", "many", "all"]) {
			const page = await open(name), plan = json(name), rows = await cells(page, "modules");
			assert.deepEqual(rows.map((row) => row[0]), plan.modules.map((module) => module.name));
			rows.forEach((row, i) => {
				const module = plan.modules[i];
				assert.equal(number(row[3]), module.size);
				assert.equal(number(row[4]), module.memory || 0);
				assert(module.path.endsWith("/" + row[6].replace(/ of .*/, "")), row[6]);
				assert(module.edges.some((edge) => row[1].includes(edge.from)), row.join(" | "));
			});
			await page.context().close();
		}
	},

	async sums() {
		for (const name of ["list", "many"]) {
			const page = await open(name), expected = size_rows(name);
			const rows = await cells(page, "requests");
			assert.deepEqual(rows.map((row) => [...row.slice(2).map(number), row[0]].map(String)), expected);
			const all = /^# all: (\d+) modules, (\d+) bytes of files, (\d+) of memory$/m
				.exec(fs.readFileSync(path.join(dir, name + ".size"), "utf8")).slice(1);
			assert.deepEqual((await page.locator("#count").textContent()).match(/\d[\d,]*/g).map(number).map(String), all);
			// The map's groups by request are what the requests save.
			await page.locator("#map-group span", { hasText: "Request" }).click();
			await page.locator("#map-firmware input").evaluate((box) => box.checked && !box.closest("[hidden]") && box.click());
			const saved = await page.evaluate(() => {
				const sums = {};
				for (const { leaf } of document.querySelectorAll(".tile"))
					sums[leaf.module.owner] = (sums[leaf.module.owner] || 0) + leaf.module.size;
				return sums;
			});
			const plan = json(name);
			plan.requests.forEach((request, i) => {
				const row = expected.find((fields) => fields[6] === request.name);
				assert.equal(saved[i] || 0, Number(row[1]), request.name);
			});
			await page.context().close();
		}
	},

	async alone() {
		for (const name of ["list", "many"]) {
			const page = await open(name), plan = json(name), all = graph(plan);
			const size = new Map(plan.modules.map((module) => [module.name, module.size]));
			const everything = reached(all);
			assert.equal(everything.size, plan.modules.length);
			for (const row of await cells(page, "modules")) {
				const left = reached(all, row[0]);
				const gone = [...everything].filter((module) => !left.has(module));
				assert.equal(number(row[5]), gone.reduce((sum, module) => sum + size.get(module), 0), row[0]);
			}
			await page.context().close();
		}
	},

	async map() {
		const page = await open("list"), plan = json("list");
		const files = plan.firmware.filter((file) => file.path);
		assert(files.length > 1, "no firmware in the plan");
		const bytes = (tile) => plan.modules.find((module) => module.name === tile.name).size;
		let shown = await tiles(page);
		assert.deepEqual(shown.filter((tile) => !tile.file).map((tile) => tile.name).sort(),
			plan.modules.map((module) => module.name).sort());
		assert.deepEqual(shown.filter((tile) => tile.file).map((tile) => tile.name).sort(), files.map((file) => file.name).sort());
		// Areas are as sizes, but for the edges.
		const big = shown.filter((tile) => tile.area > 20000 && !tile.file), scale = big[0].area / bytes(big[0]);
		assert(big.length > 3);
		for (const tile of big)
			assert(Math.abs(tile.area / bytes(tile) / scale - 1) < 0.1, tile.name);
		await page.locator("#map-firmware input").uncheck();
		assert.equal((await tiles(page)).length, plan.modules.length);
		await page.locator("#map-firmware input").check();
		await page.locator("#map-size span", { hasText: "Memory" }).click();
		assert.equal((await tiles(page)).length, plan.modules.filter((module) => module.memory).length);
		await page.locator("#map-size span", { hasText: "File" }).click();
		const heads = () => page.locator("button.group").allTextContents();
		await page.locator("#map-group span", { hasText: "Kind of edge" }).click();
		assert((await heads()).some((text) => text.startsWith("depends ")));
		await page.locator("#map-group span", { hasText: "Directory" }).click();
		assert((await heads()).some((text) => /^drivers/.test(text)), (await heads()).join());
		await page.locator("button.group", { hasText: /^drivers/ }).first().click();
		shown = await tiles(page);
		assert(shown.length > 5 && shown.length < plan.modules.length);
		await page.locator("#map-path button", { hasText: "All" }).click();
		assert.equal((await tiles(page)).length, plan.modules.length + files.length);
		await page.locator(".tile").first().hover();
		assert.match(await page.locator("#tip").textContent(), /, [\d.]+[KMG]?, /);
		await page.context().close();
	},

	async tree() {
		const page = await open("many"), plan = json("many"), { needs } = graph(plan);
		const roots = page.locator("#tree > li");
		assert.equal(await roots.count(), plan.requests.length);
		assert.equal(await page.locator("#tree li").count(), plan.requests.length);
		// Every branch of the first request, to its end.
		const seen = await page.evaluate(() => {
			const names = new Set(), lines = [document.querySelector("#tree > li")];
			for (const li of lines) {
				names.add(li.querySelector(".name").textContent);
				if (li.getAttribute("aria-expanded") === "false" && lines.length < 3000) {
					li.querySelector(".twist").click();
					lines.push(...li.querySelectorAll(":scope > ul > li"));
				}
			}
			return [...names];
		});
		for (const name of plan.requests[0].modules)
			for (const need of needs.get(name))
				assert(seen.includes(need), need);
		await page.locator("#tree-close").click();
		assert.equal(await page.locator("#tree li").count(), plan.requests.length);
		await page.locator("#tree-open").click();
		assert.equal(await page.locator("#tree > li > ul > li").count(),
			plan.requests.reduce((sum, request) => sum + request.modules.length, 0));
		await page.context().close();
	},

	async search() {
		const page = await open("many"), plan = json("many");
		const names = async (text) => {
			await page.locator("#search").fill(text);
			return (await cells(page, "modules")).map((row) => row[0]);
		};
		const every = await cells(page, "modules");
		assert.deepEqual(await names("Snd-usb-audio"), every.filter((row) => row.join(" ").replace(/-/g, "_")
			.includes("snd_usb_audio")).map((row) => row[0]));
		const found = await names("  DM requested ");
		assert(found.length > 5 && found.every((name) => plan.modules.find((module) => module.name === name)
			.edges.some((edge) => edge.kind === "request")));
		const sum = found.reduce((total, name) => total + plan.modules.find((module) => module.name === name).size, 0);
		const [shown, all, bytes] = (await page.locator("#count").textContent()).match(/\d[\d,]*/g).map(number);
		assert.deepEqual([shown, all, bytes], [found.length, plan.modules.length, sum]);
		assert.equal(await page.locator(".tile:not(.dim)").count(), found.length);
		assert.deepEqual(await names("no such module"), []);
		assert.match(await page.locator("#count").textContent(), /^0 of /);
		assert.equal((await names("")).length, plan.modules.length);
		assert.equal(await page.locator(".tile.dim").count(), 0);
		await page.context().close();
	},

	async sort() {
		const page = await open("many"), plan = json("many");
		const head = (name) => page.locator("#modules thead th", { hasText: name });
		const column = async (index) => (await cells(page, "modules")).map((row) => row[index]);
		await head("File").getByRole("button").click();
		assert.equal(await head("File").getAttribute("aria-sort"), "descending");
		const sizes = plan.modules.map((module) => module.size).sort((a, b) => b - a);
		assert.deepEqual((await column(3)).map(number), sizes);
		await head("File").getByRole("button").click();
		assert.equal(await head("File").getAttribute("aria-sort"), "ascending");
		assert.deepEqual((await column(3)).map(number), sizes.reverse());
		await head("Module").getByRole("button").click();
		assert.equal(await head("File").getAttribute("aria-sort"), null);
		assert.equal(await head("Module").getAttribute("aria-sort"), "ascending");
		const names = await column(0), order = new Intl.Collator("en", { numeric: true });
		assert.deepEqual(names, [...names].sort(order.compare));
		// A row keeps its module.
		await page.locator("#modules tbody tr").nth(7).click();
		assert.equal(await current(page), names[7]);
		await page.locator("#requests thead button").first().click();
		assert.equal(await page.locator("#requests thead th").first().getAttribute("aria-sort"), "ascending");
		await page.context().close();
	},

	async keyboard() {
		const page = await open("list");
		const press = (...keys) => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
		const focus = () => page.evaluate(() => document.activeElement.id || document.activeElement.tagName + "." +
			document.activeElement.closest("[id]")?.id);
		// What Tab reaches, in order; each view is one stop.
		const stops = [];
		for (let i = 0; i < 80; i++) {
			await press("Tab");
			const at = await page.evaluate(() => document.activeElement === document.body ? "" :
				document.activeElement.closest("[id]")?.id || "page");
			if (!at)
				break;
			if (at !== stops[stops.length - 1])
				stops.push(at);
		}
		for (const id of ["map-group", "map-size", "map-firmware", "map-tiles", "tree-open", "tree-close", "tree", "search",
			"modules", "requests", "details"])
			assert(stops.some((stop) => stop.startsWith(id)), id + " is not in " + stops.join(" "));
		await page.locator("#map-group input:checked").focus();
		await press("ArrowRight");
		assert.equal(await page.locator("#map-group input:checked").getAttribute("value"), "directory");
		await page.locator("#map-tiles").focus();
		await press("Home");
		const first = await current(page);
		await press("ArrowRight");
		const second = await current(page);
		assert.notEqual(second, first);
		await press("ArrowLeft");
		const label = await page.evaluate(() => document.getElementById(document.activeElement.getAttribute(
			"aria-activedescendant")).getAttribute("aria-label"));
		assert((await current(page)).length && label.startsWith(await current(page) + ", "), label);
		const all = await page.locator(".tile").count();
		await press("Enter");
		assert((await page.locator(".tile").count()) < all);
		assert.equal(await focus(), "map-tiles");
		await press("Escape");
		assert.equal(await page.locator(".tile").count(), all);
		// The tree
		await page.locator("#tree > li").first().focus();
		await press("ArrowRight", "ArrowRight");
		const line = () => page.evaluate(() => {
			const li = document.activeElement;
			return [li.querySelector(".name").textContent, li.getAttribute("aria-level"), li.getAttribute("aria-expanded")];
		});
		assert.deepEqual(await line(), ["ext4", "2", "false"]);
		await press("Enter");
		assert.equal(await current(page), "ext4");
		await press("ArrowLeft");
		assert.deepEqual(await line(), ["ext4", "1", "true"]);
		await press("ArrowLeft", "End");
		assert.equal((await line())[1], "1");
		await press("Home", "ArrowDown", "ArrowUp");
		assert.deepEqual(await line(), ["ext4", "1", "false"]);
		// The table
		await page.locator("#search").focus();
		await page.keyboard.type("jbd2");
		await press("Tab", "Tab");
		for (let i = 0; i < 12 && !(await page.evaluate(() => document.activeElement.matches("tbody th"))); i++)
			await press("Tab");
		await press("Enter");
		assert.equal(await current(page), await page.locator("#modules tbody tr:not([hidden]) th").first().textContent());
		await press("ArrowDown", "ArrowUp", " ");
		await page.context().close();
	},

	async choice() {
		const page = await open("list");
		await page.locator("#modules tbody th", { hasText: /^jbd2$/ }).click();
		assert.equal(await current(page), "jbd2");
		assert.equal(await page.locator(".tile.current").getAttribute("aria-selected"), "true");
		assert.match(await page.locator(".tile.current").getAttribute("aria-label"), /^jbd2, /);
		await page.locator("#details-tree").click();
		assert.equal(await page.locator("#tree li[aria-selected=true] > .row .name").textContent(), "jbd2");
		await page.locator("#details .chain button", { hasText: "ext4" }).click();
		assert.equal(await current(page), "ext4");
		assert.equal(await page.locator("#modules tr[aria-selected=true] th").textContent(), "ext4");
		assert.equal(await page.locator("#tree li[aria-selected=true]").count(), 0);
		await page.locator(".tile", { hasText: "btrfs" }).first().click();
		assert.equal(await current(page), "btrfs");
		await page.context().close();
		const narrow = await open("list", { viewport: { width: 390, height: 800 } });
		assert.equal(await narrow.locator("#details").isVisible(), false);
		await narrow.locator(".tile").first().click();
		assert.equal(await narrow.locator("#details").isVisible(), true);
		await narrow.locator("#details-close").click();
		assert.equal(await narrow.locator("#details").isVisible(), false);
		assert.equal(await narrow.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), true);
		await narrow.context().close();
	},

	async proof() {
		const page = await open("list"), plan = json("list");
		const rows = await cells(page, "modules"), refused = rows.find((row) => row[0] === "gamepad");
		const finding = plan.modules.find((module) => module.name === "gamepad").findings[0];
		assert.match(refused[7], /^refused: /);
		assert(refused[7].includes(finding.text), refused[7]);
		assert.equal(rows.filter((row) => /^proved/.test(row[7])).length, plan.modules.length - 1);
		assert.match(await page.locator(".tile.bad").getAttribute("aria-label"), /^gamepad, .*refused$/);
		await page.locator("#search").fill("refused");
		assert.equal((await cells(page, "modules")).length, 1);
		const files = await cells(page, "firmware");
		assert.deepEqual(files.map((row) => [row[0], row[3]]), plan.firmware.map((file) => [file.name, file.path || "missing"]));
		await page.context().close();
	},

	async names() {
		const page = await open("list");
		await page.locator("#modules").scrollIntoViewIfNeeded(); // what is far from view may be left for later
		const session = await page.context().newCDPSession(page);
		const { nodes } = await session.send("Accessibility.getFullAXTree");
		const used = new Set(["button", "radio", "checkbox", "searchbox", "option", "treeitem", "tree", "listbox", "grid", "table",
			"region", "navigation", "complementary", "link", "group"]);
		const found = new Map();
		for (const node of nodes) {
			const role = node.role && node.role.value;
			if (node.ignored || !used.has(role))
				continue;
			found.set(role, (found.get(role) || 0) + 1);
			if (role !== "group" && role !== "table")
				assert(node.name && node.name.value, role + " without a name");
		}
		for (const role of ["button", "radio", "checkbox", "searchbox", "option", "treeitem", "tree", "listbox", "grid", "complementary"])
			assert(found.has(role), "no " + role + " in " + [...found.keys()].join(" "));
		assert.equal(await page.evaluate(() => document.querySelectorAll("h1").length), 1);
		await page.context().close();
		for (const colorScheme of ["light", "dark"]) {
			const view = await open("list", { colorScheme });
			const worst = await view.evaluate(() => {
				const linear = (c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
				const light = (color) => {
					const [r, g, b] = color.match(/[\d.]+/g).map(Number);
					return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
				};
				const ground = (at) => {
					for (; at; at = at.parentElement) {
						const color = getComputedStyle(at).backgroundColor;
						if (!/, 0\)$|transparent/.test(color))
							return color;
					}
					return getComputedStyle(document.body).backgroundColor;
				};
				let least = { ratio: 99 };
				for (const at of document.querySelectorAll("h1, .directory, .facts, .help, .tile, button, legend, label span, " +
					"#tree .how, #tree .name, #tree .bytes, tbody th, td, dt, dd, small, h3")) {
					if (!at.textContent.trim() || !at.checkVisibility() || at.matches(".tile small"))
						continue;
					const [a, b] = [light(getComputedStyle(at).color), light(ground(at))];
					const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
					if (ratio < least.ratio)
						least = { ratio, what: at.outerHTML.slice(0, 200), ground: ground(at), color: getComputedStyle(at).color };
				}
				return least;
			});
			assert(worst.ratio >= 4.5, colorScheme + ": " + JSON.stringify(worst));
			await view.context().close();
		}
	},

	async hostile() {
		const page = await open("hostile"), plan = json("hostile");
		const rows = await cells(page, "modules");
		assert.deepEqual(rows.map((row) => row[0]), plan.modules.map((module) => module.name.replace(/\x01/g, "?")));
		for (const name of ["a<b>", "q\"uote'", "модуль", "&amp;"])
			assert(rows.some((row) => row[0] === name), name);
		assert((await cells(page, "requests")).some((row) => row[0] === "</script><script>window.hacked=1</script>"));
		await page.locator("#tree-open").click();
		await page.locator("#tree-open").click();
		for (let i = 0; i < rows.length; i++) {
			await page.locator("#modules tbody tr").nth(i).click();
			assert.equal(await current(page), rows[i][0]);
		}
		const text = await page.locator("body").innerText();
		for (const part of ["<missing>", "<svg/onload=window.hacked=1>", "<img src=x onerror=window.hacked=1>.bin", "<!--"])
			assert(text.includes(part), part);
		const elements = await page.evaluate(() => ({ scripts: document.scripts.length, hacked: "hacked" in window,
			odd: document.querySelectorAll("img, svg, iframe, object, embed, link, [onload], [onerror], [onclick], [style*=url]").length }));
		assert.deepEqual(elements, { scripts: 3, hacked: false, odd: 0 });
		await page.context().close();
	},

	async plain() {
		const page = await open("list", { javaScriptEnabled: false });
		const plan = json("list");
		for (const id of ["map-section", "tree-section", "search-bar", "details"])
			assert.equal(await page.locator("#" + id).isVisible(), false, id);
		assert.equal(await page.locator("#modules tbody tr").count(), plan.modules.length);
		assert.equal(await page.locator("#modules tbody tr").first().isVisible(), true);
		assert.equal(await page.locator("button:visible").count(), 0);
		await page.context().close();
	},

	async print() {
		const page = await open("list");
		await page.emulateMedia({ media: "print" });
		for (const id of ["details", "search-bar"])
			assert.equal(await page.locator("#" + id).isVisible(), false, id);
		assert.equal(await page.locator("#map").isVisible(), true);
		assert.equal(await page.locator("#modules tbody tr").last().isVisible(), true);
		const box = await page.locator("#modules").evaluate((table) => table.parentElement.scrollHeight <= table.parentElement.clientHeight + 2);
		assert(box, "the table is cut");
		await page.pdf({ path: path.join(dir, "shots/list.pdf"), format: "A4" });
		assert(fs.statSync(path.join(dir, "shots/list.pdf")).size > 20000);
		await page.context().close();
	},

	async pictures() {
		const picture = (page, name, options) => page.screenshot({ path: path.join(dir, "shots", name + ".png"), ...options });
		for (const [name, options] of Object.entries({ light: {}, dark: { colorScheme: "dark" },
			narrow: { viewport: { width: 390, height: 844 } } })) {
			const page = await open("list", options);
			await picture(page, name);
			await page.context().close();
		}
		const page = await open("list", { viewport: { width: 1180, height: 790 } });
		await picture(page, "report");
		await page.context().close();
		const size = (name) => fs.statSync(path.join(dir, "shots", name + ".png")).size;
		assert(size("light") > 20000 && size("dark") > 20000 && size("narrow") > 10000 && size("report") <= 150000);
		assert.notEqual(size("light"), size("dark"));
		// How long the browser takes, for people; the machine may have more to do.
		for (const name of ["many", "all"]) {
			const timed = await open(name);
			const ms = await timed.evaluate(() => Math.round(performance.timing.loadEventEnd - performance.timing.navigationStart));
			console.log("draws " + (await timed.locator(".tile").count()) + " modules in " + ms + " ms");
			await timed.context().close();
		}
	},

	// The last: all others have made their noise.
	async quiet() {
		assert.deepEqual(noise, []);
	},
};

(async () => {
	fs.mkdirSync(path.join(dir, "results"), { recursive: true });
	fs.mkdirSync(path.join(dir, "shots"), { recursive: true });
	// Chromium's own sandbox needs what a container may lack; the pages are ours.
	browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
	for (const [name, trial] of Object.entries(trials)) {
		let result = "ok\n";
		try {
			await trial();
		} catch (error) {
			result = error.stack + "\n";
		}
		fs.writeFileSync(path.join(dir, "results", name), result);
	}
	await browser.close();
})().catch((error) => {
	console.error(error);
	process.exit(1);
});
