#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A whole kernel as a tree, as JSON and as a list for gen_init_cpio; part of one as a graph.

load ../lib/failure

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	src=$("$MODBOX_SRC/scripts/fetch-kernel" --indexed amd64)
	kver=$(basename "$src"/lib/modules/*)
	tree=$src/lib/modules/$kver
}

# closure FORMAT NAME...: run modclosure on the whole kernel, with output to the file out
closure() {
	"$MODBOX" modclosure -k "$kver" -o "$1" "$src" "${@:2}" >out
}

@test 'tree: each module shows its size once' {
	closure tree '*'
	sizes=$(cut -c 1-8 out | head -n -1 | grep -c '[^ ]')
	assert_equal "$sizes" "$(find "$tree" -name '*.ko' | wc -l)"
	assert_regex "$(tail -n 1 out)" " $kver: $sizes modules, "
}

@test 'json: matches the schema; all modules, each after its dependencies' {
	closure json '*'
	run "$MODBOX_SRC/tests/lib/check-json" "$MODBOX_SRC/docs/modclosure.schema.json" \
		'"\n".join(m["path"] for m in k[0]["modules"])' <out
	assert_success
	assert_equal "$(sort <<<"$output")" \
		"$(cd "$src" && find lib/modules -name '*.ko' | sort)"
	cat >order.py <<-'END'
		import json, sys
		modules = json.load(sys.stdin)["modules"]
		place = {m["name"]: i for i, m in enumerate(modules)}
		edges = [(e["from"], m["name"]) for m in modules for e in m["edges"] if e["kind"] == "depends"]
		print(len(edges) > 4000, [e for e in edges if place[e[0]] < place[e[1]]])
	END
	run /usr/bin/python3 order.py <out
	assert_output 'True []'
}

@test 'json: the memory of a module is the size of its allocated sections' {
	closure json ext4 xfs
	run "$MODBOX_SRC/tests/lib/check-json" "$MODBOX_SRC/docs/modclosure.schema.json" \
		'"\n".join("%s %s" % (m["path"], m["memory"]) for m in k[0]["modules"])' <out
	assert_success
	while read -r path memory; do
		assert_equal "$memory" "$(($(readelf -SW "$src/$path" |
			awk 'sub(/.*\] */, "") && $7 ~ /A/ { print "0x" $5 }' | paste -sd +)))"
	done <<<"$output"
	[ "${#lines[@]}" -gt 4 ]
}

# as_modinfo EVERY: the output has the fields of modinfo, for every EVERY-th module and all built-in ones
as_modinfo() {
	run "$MODBOX_SRC/tests/lib/check-modinfo" "$ORACLE/modinfo" "$src" "$1" <out
	assert_success
}

@test 'json: --all: the fields that modinfo shows, of all modules and built-in ones' {
	closure json --all
	as_modinfo 1
	[ "${lines[0]%% *}" -gt 3900 ]
	"$MODBOX_SRC/tests/lib/check-json" "$MODBOX_SRC/docs/modclosure.schema.json" <out
	src=$("$MODBOX_SRC/scripts/fetch-kernel" --indexed next-amd64)
	kver=$(basename "$src"/usr/lib/modules/*)
	closure json --all --hard-only 'x*'
	as_modinfo 1
	[ "${lines[0]%% *}" -gt 60 ]
}

@test 'cpio-list: all modules and their parent directories' {
	closure cpio-list '*'
	cut -d ' ' -f 2,3 out | sed -n 's|^/\(.*\) '"$src"'/\1$|\1|p' | sort >files
	(cd "$src" && find "lib/modules/$kver" -name '*.ko') >wanted
	printf '%s\n' "lib/modules/$kver/modules.builtin"{,.modinfo} >>wanted
	sort wanted | diff files -
	awk '$1 == "dir" { print $2 }' out | sort >dirs
	while [ -s wanted ]; do
		grep / wanted | sed 's|/[^/]*$||' | sort -u | tee -a above >next
		mv next wanted
	done
	sort -u above | sed 's|^|/|' | diff dirs -
}

@test 'dot: a hundred modules' {
	closure dot btrfs iwlwifi nvme amdgpu 'snd_hda_*' 'xt_*'
	run dot -Tsvg -o out.svg out
	assert_success
	assert_output ''
	[ "$(grep -c '<g id="node' out.svg)" -ge 100 ]
}
