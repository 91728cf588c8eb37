#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# modlist-lint on real lists and kernels: lists of initramfs generators, taken from their packages,
# against four kernels.
#
# All findings were reviewed, and none is false.  The lists cover all architectures and ten years
# of kernels, so each kernel lacks many of their names (ide-cd, ps3disk, rockchipdrm, windfarm_*)
# and directories (kernel/drivers/ide/), and has others built in (af_packet, atkbd).  Scripts add
# the same name in several places, so there are duplicates.  ext3 is an alias of ext4 there, and
# sd_mod and mmc_block lie in directories that are listed as a whole.  The tests check every
# finding that other tools can confirm.

load kernels

kernels='amd64 armel-rpi next-amd64 next-arm64'

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	local package
	package=$("$MODBOX_SRC/scripts/fetch-packages" --alone native initramfs-tools-core)
	# modules="$modules NAME...", and copy_modules_dir DIRECTORY EXCEPTION...
	awk '
		/^[ \t]*modules="\$modules [a-z]/ {
			gsub(/.*\$modules |".*/, "")
			for (i = 1; i <= NF; i++) print $i
		}
		/copy_modules_dir kernel\// { print $2 "/" }
	' "$package/usr/share/initramfs-tools/hook-functions" >initramfs-tools.list
	cat "$package/usr/share/initramfs-tools/modules" >>initramfs-tools.list
	package=$("$MODBOX_SRC/scripts/fetch-packages" --alone native dracut-core)
	# instmods NAME... =DIRECTORY..., which may span several lines
	cat "$package"/usr/lib/dracut/modules.d/*/module-setup.sh | awk '
		{
			line = $0
			while (line ~ /\\$/ && (getline more) > 0) {
				sub(/\\$/, " ", line)
				line = line more
			}
			$0 = line
		}
		/^[ \t]*([a-z]+=[^ ]* )?instmods / {
			sub(/.*instmods /, "")
			gsub(/[|;&<>#].*|["\047]/, "")
			for (i = 1; i <= NF; i++)
				if ($i ~ /^=[a-z\/-]+$/) print "kernel/" substr($i, 2) "/"
				else if ($i ~ /^[a-z][a-z0-9_-]*$/) print $i
		}
	' >dracut.list
	[ "$(wc -l <initramfs-tools.list)" -gt 80 ]
	[ "$(wc -l <dracut.list)" -gt 120 ]
}

# found RULE: the subjects of its findings in out.json
found() {
	jq -r --arg rule "$1" '.findings[] | select(.rule == $rule) | .subject' out.json
}

# closure LIST: the modules that it selects
closure() {
	"$MODBOX" modclosure -K -k "$kver" -f "$1" "$indexed" 2>/dev/null | sort
}

# answer NAME: modprobe's, as modprobe_says prints it
answer() {
	awk -v name="$1:" '$1 == name' answers
}

# checked LIST: other tools confirm each finding
checked() {
	"$MODBOX" modlist-lint -o json -k "$kver" "$indexed" "$1" >out.json || [ $? = 1 ]
	for rule in unknown-name built-in several-modules; do
		found $rule
	done | grep -v '/$' | sort -u | modprobe_says >answers
	[ -s answers ]
	# absent: modprobe finds nothing, and nothing is built in
	found unknown-name | sort -u >absent
	awk 'NR == FNR { absent[$1 ":"]; next } $1 in absent' absent answers >absent.answers
	assert_equal "$(wc -l <absent.answers)" "$(wc -l <absent)"
	assert_equal "$(grep -v ':$' absent.answers)" ''
	tr - _ <absent | while read -r name; do
		! grep -qE "/${name//_/[-_]}\.ko" "$tree/modules.order" "$tree/modules.builtin" ||
			fail "$name is there"
	done
	found no-match | while read -r directory; do
		assert_equal "$(find "$tree/$directory" -name '*.ko*' 2>/dev/null | head -n 1)" ''
	done
	# built in: not a module, but the name has an answer
	found built-in | while read -r name; do
		if [[ $name = */ ]]; then
			assert_equal "$(find "$tree/$name" -name '*.ko*' 2>/dev/null | head -n 1)" ''
			grep -q "^$name" "$tree/modules.builtin" || fail "$name has nothing built in"
			continue
		fi
		[[ $(answer "$name") = *': '* ]] ||
			grep -q "/$(tr _- .. <<<"$name")\.ko" "$tree/modules.builtin" || fail "$name is not built in"
	done
	found several-modules | while read -r name; do
		[ "$(answer "$name" | wc -w)" -ge 3 ]
	done
	# redundant, duplicate: removing all these lines changes nothing
	cp "$1" shorter.list
	"$MODBOX" modlist-lint -k "$kver" --fix "$indexed" shorter.list >/dev/null || true
	closure "$1" >long
	closure shorter.list >short
	[ -s long ]
	cmp long short
	assert_equal "$(wc -l <shorter.list)" "$(($(wc -l <"$1") - $(found redundant | wc -l) - $(found duplicate | wc -l)))"
	"$MODBOX" modlist-lint -k "$kver" "$indexed" shorter.list >rest || true
	! grep -E '\[(redundant|duplicate)\]' rest
	# no other findings except softdeps
	python3 -c 'import json
print(*sorted({f["rule"] for f in json.load(open("out.json"))["findings"]} - {
	"unknown-name", "no-match", "built-in", "several-modules", "redundant", "duplicate",
	"concrete-crypto", "missing-softdep"}))' >others
	assert_equal "$(cat others)" ''
}

# bats test_tags=static
@test 'lists of initramfs-tools and dracut: other tools confirm every finding' {
	for name in $(in_build "$(amount 'armel-rpi next-amd64' "$kernels")" 'amd64 armel-rpi'); do
		kernel "$name"
		cd "$BATS_TEST_TMPDIR"
		for list in initramfs-tools dracut; do
			echo "$list for $kver" # shown on failure
			checked $list.list
		done
	done
}

# four_kernels: make a SOURCE named four with all kernels and indexes of kmod 34
four_kernels() {
	local name
	four=$(mktemp -d "$MODBOX_CACHE/tmp/four.XXXXXX")
	mkdir -p "$four/usr/lib/modules" "$four/empty"
	ln -s usr/lib "$four/lib"
	for name in $kernels; do
		kernel "$name"
		cp -al "$tree" "$four/usr/lib/modules/"
		rm "$four/usr/lib/modules/$kver"/modules.{dep,alias,symbols,softdep}*
		"$KMOD34/depmod" -b "$four" -C "$four/empty" "$kver"
	done
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	show_last_run
	[ -z "${four:-}" ] || rm -rf "$four"
}

# bats test_tags=static
@test 'four kernels at once: one finding for all of them, and 1,000 lines' {
	four_kernels
	run "$MODBOX" modlist-lint --all-kernels "$four" initramfs-tools.list
	assert_failure 1
	assert_line --regexp '^initramfs-tools.list:[0-9]+:1: error: nvme?[a-z_-]*: |^initramfs-tools.list:[0-9]+:1: error: ide-cd: absent from 6[^ ]*, 6[^ ]*, 6[^ ]* and 6[^ ]* \[unknown-name\]$'
	assert_line --regexp ': error: virtio_pci: absent from 6[^ ]*rpi, a module in 6.1[^ ]*amd64, built into 6.[^ ]* and 6[^ ]*; was it renamed\? \[unknown-name\]$|: error: virtio_pci: absent from 6[^ ]*rpi, built into 6.[^ ]* and 6[^ ]*, a module in 6.1[^ ]*amd64; was it renamed\? \[unknown-name\]$'

	sed 's|.*/||; s/\.ko.*//' "$four"/usr/lib/modules/*amd64/modules.order | sort -u |
		awk 'NR % 4 == 0' | head -n 1000 >thousand.list
	assert_equal "$(wc -l <thousand.list)" 1000
	"$MODBOX" modlist-lint --all-kernels "$four" thousand.list >out || [ $? = 1 ]
	[ "$(wc -l <out)" -gt 100 ]
}

@test "a kernel package without indexes has the same findings" {
	kernel amd64
	cd "$BATS_TEST_TMPDIR"
	cat initramfs-tools.list dracut.list >both.list
	# The exact name of a built-in module is answered without reading all modules.
	sed -i '/^crc32$/d' both.list
	for source in "$plain" "$indexed"; do
		"$MODBOX" modlist-lint -k "$kver" "$source" both.list >"${source##*/}.out" || [ $? = 1 ]
	done
	same "${plain##*/}.out" "${indexed##*/}.out"
}
