#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# dracut-install: what it reads of the host. /sys and /proc/modules are made up.

# shellcheck disable=SC2016 # other shells expand these

load ../lib/common

setup() {
	begin
	new_tree usr/lib/modules
	mkdir -p "$dst" sys/devices sys/bus sys/class proc
	: >loaded
	unset DRACUT_TMPDIR MODBOX_FACTS MODBOX_COMPAT DRACUT_KERNEL_MODALIASES
	module b.ko
	module c.ko alias=x-y
	module d.ko
	module clk.ko
	module gpio.ko alias=of:Ngpio
	module bus.ko depends=soft
	module soft.ko
	module phy.ko
	module e.ko alias=late
	index
}

# device PATH MODALIAS [MODULE]: a device below sys/devices; MODULE drives it
device() {
	local dir=sys/devices/$1 bus=sys/bus/platform
	mkdir -p "$dir" "$bus/devices"
	[ -z "$2" ] || echo "$2" >"$dir/modalias"
	ln -sr "$dir" "$bus/devices"
	[ -n "${3:-}" ] || return 0
	mkdir -p "$bus/drivers/$3" "sys/module/$3"
	ln -srT "$bus/drivers/$3" "$dir/driver"
	ln -srT "sys/module/$3" "$bus/drivers/$3/module"
}

# supplies SUPPLIER CONSUMER BUS: devices below sys/devices
supplies() {
	local link=sys/devices/virtual/devlink/$3:${1##*/}--platform:${2##*/}
	mkdir -p "$link"
	ln -srT "sys/devices/$1" "$link/supplier"
	ln -srT "$link" "sys/devices/$2/supplier:$3:${1##*/}"
}

# Two devices below another one, with suppliers that need others.
machine() {
	device platform/soc '' bus
	device platform/soc/b of:Nb b
	device platform/soc/c x-y
	device platform/clk of:Nclk clk
	device platform/clk/provider of:Nnone
	device platform/gpio of:Ngpio
	device platform/phy of:Nphy phy
	device pci/e '' e
	supplies platform/clk/provider platform/soc platform
	supplies platform/gpio platform/soc/b platform
	supplies platform/clk platform/gpio platform
	supplies platform/phy platform/soc/c phy
	supplies pci/e platform/phy pci
}

# on_host COMMAND...: run it where sys is /sys, and loaded /proc/modules
on_host() {
	own_mounts sh -c 'cd "$0" && mount --bind sys /sys && mount --rbind /proc proc && mount -t tmpfs none /proc &&
		ln -s "$0"/proc/[a-z]* "$0/proc/$$" /proc && rm -f /proc/modules && cp loaded /proc/modules && exec "$@"' "$PWD" "$@"
}

# installs 'NAME...' ARGUMENT...: it succeeds silently, and these modules are in a new DEST
installs() {
	rm -rf "$dst"
	mkdir "$dst"
	run --separate-stderr on_host "${under[@]}" "$MODBOX" dracut-install -D "$dst" --kerneldir "$tree" "${@:2}"
	assert_success
	assert_equal "$stderr$output" ''
	assert_equal "$(modules_in "$dst/lib/modules/$kver")" "$1"
}

@test 'what the devices of a module need: suppliers, and the devices above' {
	machine
	installs 'b bus clk gpio soft' -m b
	installs 'bus c clk e phy soft' -m c
	installs 'clk gpio' -m gpio
	installs 'b bus clk soft' -N gpio -m b
	installs 'b bus clk gpio soft' -p kernel/b -m b
	# Only those of the platform count as a beginning.
	supplies platform/gpio pci/e platform
	installs e -m e
}

@test '--compat: suppliers of the platform bus only, as in dracut-ng up to 107' {
	machine
	installs 'b clk gpio' --compat -m b
	installs c --compat -m c
	installs 'clk gpio' --compat -m gpio
}

@test 'what devices need is looked up only for modules on devices' {
	machine
	under strace -f -qq -e trace=open,openat -o trace
	export ASAN_OPTIONS=detect_leaks=0
	installs d -m d
	assert_equal "$(grep '"/sys/devices.*O_DIRECTORY' trace)" ''
	installs 'clk gpio' -m gpio
	assert_equal "$(grep -o '"/sys/devices.*O_DIRECTORY' trace | cut -d '"' -f 2 | sort -u)" '/sys/devices/platform
/sys/devices/platform/clk
/sys/devices/platform/gpio'
}

@test 'without devices, or without sysfs' {
	installs 'b' -m b
	rmdir sys/*
	installs 'b' -m b
}

@test '--modalias and -H: what devices ask for, and what is loaded' {
	machine
	printf '%s 16384 0 - Live 0x0\n' d late nowhere >loaded
	run --separate-stderr on_host "$MODBOX" dracut-install --kerneldir "$tree" --modalias
	assert_success
	assert_equal "$output" $'c\nd\ne\ngpio\nlate\nnowhere'
	assert_equal "$stderr" ''
	installs 'clk d gpio' -H -m b gpio d
	installs 'clk d e gpio' -H -P '/c\.ko' -o -m =
}
