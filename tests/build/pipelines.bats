#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The pipelines in docs/ci.md are well-formed, and their calls of modbox do what the page says.

load ../lib/failure

# commands: the shell commands of a job, one file each, as their service reads them
commands() {
	python3 - "$MODBOX_SRC/docs/ci.md" <<-'END'
		import re, sys, yaml
		text = open(sys.argv[1]).read()
		github, gitlab = map(yaml.safe_load, re.findall(r"```yaml\n(.*?)```", text, re.S))
		steps = github["jobs"]["lint"]["steps"]
		job = gitlab["modlist-lint"]
		lines = [step["run"] for step in steps if "run" in step]
		lines += [line for key in ("before_script", "script", "after_script") for line in job[key]]
		for number, line in enumerate(lines):
		    assert isinstance(line, str), f"not a command: {line!r}"
		    open(f"{number}.sh", "w").write(line)
	END
}

@test "docs/ci.md: its commands are a shell's, and modlist-lint's report and status are as it says" {
	cd "$BATS_TEST_TMPDIR" || return
	commands
	local file calls=0
	ln -s "$("$MODBOX_SRC/scripts/fetch-kernel" amd64)" kernel
	export PATH=$BATS_TEST_TMPDIR/bin:$PATH
	mkdir bin
	ln -s "$MODBOX" bin/modbox
	for file in *.sh; do
		sh -n "$file"
		grep -q '^modbox' "$file" || continue
		calls=$((calls + 1))
		echo ext4 >boot.list
		run sh -e "$file"
		assert_success
		echo ext5 >boot.list
		run sh -e "$file"
		grep -q '|| true' "$file" || assert_failure 1
	done
	assert_equal "$calls" 3
	assert_equal "$(jq -r '.runs[0].results[0].ruleId' modlist-lint.sarif)" unknown-name
}
