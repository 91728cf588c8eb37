# SPDX-License-Identifier: GPL-2.0-or-later
#
# Add medians, minima and maxima to run's measurements.  For every way but a case's first, add the
# ratio of the first way's times to its own, computed per round so that a slow phase of the machine
# affects both.  For the cases growth-N, add the cost per module, and whether it stays within 5% of
# the cost with fewer modules.

def spread: sort | { median: ((.[(length - 1) / 2 | floor] + .[length / 2 | floor]) / 2),
	min: .[0], max: .[-1] };

def ratio($ours; $key): [$ours, .samples] | transpose
	| map(select(.[1][$key] > 0) | .[0][$key] / .[1][$key])
	| if . == [] then null else spread end;

.cases[] |= (.ways[0].samples as $ours
	| .ways |= [to_entries[] | .key as $i | .value
		| . + { wall: (.samples | map(.wall) | spread),
			cpu: (.samples | map(.cpu) | spread),
			memory: (.samples | map(.memory) | max),
			calls: (.samples | map(.calls) | spread.median) }
		| if $i == 0 then . else . + { ratio: {
			wall: ratio($ours; "wall"), cpu: ratio($ours; "cpu") } } end
		| if .target then .met = (.ratio.wall.median <= .target) else . end
		| if .cpu_target then .cpu_met = (.ratio.cpu.median <= .cpu_target) else . end])
| .growth = ([.cases[] | select(.name | startswith("growth-"))
		| { names, modules, cost: (.ways[0].wall.median / .modules),
			floor: (.ways[1].wall.median / .modules) }]
	| [., ([null] + .)[:length]] | transpose
	| map(.[1] as $before | .[0]
		| if $before then . + { ratio: (.cost / $before.cost), target: 1.05 }
			| .met = (.ratio <= .target) else . end))
