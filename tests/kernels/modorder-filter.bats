#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# modorder-filter on real kernels' modules.order, compared with grep, awk and modules.dep.

load kernels

filter() {
	"$MODBOX" modorder-filter "$@"
}

# parts: use a tenth of the modules, by name with "_" for "-"
parts() {
	local order=$tree/modules.order
	awk 'NR % 10 == 3' "$order" >lines
	sed 's|.*/||; s/\..*//' lines | tr - _ | sort >chosen
	filter -f chosen "$order" >kept
	cmp kept lines
	filter --invert -f chosen "$order" | cmp - <(grep -vFxf lines "$order")
	filter --sort -f chosen "$order" | cmp - <(sed 's|.*/||; s/\..*//' lines | tr - _)
	filter --normalize -f chosen "$order" "$order" | cmp - lines
	filter --check -f chosen lines
	run filter --check -f chosen "$order"
	assert_failure 1
	assert_equal "$(grep -c 'is not in the set$' <<<"$output")" \
		"$(grep -cvFxf lines "$order")"
}

# trees: the tree has exactly the modules that its modules.order names
trees() {
	filter --tree="$tree" "$tree/modules.order" | cmp - "$tree/modules.order"
	filter --source="$indexed" -k "$kver" -M "${dir%/*}" -m '*' | cmp - "$tree/modules.order"
	filter --check --tree="$tree/kernel" --source="$indexed" -k "$kver" -M "${dir%/*}"
	# In the order's sequence and verbatim, except for the suffix.
	filter --tree="$tree" --sort "$tree/modules.order" | sed 's/\.ko.*/.ko/' |
		cmp - <(sed 's/\.ko.*/.ko/' "$tree/modules.order")
}

# closes: --closure keeps the lines of a module's dependencies in modules.dep
closes() {
	local order=$tree/modules.order source name
	source=(--source="$indexed" -k "$kver" -M "${dir%/*}" --closure --no-softdep --no-weakdep)
	for name in $(every 200 <names); do
		grep "/$name\.ko[^:]*:" "$tree/modules.dep" | tr -d : | tr ' ' '\n' |
			sed '/^$/d; s/\.ko.*/.ko/' | sort >needed
		filter "${source[@]}" -m "$name" >actual
		sed 's/\.ko.*/.ko/' "$order" | grep -Fxf needed >expected
		sed 's/\.ko.*/.ko/' actual | cmp - expected
		[ -s expected ] || fail "$name"
		filter "${source[@]}" -m "$name" --check actual
	done
}

@test "amd64: modules.order" {
	kernel amd64
	parts
	trees
	closes
}

@test "armel-rpi: modules.order" {
	kernel armel-rpi
	parts
	trees
	closes
}

@test "next-amd64: modules.order" {
	kernel next-amd64
	parts
	trees
	closes
}

@test "next-arm64: modules.order" {
	kernel next-arm64
	parts
	trees
	closes
}
