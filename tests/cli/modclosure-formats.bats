#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# modclosure's formats: tree, graph, JSON and the list for gen_init_cpio.

load ../lib/common

# shows ARGUMENT...: run closure; it succeeds without messages
shows() {
	closure "$@"
	assert_success
	assert_equal "$stderr" ''
}

# is_json EXPRESSION VALUE: the output follows the schema, and EXPRESSION gives VALUE
is_json() {
	local value
	printf '%s\n' "$output" >out.json
	value=$("$MODBOX_SRC/tests/lib/check-json" "$MODBOX_SRC/docs/modclosure.schema.json" \
		"$1" <out.json) || fail "not by the schema: $output"
	assert_equal "$value" "$2"
}

# is_dot: Graphviz reads the output without warnings
is_dot() {
	local said
	printf '%s\n' "$output" >out.dot
	said=$(dot -Tsvg -o out.svg out.dot 2>&1)
	assert_equal "$said" ''
	assert_file_not_empty out.svg
}

other=6.2.0-test

# A typical filesystem: hard dependencies, softdeps by alias, one of them built in.
filesystem() {
	module kernel/fs/ext4.ko depends=jbd2,mbcache 'softdep=pre: crypto-crc32c post: crc16'
	module kernel/fs/jbd2.ko 'softdep=pre: crypto-crc32c'
	module kernel/fs/mbcache.ko
	module -p 5000 kernel/crypto/crc32c_generic.ko alias=crypto-crc32c
	builtin_module lib/crc16.ko
}

# without_sizes: print the output without its first column
without_sizes() {
	printf '%s\n' "$output" | cut -c 10-
}

@test 'tree: each module is expanded once; the same with indexes' {
	filesystem
	for indexed in '' --weakdep; do
		[ -z "$indexed" ] || index "$indexed"
		LC_ALL=C shows -o tree ext4 -m crypto-crc32c 'nosuch?' crc16 'j*'
		run without_sizes
		assert_output "$(cat <<-EOF
			ext4  requested by operand
			|- jbd2  depends
			|  \`- crc32c_generic  softdep pre, as crypto-crc32c
			|- mbcache  depends
			|- crc32c_generic  softdep pre, as crypto-crc32c, above
			\`- crc16  softdep post, built in
			nosuch  requested by operand, missing
			crc16  requested by operand, built in
			jbd2  requested by operand, as j*, above
			crc32c_generic  requested by --module, as crypto-crc32c, above
			$kver: 4 modules, 1 built in
		EOF
		)"
	done
}

@test 'tree: sizes are aligned, and add up' {
	module -p 100000 big.ko depends=small
	module small.ko
	shows -o tree big small
	assert_equal "${#lines[@]}" 4
	assert_regex "${lines[0]}" '^    98K  big  requested by operand$'
	assert_regex "${lines[1]}" "^ {4}$(stat -c %s "$tree/kernel/small.ko")  └─ small  depends\$"
	assert_regex "${lines[2]}" '^         small  requested by operand, above$'
	assert_regex "${lines[3]}" "^    99K  $kver: 2 modules, 0 built in\$"
}

@test 'tree: softdep cycles end' {
	module a.ko 'softdep=pre: b'
	module b.ko 'softdep=pre: a post: b'
	LC_ALL=C shows -o tree a
	run without_sizes
	assert_output "$(cat <<-EOF
		a  requested by operand
		\`- b  softdep pre
		   |- a  softdep pre, above
		   \`- b  softdep post, above
		$kver: 2 modules, 0 built in
	EOF
	)"
}

@test 'tree: a softdep that modprobe.d repeats is shown once' {
	filesystem
	modprobe_d 'softdep ext4 pre: crypto-crc32c post: crc16'
	index
	shows -o tree ext4
	assert_equal "$(grep -c 'crc32c_generic' <<<"$output")" 2
	assert_equal "$(grep -c 'crc16' <<<"$output")" 1
}

@test 'tree: colours only if they are wanted' {
	filesystem
	shows -o tree ext4
	refute_output --partial $'\033'
	shows -o tree --color=never ext4
	refute_output --partial $'\033'
	NO_COLOR=1 shows -o tree --color=always ext4
	assert_output --partial $'\033[1mext4\033[m'
	assert_output --partial $'\033[36mcrc32c_generic\033[m'
	assert_output --partial $'\033[2mcrc16\033[m'
}

@test 'dot: Graphviz reads it' {
	filesystem
	shows -o dot ext4 fs-nothing\? 'crc*' 'm"\?'
	is_dot
	assert_file_contains out.svg '>crc32c_generic<'
	assert_file_contains out.svg '>fs&#45;nothing<'
	index
	shows -o dot ext4
	is_dot
}

@test 'dot: any text in a request' {
	module a.ko
	shows -o dot a $'q"\\\\"\xff\033<&>\?'
	is_dot
}

@test 'json: follows the schema, with and without indexes' {
	filesystem
	for indexed in '' --weakdep; do
		[ -z "$indexed" ] || index "$indexed"
		printf '%s\n' ext4 crc16 'nosuch?' >list
		shows -o json -f list crypto-crc32c
		is_json 'len(k)' 1
		is_json '(k[0]["schema"], k[0]["kernel"])' "(1, '$kver')"
		is_json 'k[0]["directory"]' "usr/lib/modules/$kver"
		is_json '[(r["name"], r["from"], r["answer"], r["modules"]) for r in k[0]["requests"]]' \
			"[('crypto-crc32c', 'operand', 'modules', ['crc32c_generic']), ('ext4', 'list:1', 'modules', ['ext4']), ('crc16', 'list:2', 'builtin', []), ('nosuch', 'list:3', 'none', [])]"
		is_json '[m["name"] for m in k[0]["modules"]][-1]' ext4
		is_json '[(e["kind"], e["from"], e["asked"]) for m in k[0]["modules"] if m["name"] == "crc32c_generic" for e in sorted(m["edges"], key=lambda e: e["from"])]' \
			"[('softdep pre', 'ext4', 'crypto-crc32c'), ('softdep pre', 'jbd2', 'crypto-crc32c'), ('request', 'operand', 'crypto-crc32c')]"
		is_json '[m["path"] for m in k[0]["modules"] if m["name"] == "jbd2"]' \
			"['usr/lib/modules/$kver/kernel/fs/jbd2.ko']"
		is_json '[m["edges"] for m in k[0]["modules"] if m["name"] == "jbd2"]' \
			"[[{'kind': 'depends', 'from': 'ext4'}]]"
		is_json '[(b["name"], b["kind"], b["from"]) for b in k[0]["builtin"]]' \
			"[('crc16', 'request', 'list:2'), ('crc16', 'softdep post', 'ext4')]"
		is_json '[(m["asked"], m["kind"], m["from"]) for m in k[0]["missing"]]' \
			"[('nosuch', 'request', 'list:3')]"
		is_json 'k[0]["size"] == sum(m["size"] for m in k[0]["modules"])' True
		is_json "k[0]['size']" "$(cat "$tree"/kernel/*/*.ko | wc -c)"
	done
}

@test 'json: missing names, and modprobe.d commands' {
	module a.ko depends=gone 'softdep=pre: hook post: never weak'
	modprobe_d 'install hook /bin/true'
	closure -K -o json a nosuch
	assert_failure 1
	is_json '[(m["asked"], m["kind"], m["from"]) for m in k[0]["missing"]]' \
		"[('nosuch', 'request', 'operand'), ('gone', 'depends', 'a'), ('never', 'softdep post', 'a'), ('weak', 'softdep post', 'a')]"
	is_json '[(m["asked"], m["kind"], m["from"]) for m in k[0]["commands"]]' \
		"[('hook', 'softdep pre', 'a')]"
}

@test 'names that are no file of a module: the same modules in every format' {
	local name names module
	module a.ko
	module b.ko
	module user.ko 'softdep=pre: bi'
	builtin_module bi.ko alias=both
	builtin_module bj.ko alias=both
	modprobe_d 'install group /bin/true' 'softdep group pre: a post: b' 'softdep bi pre: a post: b' \
		'alias mixed bi' 'alias mixed user' 'alias mixed run' 'install run /bin/true'
	for name in group bi both user mixed; do
		shows -o names "$name"
		names=$(sort <<<"$output")
		case $name in
		group | bi | both) assert_equal "$names" $'a\nb' ;;
		*) assert_equal "$names" $'a\nb\nuser' ;;
		esac
		shows -o paths "$name"
		assert_equal "$(sed 's,.*/,,; s,[.]ko,,' <<<"$output" | sort)" "$names"
		shows -o json "$name"
		is_json '"\n".join(sorted(m["name"] for m in k[0]["modules"]))' "$names"
		shows -o dot "$name"
		is_dot
		shows --why=a "$name"
		assert_output --partial "$name (operand): "
		for module in $names; do
			shows -o tree "$name"
			assert_line --regexp " $module  "
		done
	done
	shows -o json mixed
	is_json '[(r["answer"], r["modules"]) for r in k[0]["requests"]]' "[('modules', ['user', 'a', 'b'])]"
	is_json '[(b["name"], b["asked"], b["kind"], b["from"]) for b in k[0]["builtin"]]' \
		"[('bi', 'mixed', 'request', 'operand'), ('bi', 'bi', 'softdep pre', 'user')]"
	is_json '[[(e["kind"], e["from"], e["asked"]) for e in m["edges"]] for m in k[0]["modules"] if m["name"] == "a"]' \
		"[[('request', 'operand', 'mixed'), ('softdep pre', 'user', 'bi')]]"
	shows -o json both
	is_json '[b["name"] for b in k[0]["builtin"]]' "['bi', 'bj']"
	shows -o tree bi
	assert_line --regexp '^ *bi  requested by operand, built in$'
	assert_line --regexp '2 modules, 1 built in$'
}

@test 'json: one object per line for each kernel' {
	filesystem
	cp -R "$tree" "$src/usr/lib/modules/$other"
	run "$MODBOX" modclosure -k $other -k "$kver" -o json "$src" ext4
	assert_success
	assert_equal "${#lines[@]}" 2
	is_json '[o["kernel"] for o in k]' "['$other', '$kver']"
}

@test 'json: names that are not UTF-8 or need quoting' {
	module $'\xe9\xff"x.ko'
	module plain.ko $'alias=\xc3:x'
	shows -o json $'\xe9\xff"x' $'\xc3:x' $'\xed\xa0\x80\t"\\?'
	is_json 'ascii(k[0]["modules"][0]["name"])' "'\\ufffd\\ufffd\"x'"
	is_json 'ascii(k[0]["requests"][1]["name"])' "'\\ufffd:x'"
	is_json 'ascii(k[0]["requests"][2]["name"])' "'\\ufffd\\ufffd\\ufffd\\t\"\\\\'"
}

# as_modinfo NUMBERS: the output has the fields that kmod's modinfo shows; so many modules, built-in
# modules and fields
as_modinfo() {
	printf '%s\n' "$output" >out.json
	run "$MODBOX_SRC/tests/lib/check-modinfo" "$ORACLE/modinfo" "$src" 1 <out.json
	assert_output "$1"
	output=$(<out.json)
}

@test 'json: --all: the fields that modinfo shows, from every compression, and of built-in modules' {
	local suffix
	ln -s usr/lib "$src/lib"
	for suffix in ko ko.gz ko.xz ko.zst; do
		module "kernel/${suffix//./_}.$suffix" license=GPL 'description=A "thing"' firmware=a/b.bin \
			alias=pci:v1 firmware=c.bin version=1=2 'softdep=pre: a' alias=pci:v1 parmtype=n:int 'parm=n:a number'
	done
	builtin_module lib/crc16.ko alias=of:N firmware=b.bin alias=x.y=z
	builtin_module lib/other.ko
	echo kernel/lib/silent.ko >>"$tree/modules.builtin"
	index
	shows -o json --all
	is_json '[(r["name"], r["from"], len(r["modules"])) for r in k[0]["requests"]]' "[('*', '--all', 4)]"
	is_json '[b["name"] for b in k[0]["builtin_modules"]]' "['crc16', 'other']"
	is_json '[m["modinfo"]["firmware"] for m in k[0]["modules"][:1]]' "[['a/b.bin', 'c.bin']]"
	as_modinfo '4 2 49'
	shows -o json --all ko_xz crc16
	is_json '[m["name"] for m in k[0]["modules"] + k[0]["builtin_modules"]]' "['ko_xz', 'crc16']"
	shows -o json --all '!ko_xz' '!ko_gz'
	is_json 'sorted(m["name"] for m in k[0]["modules"])' "['ko', 'ko_zst']"
	is_json 'len(k[0]["builtin_modules"])' 2
	shows -o json ko
	is_json '"builtin_modules" in k[0] or "modinfo" in k[0]["modules"][0]' False
}

@test 'json: --all: odd and hostile fields' {
	ln -s usr/lib "$src/lib"
	module odd.ko $'bad\xff=\xfe\x01"' bad=1 $'bad\xfe=2' $'bad\xff=3' nothing =nameless a= a=b=c $'\n=\n' \
		"long=$(head -c 5000 /dev/zero | tr '\0' x)" a=
	mkmodule "$tree/kernel/none.ko"
	mapfile -t fields < <(seq -f 'k%.0f=v' 20000)
	mkmodule "$tree/kernel/many.ko" "${fields[@]}"
	shows -o json --all odd none many
	as_modinfo '3 0 20012'
	is_json '[m["modinfo"] for m in k[0]["modules"] if m["name"] == "none"]' '[{}]'
	is_json 'ascii({a: b for m in k[0]["modules"] if m["name"] == "odd" for a, b in m["modinfo"].items() if a[:3] == "bad"})' \
		"{'bad': ['1'], 'bad\\ufffd': ['\\ufffd\\x01\"', '2', '3']}"
}

@test 'json: --all: a record, which has only some fields, does not shorten them' {
	for name in a b c d e f g h; do module $name.ko.xz description=text; done
	"$MODBOX" depmod --record -b "$src" -m usr/lib/modules "$kver"
	shows -o json --all a b c d e f g h
	is_json '[tuple(m["modinfo"]["description"]) for m in k[0]["modules"]] == 8 * [("text",)]' True
}

@test '--all needs json; it is no request beside an empty list' {
	module a.ko
	closure --all a
	assert_failure 2
	assert_equal "$stderr" "modclosure: --all needs --format=json (see modclosure --help)"
	echo '# nothing' >list
	closure -o json --all -f list
	assert_failure 5
	chmod 000 "$tree/kernel/a.ko"
	head -c 100 /dev/zero >"$tree/kernel/b.ko"
	closure -o json --all
	assert_failure 4
	assert_output ''
}

# archive: make an archive from the list in the output, and unpack it to the directory
# unpacked.  cpio fails for a file whose directory is not listed before it.
archive() {
	printf '%s\n' "$output" >list.cpio
	"$MODBOX_SRC/tests/lib/gen-init-cpio" list.cpio >out.cpio || fail 'the list cannot be read'
	rm -rf unpacked
	mkdir unpacked
	(cd unpacked && cpio -i --quiet --no-preserve-owner --no-absolute-filenames <../out.cpio)
}

# like_modcopy ARGUMENT...: unpacked has the files that rpi-modcopy copies for the same
# arguments, apart from indexes
like_modcopy() {
	rm -rf "$dst"
	"$MODBOX" rpi-modcopy "$src" "$dst" "$@"
	find "$dst" \( -name 'modules.*' ! -name 'modules.builtin' \
		! -name modules.builtin.modinfo \) -delete
	run diff -r unpacked "$dst"
	assert_success
	assert_output ''
}

@test 'cpio-list: the archive has the files that rpi-modcopy copies' {
	filesystem
	module kernel/drivers/a/x.ko.xz
	module kernel/drivers/a-b/y.ko.zst depends=x
	for indexed in '' --weakdep; do
		[ -z "$indexed" ] || index "$indexed"
		shows -o cpio-list ext4 y
		archive
		like_modcopy -k "$kver" -m ext4 -m y
	done
	run find unpacked/* -type f ! -perm 644 -o -type d ! -perm 755
	assert_output ''
}

@test 'cpio-list: owner and modes are fixed, locations absolute' {
	module a.ko
	chmod 600 "$tree/kernel/a.ko"
	chmod 700 "$tree/kernel"
	shows -o cpio-list a
	assert_line "dir /usr/lib/modules/$kver/kernel 0755 0 0"
	assert_line "file /usr/lib/modules/$kver/kernel/a.ko $tree/kernel/a.ko 0644 0 0"
	assert_equal "${lines[0]}" 'dir /usr 0755 0 0'
	cd "$src"
	run "$MODBOX" modclosure -k "$kver" -o cpio-list . a
	assert_line "file /usr/lib/modules/$kver/kernel/a.ko $(realpath "$tree")/kernel/a.ko 0644 0 0"
}

@test 'cpio-list: a link becomes its target, resolved inside SOURCE' {
	module extra/real.ko name=linked
	mkdir -p "$src/opt" "$tree/weak-updates"
	mv "$tree/extra/real.ko" "$src/opt/linked.ko"
	ln -s /opt/linked.ko "$tree/weak-updates/linked.ko"
	shows -o cpio-list linked
	assert_line "file /usr/lib/modules/$kver/weak-updates/linked.ko $(realpath "$src")/opt/linked.ko 0644 0 0"
	archive
	cmp "unpacked/usr/lib/modules/$kver/weak-updates/linked.ko" "$src/opt/linked.ko"
}

@test 'cpio-list: several kernels, each directory once' {
	filesystem
	cp -R "$tree" "$src/usr/lib/modules/$other"
	run "$MODBOX" modclosure -k $other -k "$kver" -k $other -o cpio-list "$src" ext4
	assert_success
	archive
	like_modcopy -k $other -k "$kver" -m ext4
}

@test 'cpio-list: a path with a space is refused' {
	module a.ko
	mv "$src" "$src dir"
	src="$src dir"
	closure -o cpio-list a
	assert_failure 2
	assert_output ''
	assert_equal "$stderr" "modclosure: a cpio-list cannot hold the location $src/usr/lib/modules/$kver/kernel/a.ko: it has white space or \${; use another path to SOURCE"
	ln -s "$src" "$BATS_TEST_TMPDIR/link"
	src=$BATS_TEST_TMPDIR/link
	shows -o cpio-list a
	assert_line --partial " $src/usr/lib/modules/"
}

@test 'a failed write of a report is an error' {
	filesystem
	for format in tree dot json cpio-list; do
		run --separate-stderr sh -c \
			"\"$MODBOX\" modclosure -k $kver -o $format \"$src\" ext4 >/dev/full"
		assert_failure 4
		assert_regex "$stderr" 'No space left on device'
	done
}
