# SPDX-License-Identifier: GPL-2.0-or-later
"""A random module directory with its configuration, made from a seed."""
import itertools
import random
import re

from elf import STB_GLOBAL, STB_WEAK, compress, module

CONF_DIRS = ["etc", "run", "usr/local/lib", "usr/lib", "lib"]
DIRS = ["kernel/fs", "kernel/lib", "kernel/drivers/net", "updates", "updates/dkms", "extra", "misc/x"]
STEMS = ["qa", "qb-c", "qd_e", "q-f_g", "qhh", "qhh1", "qi-1", "q", "qz9-x-y", "qAbC", "qlong-name-of-a-module"]
ODD_STEMS = ["qa.b", "q.c-d", "q+e", "q,f", "q@g", "q%h", "q~", "q=i"]
KERNEL_SYMBOLS = ["printk", "kmalloc", "module_layout", "_GLOBAL_OFFSET_TABLE_", "no_such_symbol"]


def normal(name):
    """Underscores for dashes, but not in brackets."""
    return re.sub(r"\[[^]]*\]|-", lambda match: "_" if match[0] == "-" else match[0], name)


def name_of(path):
    """A module's name ends at the first dot of its file name."""
    return normal(path.rsplit("/", 1)[-1].split(".")[0])


class Module:
    def __init__(self, path):
        self.path = path  # without the suffix of its compression
        self.suffix = ""
        self.bits, self.big = 64, False
        self.fields, self.exports, self.needs = [], [], []

    @property
    def file(self):
        return self.path + self.suffix

    def data(self):
        return compress(module(self.bits, self.big, self.fields, self.exports, self.needs), self.suffix)

    def __str__(self):
        needs = ["%s%s" % (name, {STB_WEAK: " (weak)", None: " (version only)"}.get(bind, ""))
                 for name, _, bind in self.needs]
        return "%s (%d bits, %s-endian): %s; exports %s; needs %s" % (
            self.file, self.bits, "big" if self.big else "little", " | ".join(self.fields),
            " ".join(name for name, _ in self.exports), ", ".join(needs) or "nothing")


def pattern_of(rng, concrete):
    """Replace parts of a name by wildcards that match them."""
    out = ""
    i = 0
    while i < len(concrete):
        kind = rng.random()
        if kind < 0.06:
            out += "*"
            i += rng.randrange(0, 6)
        elif kind < 0.12:
            out += "?"
            i += 1
        elif kind < 0.17 and concrete[i].isalnum():
            out += "[" + rng.choice(["0-9a-zA-Z", concrete[i] + "x", "!-", concrete[i] + "-z"]) + "]"
            i += 1
        else:
            out += concrete[i]
            i += 1
    return out if i == len(concrete) else out + "*"


class Depmodd:
    """depmod.d, and which of two files of one name it chooses, if it decides."""

    def __init__(self):
        self.searches, self.overrides, self.excludes, self.externals = [], [], [], []
        self.lines = []

    def choose(self, old, new):
        """Return what depmod takes when it meets new after old, as kmod does."""
        for subdir, stem in reversed(self.overrides):
            for path, taken in ((new, new), (old, old)):
                directory, base = path.rsplit("/", 1)
                if subdir == directory and base[:len(name_of(path))] == stem:
                    return taken
        priority = {old: -1, new: -1}
        built_in, i = -1, 0
        for search in reversed(self.searches or ["updates"]):
            if search == "built-in":
                built_in = i
            elif search == "external":
                for external in reversed(self.externals):
                    priority.update((path, i) for path in (new, old) if path.startswith(external + "/"))
                    i += 1
            elif new.startswith(search + "/"):
                priority[new] = i
            elif old.startswith(search + "/"):
                priority[old] = i
            i += 1
        for path, value in priority.items():
            priority[path] = built_in if value < 0 else value
        return old if priority[new] <= priority[old] else new

    def decides(self, paths):
        """Whether the choice is the same in every order of the directory's entries."""
        results = set()
        for order in itertools.permutations(paths):
            chosen = order[0]
            for path in order[1:]:
                chosen = self.choose(chosen, path)
            results.add(chosen)
        return results.pop() if len(results) == 1 else None


class Tree:
    version = "6.1.0-9-test"

    def __init__(self, seed):
        self.seed = seed
        self.rng = random.Random(seed)
        self.files = {}  # path below the root: bytes
        self.odd = self.chance(0.2)
        self.gzip = self.chance(0.06)
        self.cycle = self.chance(0.03)
        self.foreign = not self.gzip and self.chance(0.02)  # a name that indexes cannot hold
        self.make_depmodd()
        self.make_modules()
        self.make_order()
        self.make_builtins()
        self.make_symvers()
        self.concrete = []  # names that aliases match
        self.make_fields()
        self.put("modules.builtin.modinfo", self.builtin_modinfo())
        for m in self.modules:
            if m.path[0] == "/":
                self.files[m.file[1:]] = m.data()
            else:
                self.put(m.file, m.data())

    def chance(self, p):
        return self.rng.random() < p

    # -- depmod.d

    def make_depmodd(self):
        rng, conf = self.rng, Depmodd()
        self.depmodd = conf
        if self.chance(0.5):
            return
        for _ in range(rng.randrange(1, 6)):
            kind = rng.randrange(9)
            if kind < 2:
                words = rng.sample(["updates", "built-in", "extra", "updates/dkms", "misc", "kernel/fs", "external"],
                                   rng.randrange(1, 5))
                conf.lines.append("search " + rng.choice([" ", "  ", "\t"]).join(words))
                conf.searches += words
            elif kind < 5:
                stem, subdir = rng.choice(STEMS), rng.choice(DIRS)
                version = rng.choice(["*", "6.*", "^6.[0-9]+", "5.*", self.version, "[", "6.1.0-(9|8)-test$"])
                conf.lines.append("override %s %s %s" % (stem, version, subdir))
                if version not in ("5.*", "["):
                    conf.overrides.append((subdir, stem))
            elif kind == 5:
                name = rng.choice(["net", "dkms", "nothing", "qhh.ko"])
                conf.lines.append("exclude " + name)
                conf.excludes.append(name)
            elif kind == 6 and len(conf.externals) < 2:
                version, place = rng.choice(["*", "6.*", "5.*"]), rng.choice(["/opt/q", "/srv/x"])
                conf.lines.append("external %s ROOT%s" % (version, place))
                if version != "5.*" and place not in conf.externals:
                    conf.externals.append(place)
            else:
                conf.lines.append(rng.choice(
                    ["# a comment", "", "make_map_files no", "bogus line", "override qa", "  "]))
        self.files["%s/depmod.d/a.conf" % rng.choice(CONF_DIRS)] = ("\n".join(conf.lines) + "\n").encode()

    def has_external(self):
        return any(m.path[0] == "/" for m in self.modules)

    def is_excluded(self, path):
        return any(part in self.depmodd.excludes for part in path.split("/"))

    # -- modules

    def make_modules(self):
        rng = self.rng
        stems = STEMS + (ODD_STEMS if self.odd else [])
        self.modules = []
        places = DIRS + self.depmodd.externals
        compression = rng.choice(["", "", "", ".xz", ".zst", "mixed"])
        if self.gzip:
            compression = rng.choice([".gz", "mixed"])
        for stem in rng.sample(stems, rng.randrange(1, len(stems))):
            self.modules.append(Module("%s/%s.ko" % (rng.choice(places), stem)))
            for _ in range(rng.randrange(3) if self.chance(0.3) else 0):
                other = stem.replace("-", "_") if self.chance(0.3) else stem
                self.modules.append(Module("%s/%s.ko" % (rng.choice(places), other)))
        if self.foreign:
            self.modules.append(Module("kernel/fs/q\u00e9.ko"))
        bits, big = rng.choice([32, 64]), self.chance(0.4)
        for m in self.modules:
            m.bits, m.big = (bits, big) if self.chance(0.95) else (rng.choice([32, 64]), not big)
            m.suffix = compression
            if compression == "mixed":
                m.suffix = rng.choice(["", ".xz", ".zst"] + ([".gz"] * 3 if self.gzip else []))
        self.resolve_names()

    def resolve_names(self):
        """Keep files of one name only where depmod.d decides which counts."""
        self.winners, kept = [], []
        modules = sorted(self.modules, key=lambda m: name_of(m.path))
        for _, group in itertools.groupby(modules, lambda m: name_of(m.path)):
            group = list({m.path: m for m in group}.values())
            listed = [m for m in group if not self.is_excluded(m.file)]
            chosen = self.depmodd.decides([m.path for m in listed]) if listed else None
            if listed and not chosen:
                group = listed = listed[:1]
                chosen = listed[0].path
            kept += group
            self.winners += [m for m in listed if m.path == chosen]
        self.modules = kept

    def make_order(self):
        """modules.order, sometimes only a part of it, with lines twice, or with foreign ones."""
        rng = self.rng
        lines = [m.path for m in self.modules]
        rng.shuffle(lines)
        if self.chance(0.25):
            del lines[:rng.randrange(1, len(lines) + 1)]
        if lines and self.chance(0.15):
            lines.insert(rng.randrange(len(lines)), rng.choice(lines))
        if self.chance(0.3):
            lines.insert(rng.randrange(len(lines) + 1), rng.choice(["kernel/none.ko", "", "# x", "kernel/fs/qa.ko.xz"]))
        text = "\n".join(lines) + "\n" if lines else ""
        if lines and self.chance(0.03):
            text = text[:-1]  # kmod then ignores them all
        if self.chance(0.95):
            self.put("modules.order", text)

    def make_builtins(self):
        rng = self.rng
        self.builtins = rng.sample(["bi-a", "bi_b", "bic", "bi-d", "bi.e"], rng.randrange(0, 5))
        if self.chance(0.04):
            self.builtins.append("qhh1")  # perhaps a module too
        lines = ["kernel/%s/%s.ko" % (rng.choice(["fs", "lib/x"]), name) for name in self.builtins]
        if self.chance(0.05):
            lines.append("1bad/line.ko")
        self.put("modules.builtin", "".join(line + "\n" for line in lines))

    def make_symvers(self):
        self.versioned = self.chance(0.4)
        self.depmod_options = []
        if not self.chance(0.3):
            return
        lines = ["0x%08x\t%s\t%s\tEXPORT_SYMBOL\n" % (self.crc(name), name, self.rng.choice(["vmlinux", "vmlinux", "other"]))
                 for name in KERNEL_SYMBOLS[:-1] if self.chance(0.8)]
        if self.chance(0.5):
            self.files["symvers"] = "".join(lines).encode()
            self.depmod_options = ["-E", "root/symvers"]
        else:
            self.files["map"] = "".join("ffffffff81000000 r __ksymtab_%s\n" % line.split("\t")[1] for line in lines).encode()
            self.depmod_options = ["-F", "root/map"]
        if self.chance(0.7):
            self.depmod_options.append("-e")

    @staticmethod
    def crc(symbol):
        return sum(byte * 2654435761 << i for i, byte in enumerate(symbol.encode())) & 0xFFFFFFFF

    # -- what modules say

    def make_fields(self):
        """Give each module its .modinfo and symbols; files of one name have the same symbols."""
        names = sorted({name_of(m.path) for m in self.modules})
        self.rng.shuffle(names)
        needs = {name: self.rng.sample(names[:i], self.rng.randrange(min(i, 4) + 1)) for i, name in enumerate(names)}
        if self.cycle and len(names) > 1:
            needs[names[0]] = [names[-1]]
            needs[names[-1]] = needs[names[-1]] + [names[0]]
        # depends= and the rows of modules.dep separate names by these.
        needs = {name: [n for n in needed if not set(n) & set(", ")] for name, needed in needs.items()}
        indexed = {name_of(m.path) for m in self.winners}
        for m in self.modules:
            name = name_of(m.path)
            self.make_symbols(m, name, needs[name])
            depends = [n if self.chance(0.7) else n.replace("_", "-") for n in needs[name] if n in indexed]
            m.fields = ["name=" + name, "depends=" + ",".join(depends)] + self.own_fields(names)
            self.rng.shuffle(m.fields)

    def make_symbols(self, m, name, needs):
        versioned = self.versioned and self.chance(0.97)
        m.exports = [("%s_%d" % (name, i), self.crc("%s_%d" % (name, i)) if versioned else None) for i in range(2)]
        wanted = [("%s_%d" % (n, self.rng.randrange(2)), STB_GLOBAL) for n in needs]
        wanted += [(s, STB_WEAK if self.chance(0.2) else STB_GLOBAL)
                   for s in KERNEL_SYMBOLS if self.chance(0.3)]
        for symbol, bind in wanted:
            crc = None
            if versioned:
                crc = self.crc(symbol) if self.chance(0.95) else self.crc(symbol) ^ 1
                if self.chance(0.03):
                    bind = None
            m.needs.append((symbol, crc, bind))

    def alias(self):
        concrete = self.rng.choice([
            "pci:v0000%04Xd0000%04Xsv00sd00bc03sc00i00" % (self.rng.randrange(4), self.rng.randrange(3)),
            "usb:v%04Xp0001d01dc" % self.rng.randrange(3), "platform:q-dev_%d" % self.rng.randrange(3),
            "fs-q%d" % self.rng.randrange(3), "of:NnodeT(null)Cq,dev-%d" % self.rng.randrange(3),
            "net-pf-%d-proto-1" % self.rng.randrange(3), "acpi*:Q%d:" % self.rng.randrange(3)])
        self.concrete.append(concrete)
        return pattern_of(self.rng, concrete) if self.chance(0.7) else concrete

    def own_fields(self, names):
        rng, fields = self.rng, ["license=GPL"]
        others = names + [normal(b) for b in self.builtins] + ["qnone"] + self.concrete[:2]
        for _ in range(rng.randrange(4)):
            fields.append("alias=" + self.alias())
        if self.chance(0.1):
            fields += ["alias=devname:q/x", "alias=%s-major-%d-%d" % (rng.choice(["char", "block"]), rng.randrange(300), rng.randrange(9))]
        if self.chance(0.04):
            fields.append("alias=" + rng.choice(["q[0-9", "q]", "q b", "devname:alone", "char-major-10-*"]))
        for _ in range(rng.choice([0, 0, 0, 0, 1, 1, 2] if self.chance(0.5) else [0, 1])):
            fields.append("softdep=" + soft_words(rng, others))
        if self.chance(0.15):
            fields.append("weakdep=" + " ".join(rng.sample(others, min(2, len(others)))))
        return fields

    def builtin_modinfo(self):
        out = b""
        for stem in self.builtins:
            fields = ["license=GPL"] + ["alias=" + self.alias() for _ in range(self.rng.randrange(3))]
            if self.chance(0.2):
                fields.append("softdep=pre: " + self.rng.choice(STEMS))
            for field in fields:
                out += ("%s.%s" % (name_of(stem), field)).encode() + b"\0"
        return out

    # -- files

    def put(self, name, data):
        self.files["lib/modules/%s/%s" % (self.version, name)] = data.encode() if isinstance(data, str) else data

    def __str__(self):
        out = ["seed %d: depmod %s" % (self.seed, " ".join(self.depmod_options))]
        for m in sorted(self.modules, key=lambda m: m.path):
            out.append("%s%s" % ("" if m in self.winners else "(not indexed) ", m))
        for path, data in sorted(self.files.items()):
            if ".ko" not in path:
                out.append("--- " + path)
                out += data.replace(b"\0", b"\n").decode(errors="replace").splitlines()
        return "\n".join(out).replace("\r", "\\r").replace("\t", "\\t")


def soft_words(rng, names):
    """The value of a softdep."""
    words = []
    for kind in rng.sample(["pre:", "post:"], rng.randrange(1, 3)):
        words += [kind] + rng.sample(names, rng.randrange(min(3, len(names)) + 1))
    if rng.random() < 0.05:
        words.insert(0, rng.choice(names))
    return rng.choice([" ", " ", "  ", "\t"]).join(words)
