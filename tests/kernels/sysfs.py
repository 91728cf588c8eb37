# SPDX-License-Identifier: GPL-2.0-or-later
"""A made-up /sys and /proc/modules, for compare-install.

Devices lie below each other and supply each other as fw_devlink says; some have a driver that is a
module, others a modalias only.  mount() hides the real ones: call it in a mount namespace.
"""
import os
import random
import subprocess


class Machine:
    """Random devices in the directory top, of modules that calls knows."""

    def __init__(self, top, calls, seed):
        self.top, self.choice = top, random.Random(seed)
        self.calls = calls
        self.devices = []  # (path below top, bus, name)
        self.modules = []  # names that devices ask for
        for bus in ("platform", "i2c", "pci"):
            os.makedirs("%s/bus/%s/devices" % (top, bus))
        os.makedirs(top + "/class/input")
        os.makedirs(top + "/devices/platform")
        for number in range(120):
            self.add(number)
        for _ in range(110):
            self.supply(*self.choice.sample(self.devices, 2))

    def link(self, path, target):
        """Make a relative link; both paths are below top."""
        path, target = os.path.join(self.top, path), os.path.join(self.top, target)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if not os.path.lexists(path):
            os.symlink(os.path.relpath(target, os.path.dirname(path)), path)

    def write(self, path, text):
        """Write a file below top."""
        with open(os.path.join(self.top, path), "w") as file:
            file.write(text)

    def modalias(self):
        """Return a modalias: mostly of a module, or of none, or two lines."""
        text = self.calls.modalias(self.choice)
        return self.choice.choice([text, text, text, text, "of:Nx", text + "\nof:Nx"]) + "\n"

    def module(self):
        """Return the name of a module: mostly one that there is."""
        kind = self.choice.randrange(10)
        path = self.choice.choice(self.calls.builtin if kind == 0 else self.calls.modules)
        return "nosuch" if kind == 1 else os.path.basename(path)[:-3].replace("-", "_")

    def add(self, number):
        """Add a device."""
        choice = self.choice
        parents = [device[0] for device in self.devices if device[0].count("/") < 6]
        parent = choice.choice(parents) if parents and choice.random() < 0.6 else "devices/platform"
        if choice.random() < 0.1:
            parent = "devices/pci0000:00"
        bus = "pci" if "pci" in parent else choice.choice(["platform", "platform", "i2c", "input"])
        name = "%x.dev" % (0xfe000000 + number * 0x1000)
        path = "%s/%s" % (parent, name)
        os.makedirs(os.path.join(self.top, path))
        self.devices.append((path, bus, name))
        self.link("class/input/" + name if bus == "input" else "bus/%s/devices/%s" % (bus, name), path)
        if choice.random() < 0.8:
            text = self.modalias()
            self.write(path + "/modalias", text)
            self.write(path + "/uevent", "MODALIAS=" + text)
        if bus != "input" and choice.random() < 0.45:
            module = self.module()
            self.modules.append(module)
            driver = "bus/%s/drivers/%s" % (bus, module)
            os.makedirs(os.path.join(self.top, "module", module), exist_ok=True)
            self.link(path + "/driver", driver)
            os.makedirs(os.path.join(self.top, driver), exist_ok=True)
            if choice.random() < 0.9:
                self.link(driver + "/module", "module/" + module)

    def supply(self, supplier, consumer):
        """Make a device the supplier of another."""
        link = "devices/virtual/devlink/%s:%s--%s:%s" % (supplier[1:] + consumer[1:])
        os.makedirs(os.path.join(self.top, link), exist_ok=True)
        self.link(link + "/supplier", supplier[0])
        self.link(link + "/consumer", consumer[0])
        self.link("%s/supplier:%s:%s" % (consumer[0], supplier[1], supplier[2]), link)

    def mount(self):
        """Put it into the place of /sys and /proc/modules.  The rest of /proc stays."""
        proc = self.top + "-proc"
        os.mkdir(proc)
        for args in (["--bind", self.top, "/sys"], ["--rbind", "/proc", proc], ["-t", "tmpfs", "none", "/proc"]):
            subprocess.run(["mount", *args], check=True)
        for name in os.listdir(proc):
            if not name.isdigit() and name != "modules":
                os.symlink(os.path.join(proc, name), os.path.join("/proc", name))
        loaded = sorted({self.module() for _ in range(300)})
        with open("/proc/modules", "w") as file:
            file.write("".join("%s 16384 0 - Live 0x0000000000000000\n" % name for name in loaded))
