# SPDX-License-Identifier: GPL-2.0-or-later
#
# fish completion for modbox and its applets.

# __modbox_first: whether modbox's own first argument is to be completed
function __modbox_first
	test (count (commandline -opc)) = 1
end

# __modbox_is APPLET: whether the line is for it
function __modbox_is
	test "$(commandline -opc)[2]" = $argv[1]
end

# __modbox_complete KIND: modules, versions, below: what SOURCE has; operand: what this operand can be
function __modbox_complete
	set -l kind $argv[1]
	set -l words (commandline -opc)
	set -l typed (commandline -ct)
	set -l roles
	set -l operands
	set -l options
	__modbox_table $words[2]; or return

	# What stands for the word at the cursor: itself, if it is an option, else an operand.
	if not string match -q -- '-*' $typed
		set -a words .
	else if test $kind = operand
		return
	else
		set -a words $typed
	end
	argparse -i $options -- $words[3..] 2>/dev/null; or return
	if test $kind = operand
		set kind $operands[(count $argv)]
		test "$operands[-1]" = ... -a (count $argv) -ge (count $operands); and set kind $operands[-2]
	end

	set -l given
	for option in $roles
		if test "$option" = 1
			set -a given "$argv[1]"
		else
			set -l flag _flag_(string replace -a - _ -- "$option")
			set -a given "$$flag"
		end
	end
	switch "$kind"
		case files
			__fish_complete_path $typed
		case directories
			__fish_complete_directories $typed
		case modules versions below
			set typed (string replace -r '^--[^=]*=|^-.*' '' -- $typed)
			command sh -c @find@ sh $kind $given $typed 2>/dev/null
	end
end

# __modbox_table APPLET: set what is known of it: options, for argparse; what completes its operands, the last of
# which may be "..."; roles: the options that say SOURCE, version and module directory, or 1: the first operand.
function __modbox_table -S
	switch $argv[1]
# @table@
