#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# For modules of real kernels, modclosure prints the same insmod lines as modprobe.

load kernels

# Turn lines of "insmod PATH" and "builtin NAME" after each "@NAME" into "NAME: WORD...", without
# duplicates: modprobe repeats a softdep that is also a dependency.
rows() {
	awk '
		/^@/ { if (row) print row; row = substr($0, 2) ":"; delete seen; next }
		{
			word = $2
			if ($1 == "builtin") word = "builtin:" word
			else sub(/.*\/modules\/[^\/]*\//, "", word)
			if (!(word in seen)) row = row " " word
			seen[word]
		}
		END { print row }'
}

# modprobe in a few processes; between the answers, it prints the command of an install line.
modprobe_rows() {
	mkdir between
	echo 'install between @' >between/between.conf
	cat >asked
	sed 's/$/\nbetween/' asked | tr '\n' '\0' |
		xargs -0 -n 4000 "$ORACLE/modprobe" -d base -S "$kver" -C between -a --show-depends |
		awk '
			function next_name() { if ((getline name <"asked") > 0) print "@" name }
			BEGIN { next_name() }
			/^install @/ { next_name(); next }
			1' | rows
}

modclosure_rows() {
	while read -r name; do
		echo "@$name"
		"$MODBOX" modclosure -o insmod --no-config -k "$kver" "$indexed" "$name"
	done | rows
}

# Drop rows with a module that has several softdep lines, of which libkmod reads only the first.
without_several() {
	awk '
		NR == FNR { several[$1]; next }
		{
			for (i = 2; i <= NF; i++) {
				name = $i
				sub(/.*\//, "", name)
				sub(/\.ko.*/, "", name)
				gsub(/-/, "_", name)
				if (name in several) next
			}
			print
		}' several "$1"
}

# insmod KERNEL: of a sample of its modules, or of all
insmod() {
	kernel "$1"
	mkdir -p base/lib/modules
	ln -s "$tree" "base/lib/modules/$kver"
	awk '$1 == "softdep" && n[$2]++ == 1 { print $2 }' "$tree/modules.softdep" >several
	echo "# several softdep lines: $(tr '\n' ' ' <several)" >&3
	every "$(in_build "$(amount 16 1)" 40)" <names >some
	modprobe_rows <some >theirs
	modclosure_rows <some >ours
	sorted <theirs >all_theirs
	sorted <ours >all_ours
	# Without such modules the rows are equal; with them, ours have more.
	without_several all_ours >expected
	awk 'NR == FNR { keep[$1]; next } $1 in keep' expected all_theirs >actual
	same expected actual
	awk '
		NR == FNR { for (i = 2; i <= NF; i++) has[$1, $i]; next }
		{ for (i = 2; i <= NF; i++) if (!(($1, $i) in has)) print $1, $i }' \
		all_ours all_theirs >lost
	assert_equal "$(cat lost)" ''
	sed 's/ builtin:[^ ]*//g' ours >loaded
	assert_loadable loaded
}

@test "amd64: the same insmod lines as modprobe" { insmod amd64; }
@test "armel-rpi: the same insmod lines as modprobe" { insmod armel-rpi; }
@test "next-amd64: the same insmod lines as modprobe" { insmod next-amd64; }
@test "next-arm64: the same insmod lines as modprobe" { insmod next-arm64; }
