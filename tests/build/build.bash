# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced by the tests of the build.  Each test builds in its own directory, unless its file shares
# one between its tests, which then run one after the other.

# shellcheck source=../lib/failure.bash
source "${BASH_SOURCE[0]%/*}/../lib/failure.bash"

# The build directory of the binary under test, under the name used for that build; under another
# name make would rebuild everything.
built=${MODBOX%/*}
built=${built#"$MODBOX_SRC/"}

setup() {
	cd "$MODBOX_SRC" || return
	out=$BATS_TEST_TMPDIR/out
	mkdir "$out"
}

# setup_file() and setup() for files that build many configurations: only what differs from the
# previous one is recompiled.
share_out() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
}
use_shared_out() {
	cd "$MODBOX_SRC" || return
	out=$BATS_FILE_TMPDIR/out
	mkdir -p "$out"
}

# build ARGUMENT...: run make without optimisation and debugging information; only linking matters
build() {
	run make -s O="$out" CFLAGS='-O0 -g0' "$@"
	assert_success
	assert_file_executable "$out/modbox"
}

# configure GOAL...: write $out/.config
configure() {
	run make -s O="$out" "$@"
	assert_success
}

# without_kconfig COMMAND...: in a PATH without kconfig's programs
without_kconfig() {
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	ln -s /usr/bin/* "$BATS_TEST_TMPDIR/bin/" 2>/dev/null || true
	rm -f "$BATS_TEST_TMPDIR"/bin/kconfig-*
	PATH=$BATS_TEST_TMPDIR/bin "$@"
}

# sample <LINES: every eighth, others each day, and at least one; or all for make thorough
sample() {
	awk -v n="$(amount 8 1)" -v day="$(date +%-j)" '
		NR % n == day % n { print; some = 1 }
		END { if (!some) print }'
}

# works: $out/modbox runs, and completion knows its options
works() {
	tables_agree
	run "$out/modbox" --list
	assert_success
}

# tables_agree: what completion knows of $out/modbox is what its --help says
tables_agree() {
	local applet
	assert_equal "$(awk -F '\t' '
			$1 == "modbox" { own = own $2 " " }
			$1 == "applet" { printf "%s%s: %s\n", operands, $2, $4; operands = $2 " takes"; next }
			$1 == "operand" { operands = operands " " $4 }
			$1 == "option" && operands { print operands; operands = "" }
			$1 == "option" {
				print ($3 == "-" ? "" : "-" $3 ", ") "--" $4 \
					($5 == "yes" ? "=" $7 : $5 == "maybe" ? "[=" $7 "]" : "") " " $10
			}
			END { print own }' "$out/completion/options")" \
		"$({
			for applet in $("$out/modbox" --list); do
				"$out/modbox" --help
				echo "of $applet"
				"$out/modbox" "$applet" --help
			done
			"$out/modbox" --help | grep -q -- --install && echo install
		} | awk '
			/^of / { applet = $2; print applet ":" substr(summary[applet], length(applet) + 1); next }
			/^Applets/ { applets = 1; next }
			applets && /^  / { name = $1; $1 = $1; summary[name] = $0; next }
			/^Usage: modbox/ { applet = ""; next }
			{ applets = 0 }
			/^Usage:/ {
				sub(/.*\[OPTION\]\.\.\. (-m )?/, "")
				gsub(/[][]|\.\.\./, "")
				print applet " takes " $0
			}
			/^ +-/ { $1 = $1; print }
			END { printf "--help --list --version%s \n", $0 == "install" ? " --install" : "" }')"
}
