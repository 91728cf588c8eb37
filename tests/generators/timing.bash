# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Sourced by times and image-times.

# median <NUMBERS
median() { sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# ratios FILE OTHER COLUMN: the median of the ratios, line by line, of a column of two files that have two
ratios() {
	paste "$1" "$2" | awk -v c="$3" '{ print $c / $(c + 2) }' | median
}
