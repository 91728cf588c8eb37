#compdef modbox @links@
# SPDX-License-Identifier: GPL-2.0-or-later
#
# zsh completion for modbox and its applets.

# _modbox_table APPLET: set what is known of it: specs, for _arguments; source, version, dir: the options that
# say these, or 1: the first operand.
_modbox_table() {
	case $1 in
# @table@
	(*) return 1 ;;
	esac
}

# _modbox_after: take the words after the cursor, which _arguments does not read
_modbox_after() {
	local word pending
	for word in $words[CURRENT+1,-1]; do
		if [[ -n $pending ]]; then
			opt_args[$pending]=$word pending=
		elif [[ $word = --*=* ]]; then
			opt_args[${word%%=*}]=${word#*=}
		elif [[ -n ${(M)specs:#(\*|\(*\)|)${(b)word}[+=]\[*} ]]; then
			pending=$word
		elif [[ $word != -* ]]; then
			line+=($word)
		fi
	done
}

# _modbox_given OPTIONS: what the line says by one of these
_modbox_given() {
	local name
	for name in ${=1}; do
		if [[ $name = 1 ]]; then
			REPLY=${(Q)line[1]-}
		else
			REPLY=${(Q)opt_args[$name]-}
		fi
		[[ -z $REPLY ]] || return
	done
}

# _modbox_find KIND WORD...: what SOURCE has, and words
_modbox_find() {
	local REPLY root kernel modules kind=$1 expl
	local -a found
	shift
	_modbox_after
	_modbox_given "$source"; root=$REPLY REPLY=
	_modbox_given "$version"; kernel=$REPLY REPLY=
	_modbox_given "$dir"; modules=$REPLY
	found=("$@" ${(f)"$(command sh -c @find@ sh $kind "$root" "$kernel" "$modules" "$PREFIX" 2>/dev/null)"})
	if [[ $kind = below ]]; then
		_wanted directories expl 'directory in SOURCE' compadd -S '' -a found
	else
		_wanted $kind expl "${kind%s}" compadd -a found
	fi
}

_modbox() {
	local curcontext=$curcontext source version dir ret=1
	local -a specs applets own line state
	local -A opt_args

	if [[ $service = modbox ]]; then
		_modbox_table modbox
		if ((CURRENT == 2)); then
			_describe -t applets applet applets && ret=0
			[[ $PREFIX != -* ]] || { compadd -a own && ret=0 }
			return ret
		fi
		shift words
		((CURRENT--))
		if [[ $words[1] = --install ]]; then
			own=(${applets%%:*})
			_arguments -S '-s[symbolic links]' '1:DIR:_files -/' "*:applet:($own)"
			return
		fi
		service=$words[1]
		curcontext=${curcontext%:*:*}:$service:
	fi
	_modbox_table $service && _arguments -s -S : $specs
}

_modbox "$@"
