#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Dependencies of every module of real kernels equal those of kmod's depmod.

load kernels

# -- in one process, every module ---------------------------------------------------

# dependencies KERNEL TREE [OPTION]: TREE is plain or indexed
dependencies() {
	kernel "$1"
	depmod_says >expected
	"$resolve" ${3:+"$3"} "${!2}" "$kver" <names >answers
	sorted <answers >actual
	same expected actual
	assert_loadable answers
}

@test "amd64: dependencies, from the indexes" { dependencies amd64 indexed; }
@test "armel-rpi: dependencies, from the indexes" { dependencies armel-rpi indexed; }
@test "next-amd64: dependencies, from the indexes" { dependencies next-amd64 indexed; }
@test "next-arm64: dependencies, from the indexes" { dependencies next-arm64 indexed; }

@test "amd64: dependencies, from the modules" { dependencies amd64 plain; }
@test "armel-rpi: dependencies, from the modules" { dependencies armel-rpi plain; }
@test "next-amd64: dependencies, from the modules" { dependencies next-amd64 plain; }
@test "next-arm64: dependencies, from the modules" { dependencies next-arm64 plain; }

@test "amd64: direct dependencies lead to the same modules" { dependencies amd64 indexed -d; }
@test "armel-rpi: direct dependencies lead to the same modules" { dependencies armel-rpi indexed -d; }

# -- one process a module -------------------------------------------------------------

# processes KERNEL TREE EVERY
processes() {
	kernel "$1"
	every "$3" <names >some
	awk 'NR == FNR { some[$1 ":"]; next } $1 in some' some <(depmod_says) >expected
	by_processes "${!2}" <some >actual
	same expected actual
}

@test "amd64: rpi-modcopy on modules one by one, indexed" { processes amd64 indexed "$(in_build "$(amount 16 1)" 40)"; }
@test "armel-rpi: rpi-modcopy on modules one by one, indexed" { processes armel-rpi indexed "$(in_build "$(amount 16 1)" 40)"; }
@test "next-amd64: rpi-modcopy on modules one by one, indexed" { processes next-amd64 indexed "$(in_build "$(amount 16 1)" 40)"; }
@test "next-arm64: rpi-modcopy on modules one by one, indexed" { processes next-arm64 indexed "$(in_build "$(amount 16 1)" 40)"; }

@test "amd64: rpi-modcopy on some modules, not indexed" { processes amd64 plain "$(in_build "$(amount 50 25)" 100)"; }
@test "armel-rpi: rpi-modcopy on some modules, not indexed" { processes armel-rpi plain "$(in_build "$(amount 50 25)" 100)"; }
@test "next-amd64: rpi-modcopy on some modules, not indexed" { processes next-amd64 plain "$(in_build "$(amount 50 25)" 100)"; }
@test "next-arm64: rpi-modcopy on some modules, not indexed" { processes next-arm64 plain "$(in_build "$(amount 50 25)" 100)"; }

# -- softdeps and weakdeps --------------------------------------------------------------

# All softdeps and weakdeps of a tree's modules, by modinfo, in the format of modules.softdep.
soft_lines() {
	find "$1" -name '*.ko*' -print0 | xargs -0 -n 500 "$ORACLE/modinfo" |
		awk '
			$1 == "filename:" {
				name = $2
				sub(/.*\//, "", name)
				sub(/\.ko.*/, "", name)
				gsub(/-/, "_", name)
			}
			$1 == "softdep:" || $1 == "weakdep:" {
				kind = $1
				sub(/:/, "", kind)
				$1 = ""
				print kind, name $0
			}'
}

# soft_answers: modprobe's answers to the words in softdeps and weakdeps
soft_answers() {
	awk '{ for (i = 3; i <= NF; i++) if ($i != "pre:" && $i != "post:") print $i }' soft | sort -u |
		modprobe_says
}

# An independent closure: "NAME: PATH..." for every module, from rows of modules.dep, lines of
# softdep and weakdep, and the answers to their words.
reference() {
	awk '
		function base(path) {
			sub(/.*\//, "", path)
			sub(/\.ko.*/, "", path)
			gsub(/-/, "_", path)
			return path
		}
		FILENAME == ARGV[1] {
			path = $1
			sub(/:$/, "", path)
			name = base(path)
			file[name] = path
			shown[name] = path
			for (i = 2; i <= NF; i++) edges[name] = edges[name] " " base($i)
			next
		}
		FILENAME == ARGV[2] { word = $1; sub(/:$/, "", word); $1 = ""; answer[word] = $0; next }
		{
			started = $1 == "weakdep"
			for (i = 3; i <= NF; i++) {
				if ($i == "pre:" || $i == "post:") started = 1
				else if (started) edges[$2] = edges[$2] " " answer[$i]
			}
		}
		END {
			for (name in file) {
				delete seen
				n = 1
				queue[1] = name
				seen[name]
				for (i = 1; i <= n; i++) {
					count = split(edges[queue[i]], to)
					for (j = 1; j <= count; j++) {
						if (!(to[j] in file) || to[j] in seen) continue
						seen[to[j]]
						queue[++n] = to[j]
					}
				}
				key = file[name]
				sub(/.*\//, "", key)
				sub(/\.ko.*/, "", key)
				printf "%s:", key
				for (i = 1; i <= n; i++) printf " %s", file[queue[i]]
				print ""
			}
		}' "$tree/modules.dep" answers.soft soft | sorted
}

# all_edges KERNEL TREE [MADE_BY]
all_edges() {
	kernel "$1"
	once soft soft_lines "$tree"
	# There are some, and depmod found the same softdeps.
	same <(grep '^softdep' "$tree/modules.softdep" | LC_ALL=C sort) \
		<(grep '^softdep' soft | LC_ALL=C sort)
	once answers.soft soft_answers
	once expected reference
	local source=${!2}
	if [ -n "${3:-}" ]; then
		cp -al "$indexed" reindexed
		chmod -R u+w reindexed
		rm reindexed/"$dir"/modules.{dep,alias,symbols,softdep,devname}* reindexed/"$dir"/modules.builtin*.bin
		mkdir -p base/usr base/lib/modules empty
		ln -sfn "$PWD/reindexed/$dir" "base/lib/modules/$kver"
		ln -s ../lib base/usr/lib
		"$3/depmod" -b base -C empty "$kver"
		assert_file_exists "reindexed/$dir/modules.weakdep"
		source=reindexed
	fi
	"$resolve" -s "$source" "$kver" <names >answers
	sorted <answers >actual
	same expected actual
	assert_loadable answers
}

@test "amd64: softdeps and weakdeps, from the indexes" { all_edges amd64 indexed; }
@test "armel-rpi: softdeps and weakdeps, from the indexes" { all_edges armel-rpi indexed; }
@test "next-amd64: softdeps and weakdeps, from the indexes" { all_edges next-amd64 indexed; }
@test "next-arm64: softdeps and weakdeps, from the indexes of a newer depmod" { all_edges next-arm64 indexed "$KMOD34"; }

@test "amd64: softdeps and weakdeps, from the modules" { all_edges amd64 plain; }
@test "armel-rpi: softdeps and weakdeps, from the modules" { all_edges armel-rpi plain; }
@test "next-amd64: softdeps and weakdeps, from the modules" { all_edges next-amd64 plain; }
@test "next-arm64: softdeps and weakdeps, from the modules" { all_edges next-arm64 plain; }
