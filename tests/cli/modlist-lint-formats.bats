#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# modlist-lint's output formats: text, JSON, SARIF.
# shellcheck disable=SC2016,SC2034 # texts for other shells; variables for those sourced

load ../lib/lint

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	src=src
	add_tree
	module a.ko alias=either
	module b.ko alias=either
	another 6.2.0-test
	module a.ko
	builtin_module b.ko
	kver=6.1.0-test
}

# on_terminal: print its output on a terminal, without carriage returns
on_terminal() {
	script -qec "'$MODBOX' modlist-lint -k $kver src boot.list" /dev/null </dev/null | tr -d '\r' || true
}

@test 'text: a terminal also shows the line and the place' {
	list a '  é zz'
	lint
	assert_output "boot.list:2:3: error: é zz: absent from $kver; put one name on each line [unknown-name]"
	run on_terminal
	assert_output "boot.list:2:3: error: é zz: absent from $kver; put one name on each line [unknown-name]
      é zz
      ^"
	printf 'éé\tzz # \303\n' >boot.list
	run on_terminal
	assert_output "boot.list:1:7: error: a comment needs a line of its own [inline-comment]
    éé?zz # �
          ^
boot.list:1:9: warning: byte \xc3 is not UTF-8 [not-utf8]
    éé?zz # �
            ^"
}

@test 'text: of a long line, the part with the finding is shown' {
	printf '%0200d#%0200d\n' 0 0 >boot.list
	run on_terminal
	assert_line --index 0 "boot.list:1:201: error: a comment needs a line of its own [inline-comment]"
	assert_equal "${lines[1]}" "    $(printf '%059d#%040d' 0 0)"
	assert_equal "${lines[2]}" "    $(printf '%59s^' '')"
}

@test 'text: control characters in a list or its name do not reach the terminal' {
	name=$'bo\033]0;x\007ot\xff.list'
	printf 'a\033[2J\n\302\233zz\n# \033c\nx\177\n' >"$name"
	mv "$name" "$name.2" && mv "$name.2" "$name"
	run "$MODBOX" modlist-lint -k "$kver" src "$name"
	assert_failure 1
	refute_output --regexp $'[\001-\010\013-\037\177]'
	assert_equal "$(printf %s "$output" | iconv -f UTF-8 -t UTF-16 | iconv -f UTF-16 -t UTF-8)" "$output"
	cp "$name" boot.list
	refute_regex "$(on_terminal)" $'[\001-\010\013-\037\177]'
}

# json EXPRESSION: evaluate it on the output, which must follow the schema
json() {
	"$MODBOX_SRC/tests/lib/check-json" "$MODBOX_SRC/docs/modlist-lint.schema.json" "$1" <<<"$output"
}

@test 'json: follows the schema, with the parts of each finding' {
	list a b 'é' $'z\001\377' either a
	run --separate-stderr "$MODBOX" modlist-lint -o json --all-kernels src boot.list
	assert_failure 1
	assert_equal "$(json 'k[0]["kernels"]')" "['6.1.0-test', '6.2.0-test']"
	assert_equal "$(json '[f["rule"] for f in k[0]["findings"]]')" \
		"['built-in', 'unknown-name', 'unknown-name', 'control-character', 'not-utf8', 'several-modules', 'unknown-name', 'duplicate']"
	assert_equal "$(json '[f for f in k[0]["findings"] if f["line"] == 5][1]["parts"]')" \
		"[{'text': 'absent from', 'kernels': ['6.2.0-test']}, {'text': 'a module in', 'kernels': ['6.1.0-test']}]"
	assert_equal "$(json '[f for f in k[0]["findings"] if f["line"] == 4][1]["column"]')" 2
	list a
	run --separate-stderr "$MODBOX" modlist-lint --format=json -k "$kver" src boot.list
	assert_success
	assert_output '{"schema":1,"kernels":["6.1.0-test"],"findings":[]}'
}

# validate FILE: run Microsoft's validator; its status says nothing, but its output does
validate() {
	local multitool
	multitool=$("$MODBOX_SRC/scripts/fetch-sarif")
	# Run without ICU and without its files in the home directory.
	run env HOME="$PWD" DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_BUNDLE_EXTRACT_BASE_DIR="$PWD/dotnet" \
		"$multitool" validate "$1" --output report.sarif --log ForceOverwrite
}

@test 'sarif: valid 2.1.0 by the validator of @microsoft/sarif-multitool' {
	mkdir -p 'src/etc/modprobe.d' 'lists é'
	printf 'optoins a x=1\n# \377\0\n' >src/etc/modprobe.d/x.conf
	printf '%s\n' a b 'é' $'z\001\377' either a 'a # b' >'lists é/boot: 100%.list'
	run --separate-stderr "$MODBOX" modlist-lint --format=sarif --all-kernels src 'lists é/boot: 100%.list' "$PWD/lists é/boot: 100%.list"
	assert_failure 1
	printf '%s\n' "$output" >out.sarif
	validate out.sarif
	assert_success
	refute_output --partial ': error'
	assert_output --partial 'Analysis completed successfully'
	python3 - <<-'END' >found
		import json
		run = json.load(open("out.sarif"))["runs"][0]
		rules = run["tool"]["driver"]["rules"]
		for r in run["results"]:
		    place = r["locations"][0]["physicalLocation"]
		    assert rules[r["ruleIndex"]]["id"] == r["ruleId"]
		    assert rules[r["ruleIndex"]]["defaultConfiguration"]["level"] == r["level"]
		    uri = place["artifactLocation"]["uri"]
		    print(uri, place["region"]["startLine"], place["region"]["startColumn"], r["level"], r["ruleId"])
	END
	grep -qx 'lists%20%C3%A9/boot%3A%20100%25.list 3 1 error unknown-name' found
	grep -qx "file://$PWD/lists%20%C3%A9/boot%3A%20100%25.list 7 3 error inline-comment" found
	grep -qx 'src/etc/modprobe.d/x.conf 1 1 warning unknown-keyword' found
	grep -qx 'lists%20%C3%A9/boot%3A%20100%25.list 2 1 note built-in' found
}

@test 'sarif: no findings, and standard input; the validator does detect faults' {
	list a
	"$MODBOX" modlist-lint -o sarif -k "$kver" src boot.list >out.sarif
	validate out.sarif
	assert_success
	refute_output --partial ': error'
	"$MODBOX" modlist-lint -o sarif -k "$kver" src - <<<zz >in.sarif || true
	validate in.sarif
	assert_success
	refute_output --partial ': error'
	sed 's/"startLine":1/"startLine":0/' in.sarif >bad.sarif
	validate bad.sarif
	assert_output --partial ': error JSON'
}

@test 'a failed write of the output is an error' {
	list zz
	for format in text json sarif; do
		run --separate-stderr bash -c '"$1" modlist-lint -o "$2" -k "$3" src boot.list >/dev/full' - "$MODBOX" $format "$kver"
		assert_failure 4
		assert_equal "$stderr" 'modlist-lint: cannot write standard output: No space left on device'
	done
}
