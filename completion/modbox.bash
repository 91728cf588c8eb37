# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # functions use their callers' variables
#
# bash completion for modbox and its applets.

# _modbox_table APPLET: set what is known of it.  operands: what completes each; the last may be "...".
# options, one a line: LETTER LONG TAKES KIND WORDS...  source, version, dir: the options that say these,
# or 1: the first operand.
_modbox_table()
{
	case $1 in
# @table@
	*) return 1 ;;
	esac
}

# _modbox_words TYPED: set words, as modbox gets them: bash divides them at = and : too.  at: the place of
# the one to complete; cur: its text up to the cursor, which ends in TYPED, the part that bash is to replace.
_modbox_words()
{
	local line=$COMP_LINE i word gap

	for ((i = 0; i < ${#COMP_WORDS[@]}; i++)); do
		word=${COMP_WORDS[i]}
		gap=${line%%"$word"*}
		line=${line#"$gap$word"}
		[[ $word && ! $gap && $i != 0 ]] || words+=('')
		if ((i == COMP_CWORD)); then
			at=$((${#words[@]} - 1)) cur=${words[-1]}
			if [[ $word != *[!=:]* ]]; then
				cur+=$word
			elif [[ $1 || ! $gap ]]; then
				cur+=$1
			else # the cursor is between two words
				words+=('')
			fi
		fi
		words[-1]+=$word
	done
}

# _modbox_argument OPTION VALUE: remember it; if it ends at the cursor, complete it.
_modbox_argument()
{
	given[${1:--}]=$2
	((i != at)) || context=argument option=$1 text=$2
}

# _modbox_letters: the letters of one word
_modbox_letters()
{
	local j name

	((i != at)) || context=option text=$word
	for ((j = 1; j < ${#word}; j++)); do
		name=${long[${word:j:1}]-}
		[[ $name && ${takes[$name]} = yes ]] || continue
		if ((j + 1 < ${#word})); then
			_modbox_argument "$name" "${word:j+1}"
		elif ((i != at)); then
			pending=$name
		fi
		break
	done
}

# _modbox_line FIRST: read the words from that place on. context: what is to be completed: an option, an
# operand (after n others) or the argument of an option; text: what is typed of it; given: arguments and SOURCE.
_modbox_line()
{
	local i word pending='' plain=''

	for ((i = $1; i < ${#words[@]}; i++)); do
		word=${words[i]}
		((i != at)) || word=$cur
		if [[ $pending ]]; then
			_modbox_argument "$pending" "$word"
			pending=
		elif [[ $plain || $word != -* || ($word = - && $i != "$at") ]]; then
			if ((i == at)); then
				context=operand text=$word
			else
				: "${given[1]:=$word}"
				((i > at)) || ((++n))
			fi
		elif [[ $word = -- && $i != "$at" ]]; then
			plain=1
		elif [[ $word = --*=* ]]; then
			word=${word#--}
			_modbox_argument "${word%%=*}" "${word#*=}"
		elif [[ $word = --* ]]; then
			((i != at)) || context=option text=$word
			word=${word#--}
			[[ ${takes[${word:--}]-} != yes ]] || pending=$word
		else
			_modbox_letters
		fi
	done
}

# _modbox_offer WORD...: those that begin with text
_modbox_offer()
{
	local word

	for word; do
		[[ $word != "$text"* ]] || COMPREPLY+=("${cur%"$text"}$word")
	done
}

# _modbox_find KIND: what SOURCE has
_modbox_find()
{
	local path=${given[${source:-none}]-}

	command sh -c @find@ sh "$1" "${path//[\\\"\']/}" "${given[${version:-none}]-}" \
		"${given[${dir:-none}]-}" "$text" 2>/dev/null
}

# _modbox_complete KIND WORD...: complete text
_modbox_complete()
{
	local found

	case $1 in
	files) compopt -o default ;;
	directories) compopt -o dirnames ;;
	programs) mapfile -t found < <(compgen -c -- "$text") ;;
	below) compopt -o nospace ;&
	modules | versions) mapfile -t found < <(_modbox_find "$1") ;;
	esac
	_modbox_offer "${@:2}" "${found[@]}"
}

# _modbox_applet FIRST: complete the line of an applet, whose words are from FIRST on
_modbox_applet()
{
	local letter name taking kind list context='' option='' n=0
	local -A long takes kinds lists given

	while read -r letter name taking kind list; do
		long[$letter]=$name takes[$name]=$taking kinds[$name]=$kind lists[$name]=$list
	done <<<"$options"
	_modbox_line "$1"
	case $context in
	argument)
		read -ra list <<<"${lists[$option]-}"
		_modbox_complete "${kinds[$option]-none}" "${list[@]}" ;;
	operand)
		[[ $n -lt ${#operands[@]} || ${operands[-1]-} != ... ]] || n=$((${#operands[@]} - 1))
		[[ ${operands[n]-} != ... ]] || ((--n))
		_modbox_complete "${operands[n]-none}" ;;
	option)
		for name in "${!takes[@]}"; do
			[[ ${takes[$name]} = no ]] || _modbox_offer "--$name="
			[[ ${takes[$name]} = yes ]] || _modbox_offer "--$name"
		done
		if [[ $text != --* ]]; then
			unset 'long[-]'
			for letter in "${!long[@]}"; do
				_modbox_offer "-$letter"
			done
		fi
		[[ ${#COMPREPLY[@]} != 1 || ${COMPREPLY[0]} != *= ]] || compopt -o nospace ;;
	esac
}

# modbox --install [-s] DIR [APPLET]...
_modbox_install()
{
	if ((at > 2)) && [[ ${words[2]} != -s || $at -gt 3 ]]; then
		_modbox_offer "${applets[@]}"
	elif [[ $cur = -* ]]; then
		_modbox_offer -s
	else
		compopt -o dirnames
	fi
}

_modbox()
{
	local words=() at=0 cur='' text='' i skip applets=() own=() operands=() options='' source='' version='' dir=''

	COMPREPLY=()
	_modbox_words "$2"
	text=$cur
	if [[ ${COMP_WORDS[COMP_CWORD - 1]} = *[\<\>]* ]]; then
		compopt -o default
	elif [[ ${1##*/} != modbox ]]; then
		_modbox_table "${1##*/}" && _modbox_applet 1
	elif ((at == 1)); then
		_modbox_table modbox
		_modbox_offer "${applets[@]}"
		[[ $cur != -* ]] || _modbox_offer "${own[@]}"
	elif [[ ${words[1]} = --install ]]; then
		_modbox_table modbox
		_modbox_install
	elif [[ ${words[1]} != modbox ]]; then
		_modbox_table "${words[1]}" && _modbox_applet 2
	fi
	# bash replaces only the end of the word.
	skip=${cur%"$2"}
	for i in "${!COMPREPLY[@]}"; do
		COMPREPLY[i]=${COMPREPLY[i]#"$skip"}
	done
}

complete -F _modbox modbox @links@
