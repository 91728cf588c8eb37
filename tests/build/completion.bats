#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Completion in bash, zsh and fish, as make install puts it where they look.  Each shell runs on a terminal: tests/lib/complete.
# shellcheck disable=SC2016,SC2046 # what is not to be expanded; lists of words

load build

setup_file() {
	local built=${MODBOX%/*} root=$BATS_FILE_TMPDIR/root
	make -s -C "$MODBOX_SRC" O="${built#"$MODBOX_SRC/"}" DESTDIR="$root" PREFIX=/usr install >/dev/null
	export SHARE=$root/usr/share PATH=$root/usr/bin:$PATH
	kernels
}

# kernels: SOURCEs with two kernels, one, and one without indexes; hostile names in all
kernels() {
	local dir=$BATS_FILE_TMPDIR/work hostile='$(touch expanded)'
	mkdir -p "$dir/two/lib/modules/"{1.0-a/kernel,2.0-b,"$hostile"/kernel} "$dir/one/usr/lib/modules/3.0/kernel/$hostile"
	cd "$dir" || return
	printf '%s\n' 'kernel/fs/ext4.ko.xz: kernel/fs/jbd2.ko.xz' 'kernel/md/dm-crypt.ko:' 'updates/dm_mod.ko.gz:' \
		"kernel/dm-$hostile.ko:" 'kernel/dm-`touch expanded`.ko:' 'kernel/dm-a b.ko:' "kernel/dm-'\"\\.ko:" \
		'kernel/dm-nothing' 'dm-;touch expanded;.ko:' >two/lib/modules/1.0-a/modules.dep
	printf '%s\n' kernel/fs/xfs.ko kernel/md/dm-raid.ko >two/lib/modules/2.0-b/modules.order
	touch "one/usr/lib/modules/3.0/kernel/"{fat.ko.zst,vfat.ko,"$hostile.ko",readme} one.list two.list
	mkfifo one/usr/lib/modules/3.0/modules.dep
	mkdir -p 'a root' garbage/lib/modules/4.0
	head -c 100000 /dev/urandom >garbage/lib/modules/4.0/modules.dep
	ln -s ../one/usr 'a root/usr'
	ln -s two twins
}

# offers LINE WORD...: each shell offers these, whatever the order
offers() {
	asked+=("$1")
	shift
	expected+=("$(printf '%s\n' "$@" | LC_ALL=C sort | tr '\n' ' ')")
}

# in_each SHELL...: they do so, without a word on the terminal
in_each() {
	local shell i answers
	cd "$BATS_FILE_TMPDIR/work" || return
	[ ${#asked[@]} -gt 0 ]
	for shell; do
		"$MODBOX_SRC/tests/lib/complete" "$shell" "$SHARE" "$BATS_TEST_TMPDIR/$shell" \
			< <(printf '%s\n' "${asked[@]}") >"$BATS_TEST_TMPDIR/answers"
		mapfile -t answers <"$BATS_TEST_TMPDIR/answers"
		for i in "${!asked[@]}"; do
			assert_equal "$shell: ${asked[i]}: ${answers[i]:0:2000}" "$shell: ${asked[i]}: ${expected[i]% }"
		done
		run grep -aoiE '.{0,30}(error|invalid|not found|no such|denied|line [0-9]|bad |(sh|awk|find|cat|modbox): ).{0,80}' \
			"$BATS_TEST_TMPDIR/$shell"
		refute_output
	done
	assert_file_not_exists expanded
}

# long APPLET, letters APPLET: its options, as --help shows them
long() {
	"$MODBOX" "$1" --help | sed -nE 's/^ +(-., )?(--[a-z0-9-]+).*/\2/p'
}
letters() {
	"$MODBOX" "$1" --help | sed -nE 's/^ +(-.), .*/\1/p'
}

asked=() expected=()

@test "every option of every applet, by its name and as modbox APPLET" {
	local applet listed
	mapfile -t listed < <(find "$SHARE/../bin" -type l -printf '%f\n')
	[ ${#listed[@]} -gt 3 ]
	offers 'modbox ' $("$MODBOX" --list)
	offers 'modbox --' --help --install --list --version
	for applet in $("$MODBOX" --list); do
		offers "modbox $applet --" $(long "$applet")
		[[ " ${listed[*]} " = *" $applet "* ]] || continue
		offers "$applet -" $(long "$applet") $(letters "$applet")
	done
	in_each bash zsh fish
}

@test "what completion knows are the tables behind --help" {
	out=$built tables_agree
}

@test "the values of an option are those that it takes" {
	local applet option words word message n=0
	while read -r applet option words; do
		# The message about another value names those that there are, unless they are many.
		message=$("$MODBOX" "$applet" --firmware "--$option=bogus" 1 1 2>&1) && fail "$applet --$option=bogus"
		case $option:$message in
		ignore:* | explain:*)
			assert_equal "$words" "$("$MODBOX" "$applet" --rules | awk '{ printf "%s%s", sep, $1; sep = " " }')" ;;
		*"'bogus'; use "* | *" must be "*)
			message=$(sed -E 's/.*(; use|must be) //; s/(, not| \(see).*//; s/.* or --[a-z]+=//; s/,| or\>//g' <<<"$message")
			assert_equal "$applet --$option: $message" "$applet --$option: $words" ;;
		esac
		for word in $words; do
			message=$("$MODBOX" "$applet" "--$option=$word" /none /none 2>&1) || :
			[[ $message != *"'$word'"* ]] || fail "$applet --$option=$word: $message"
			n=$((n + 1))
		done
	done < <(awk -F '\t' '$1 == "option" && $9 != "-" { print $2, $4, $9 }' "$built/completion/options")
	[ "$n" -gt 100 ]
}

@test "modules, versions and directories of the SOURCE on the line" {
	offers 'modclosure two e' ext4
	offers 'modclosure two dm' dm-crypt dm-raid dm_mod
	offers 'rpi-modcopy two -m dm_' dm_crypt dm_mod dm_raid
	offers 'modclosure two jb'
	offers 'modclosure --kernel-version=2.0-b two ' dm-raid xfs
	offers 'modorder-filter --source two -k2.0-b --module=x' xfs
	offers 'modbox modclosure one ' fat vfat
	offers "modclosure 'a root' v" vfat
	offers 'modclosure a\ root --why=v' vfat
	offers 'modclosure -M lib/modules two -k 1.0-a e' ext4
	offers 'modclosure -vk . -M lib/modules/2.0-b two ' dm-raid xfs
	offers 'modclosure -k 5 two '
	offers 'modclosure -K -- two x' xfs
	offers 'rpi-modcopy -k 2.0-b --load=x'
	offers 'modbox dracut-install -m -r two vf xf' xfs
	offers 'modbox depmod -b two ' 1.0-a 2.0-b
	offers 'modclosure two -k a' auto
	offers 'modlist-lint two -k1' -k1.0-a
	offers 'modclosure two -M l' lib
	offers 'modclosure one --config=usr/lib/modules/' usr/lib/modules/3.0
	in_each bash zsh fish
}

@test "the SOURCE that follows the cursor" {
	offers 'rpi-modcopy -m x@ -k 2.0-b two dest' xfs
	offers 'modclosure -m @ two -K --module-dir=lib/modules -k 2.0-b' dm-raid xfs
	offers 'modclosure --module=f@ --loader kernel one' fat
	in_each bash zsh
}

@test "nothing of a hostile or damaged tree is offered or run, and nothing is said" {
	offers 'modclosure garbage '
	offers 'modclosure none '
	offers 'modclosure two -C lib/modules/' lib/modules/1.0-a lib/modules/2.0-b
	offers 'modclosure one -M usr/lib/modules/3.0/kernel/'
	offers 'modclosure "$(touch expanded)" '
	offers 'modclosure $(touch expanded) -m '
	offers 'modclosure `touch expanded` -m '
	offers "modclosure -k '\$(touch expanded)' two "
	offers 'modclosure -k "*" -M "*" two x'
	offers 'modclosure --nonsense --=x -Z two none'
	in_each bash zsh fish
}

@test "files, directories, programs and values" {
	offers 'rpi-modcopy two t' twins two
	offers 'rpi-modcopy two twins t'
	offers 'modlist-lint two t' twins two two.list
	offers 'modclosure -f t' twins two two.list
	offers 'modclosure --module-file=o' one one.list
	offers 'modclosure two > o' one one.list
	offers 'modinst --strip-program rpi-modc' rpi-modcopy
	offers 'modclosure -o c' cpio-list
	offers 'modclosure --format=' cpio-list dot insmod json names paths tree
	offers 'modclosure --prove=' known
	offers 'modbox depmod --compat=' 30 34
	offers 'modlist-lint --ignore=unk' unknown-keyword unknown-name
	offers 'rpi-modcopy --owner='
	offers 'rpi-modcopy --owner '
	offers 'modbox --install t' twins two
	offers 'modbox --install two modc' modclosure
	offers 'modbox --install -s two dep' depmod
	offers 'modbox nothing '
	in_each bash zsh fish
}
