# SPDX-License-Identifier: GPL-2.0-or-later
#
# Format run's results as tables: all of them, or with $short one table with a row per ratio.

# three significant digits
def digits: if . == 0 then "0" else
	(fabs | log10 | floor) as $exponent
	| ([2 - $exponent, 0] | max) as $places
	| (. * pow(10; $places) | round) as $whole
	| if $places == 0 then "\($whole)"
	  else ($whole | tostring | ("0" * ([$places + 1 - length, 0] | max) // "") + .)
		| .[:length - $places] + "." + .[length - $places:] end end;
def spread(unit): if . == null then "" else "\(.median * unit | digits) (\(.min * unit | digits)–\(.max * unit | digits))" end;
def mega: if . == null then "" else . / 1e6 | digits end;
def names: { "modbox-cpio": "modbox --cpio", "modbox-decompress": "modbox --decompress",
	"modbox-depmod": "modbox depmod", "modprobe-each": "modprobe, one a name",
	"modprobe-xz": "modprobe, then xz -d", "xz": "xz -dc >/dev/null", "cp": "cp --parents",
	"cp-tree": "cp of the directory", "modbox-copy": "modbox, no indexes",
	"modbox-plan": "modbox, nothing written", "modbox-start": "modbox --version",
	"modprobe34": "modprobe of kmod 34", "depmod34": "depmod of kmod 34",
	"dracut-ng": "dracut-ng's dracut-install", "sh": "the shell alone" }[.] // .;

def met: if . then "met" else "**missed**" end;
def verdict: [if .target then "\(.target) \(.met | met)" else empty end,
	if .cpu_target then "CPU \(.cpu_target) \(.cpu_met | met)" else empty end] | join(", ");

def row: "| \(.way | names) | \(.wall | spread(1e3)) | \(if .ratio then .ratio.wall | spread(1) else "" end)"
	+ " | \(verdict)"
	+ " | \(.cpu | spread(1e3)) | \(if .ratio then .ratio.cpu | spread(1) else "" end)"
	+ " | \(.memory | mega) | \(.calls | mega) | \(.storage | mega) | \(.instructions | mega) |";

def difference: if .difference == [] then empty else
	"\(.way | names) chooses otherwise: \(.difference[:10] | join(", "))\(if .difference | length > 10
		then " … (\(.difference | length))" else "" end)", "" end;

def table: "### \(.name)", "",
	"\(.names) names (\(.list)), \(.modules) modules, \(.bytes | mega) MB, Linux \(.version), "
	+ "\(if .indexes == "indexed" then "with" else "without" end) indexes"
	+ "\(if .cpus == "-" then "" else ", on \(.cpus) processor" end)", "",
	"| | wall ms | ours / theirs | target | CPU ms | ours / theirs | memory MB | read MB | from storage MB | instructions M |",
	"| --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
	(.ways[] | row), "", (.ways[] | difference);

def summary: "| case | modules | modbox ms | against | ms | modbox / other | CPU time | target |",
	"| --- | ---: | ---: | --- | ---: | ---: | ---: | --- |",
	(.cases[] | . as $case | .ways[1:][]
		| "| \($case.name) | \($case.modules) | \($case.ways[0].wall.median * 1e3 | digits) | \(.way | names)"
			+ " | \(.wall.median * 1e3 | digits) | \(if .ratio then .ratio.wall | spread(1) else "" end)"
			+ " | \(if .ratio and .ratio.cpu then .ratio.cpu.median | digits else "" end) | \(verdict) |"),
	"";

def growth: if .growth == [] then empty else
	"### Growth: wall time a module", "", "| names | modules | modbox µs | of the one before | target | cp µs |",
	"| ---: | ---: | ---: | ---: | --- | ---: |",
	(.growth[] | "| \(.names) | \(.modules) | \(.cost * 1e6 | digits) | "
		+ "\(if .ratio then .ratio | digits else "" end) | \(verdict) | \(.floor * 1e6 | digits) |"),
	"" end;

.machine as $m
| "\($m.date): \($m.processors) × \($m.processor), \($m.memory / 1e9 | digits) GB, SOURCE on \($m.source), DEST on \($m.dest); \($m.kernel), "
	+ "\($m.system). Load before: \($m.load), after: \($m.load_after). \($m.runs) runs of each. "
	+ (if $m.instructions == "" then "" else "Instructions by \($m.instructions)." end),
"", (.versions | to_entries | map("\(.key) \(.value)") | join(" · ")), "",
if $short then summary else .cases[] | table end, growth
