# SPDX-License-Identifier: GPL-2.0-or-later
"""One tree on disk, and the answers of kmod and modbox about it."""
import fnmatch
import os
import re
import subprocess

import trie
from tree import CONF_DIRS, name_of, normal

TEXTS = ["dep", "alias", "softdep", "symbols", "devname"]
TRIES = ["dep.bin", "alias.bin", "symbols.bin", "builtin.bin", "builtin.alias.bin"]


def matches(name, pattern):
    return fnmatch.fnmatchcase(normal(name), normal(pattern))


class Question:
    """A name, and the lines that each side would load it by."""

    def __init__(self, comparison, name, unindexed, theirs, ours):
        self.comparison, self.name, self.unindexed = comparison, name, unindexed
        self.status, lines = theirs
        self.our_status, self.lines, self.messages = ours
        self.ours = set(self.lines)
        self.theirs = self.once(set(lines))

    def once(self, lines):
        """
        On purpose: modprobe prints a module again for each alias that leads to it, with the
        options of that alias, and we print it once.  Keep the line that we print.
        """
        def what(line):  # the module, or the beginning of its install command
            return line[:14] if line.startswith("install ") else line.split(" ")[1]

        printed = {what(line) for line in lines & self.ours}
        return {line for line in lines if line in self.ours or what(line) not in printed}

    def agrees(self):
        return self.theirs == self.ours and (self.status == 0) == (self.our_status == 0)

    def loads_more(self):
        """
        Whether we print all modules that modprobe prints.  A module with a softdep is loaded even
        if it has an install line, and modprobe takes softdeps for none after an empty first line.
        """
        theirs = {line for line in self.theirs if not line.startswith("install ")}
        return theirs < self.ours and self.status == self.our_status == 0

    def names(self):
        """The modules and built-ins in either answer, and the name itself."""
        lines = [line for line in self.ours | self.theirs if not line.startswith("install ")]
        return {normal(self.name)} | {name_of(line.split(" ")[1]) for line in lines}


# Differences on purpose: a name, the reason, and whether it explains the answers to a question.
DIFFERENCES = [
    ("symbols without indexes", "symbol:NAME is looked up in modules.symbols.bin only",
     lambda q: q.unindexed and q.name.startswith("symbol:")),
    ("built-ins without indexes", "a built-in that is asked for by its exact name needs no scan for "
     "modules with such an alias",
     lambda q: q.unindexed and normal(q.name) in q.comparison.conf.builtins
     and q.our_status == 0 and "builtin " + normal(q.name) in {line.strip() for line in q.ours}),
    ("built-ins that are modules too", "libkmod takes an alias of such a built-in for the module",
     lambda q: set(q.comparison.conf.builtins) & set(q.comparison.conf.modules)),
    ("aliases to nothing", "an alias of a name that does not exist loads nothing: "
     "modprobe says nothing and succeeds, for us the name is missing",
     lambda q: not q.theirs and not q.ours and q.status == 0 and q.our_status == 1
     and any(matches(q.name, pattern) for pattern in q.comparison.conf.aliases)),
    ("later softdep lines", "libkmod follows only the first softdep line of a module",
     lambda q: q.loads_more() and any(q.comparison.softdeps(name) > 1 for name in q.names())),
    ("softdep lines with two blanks", "libkmod does not see the first keyword of a softdep line behind two blanks, "
     "and ignores the line up to the next keyword",
     lambda q: q.loads_more() and any(q.comparison.blanks(name) for name in q.names())),
    ("remove lines", "the lookup goes on after a remove line; modprobe takes its name for a module, "
     "and finds nothing to load",
     lambda q: q.comparison.conf.removes
     and (q.loads_more() or normal(q.name) in map(normal, q.comparison.conf.removes))),
]


class Kmod:
    """A release: its number, and the directory of its programs."""

    def __init__(self, release, directory):
        self.release, self.root = release, "kmod%d" % release
        self.depmod = os.path.join(directory, "depmod")
        self.modprobe = os.path.join(directory, "modprobe")


class Comparison:
    def __init__(self, tree, conf, kmods, top):
        self.tree, self.conf, self.kmods, self.top = tree, conf, kmods, top
        self.modules = os.path.join("lib/modules", tree.version)
        self.differences = []  # (what, theirs, ours), the last two as text
        self.on_purpose = {}
        # One copy without indexes, and one for each program and release to index.
        for root in ["root"] + [kmod.root for kmod in kmods] + ["our-" + kmod.root for kmod in kmods]:
            for path, data in tree.files.items():
                # kmod takes external directories from the host, we below the root.
                place = os.path.join(top, root) if root.startswith("kmod") else ""
                self.write(root, path, data.replace(b"ROOT", place.encode()) if "depmod.d" in path else data)
        self.write("empty", "README", b"no configuration\n")

    def write(self, root, path, data):
        path = os.path.join(self.top, root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)

    def run(self, *command, timeout=60):
        """Return the status, the lines of standard output, and those of standard error."""
        result = subprocess.run(command, cwd=self.top, stdin=subprocess.DEVNULL, capture_output=True,
                                timeout=timeout)
        # Not splitlines(): a CR is no end of a line.
        out, err = (text.decode(errors="replace").split("\n")[:-1] for text in (result.stdout, result.stderr))
        return result.returncode, out, err

    def modbox(self, *arguments):
        return self.run(os.environ["MODBOX"], *arguments)

    def differ(self, what, theirs, ours):
        self.differences.append((what, theirs, ours))

    def configuration(self, root, name):
        """-C for each directory; kmod would read the host's, of which earlier ones count first."""
        dirs = ["%s/%s/%s" % (root, place, name) for place in CONF_DIRS]
        dirs = [d for d in dirs if os.path.isdir(os.path.join(self.top, d))]
        return [word for d in dirs or ["empty"] for word in ("-C", d)]

    # -- depmod

    def index(self, kmod):
        """Index the tree by both.  Return whether both did."""
        options = self.tree.depmod_options + [self.tree.version]
        try:
            theirs = self.run(kmod.depmod, "-b", kmod.root, *self.configuration(kmod.root, "depmod.d"), *options,
                              timeout=5 if self.tree.cycle else 60)
        except subprocess.TimeoutExpired:
            if not self.tree.cycle:
                raise
            theirs = 1, [], []  # kmod 30 looks for some cycles for ever
        ours = self.modbox("depmod", "--compat=%d" % kmod.release, "-b", "our-" + kmod.root, *options)
        if self.tree.foreign and not self.tree.cycle:
            # kmod stops after modules.dep; we write all indexes, and fail too.
            self.compare_indexes(kmod, ["dep"])
        expected = not self.tree.foreign and not self.tree.cycle
        if (theirs[0] == 0) != (ours[0] == 0) or expected and theirs[0] != 0:
            self.differ("depmod %d: status" % kmod.release, "%d %s" % (theirs[0], theirs[2]), "%d %s" % (ours[0], ours[2]))
            return False
        said = self.messages(theirs[2], kmod.root), self.messages(ours[2], "our-" + kmod.root)
        if said[0] != said[1] and not self.tree.cycle:  # which ends kmod's run before
            self.differ("depmod %d: messages" % kmod.release, *map("\n".join, said))
        if theirs[0] == 0:
            self.compare_indexes(kmod, TEXTS + TRIES + ["weakdep"])
        return theirs[0] == 0

    def messages(self, lines, root):
        """Messages about symbols, without prefix and root."""
        place = os.path.join(self.top, root) + "/"
        return sorted({line.split(": ", 2)[-1].replace(place, "").lstrip("/") for line in lines
                       if " needs unknown symbol " in line or " disagrees about version of symbol " in line})

    def read(self, root, name):
        path = os.path.join(self.top, root, self.modules, "modules." + name)
        if not os.path.exists(path):
            return None
        with open(path, "rb") as file:
            data = file.read()
        return data if name.endswith(".bin") else data.replace(os.path.join(self.top, root).encode(), b"")

    def compare_indexes(self, kmod, names):
        """Byte for byte; rows of external modules have kmod's root in them, so compare the rows."""
        for name in names:
            theirs, ours = self.read(kmod.root, name), self.read("our-" + kmod.root, name)
            if theirs == ours:
                continue
            rows = self.rows(kmod, name, theirs), self.rows(kmod, name, ours)
            if not self.tree.has_external() or rows[0] != rows[1]:
                self.differ("modules.%s of kmod %d" % (name, kmod.release), *map("\n".join, rows))

    def rows(self, kmod, name, data):
        """Sorted rows; in modules.dep their words are sorted too."""
        if data is None:
            return ["no such file"]
        if name.endswith(".bin"):
            place = os.path.join(self.top, kmod.root)
            rows = ["%s = %s" % (key, value.replace(place, "")) for key, value in trie.values(data)]
        else:
            rows = data.decode(errors="replace").splitlines()
        if name.startswith("dep"):
            rows = [" ".join(row.split(" ")[:1] + sorted(row.split(" ")[1:])) for row in rows]
        return sorted(rows)

    # -- modprobe

    def ask_kmod(self, kmod, name):
        try:
            status, lines, _ = self.run(kmod.modprobe, "-d", kmod.root, "-S", self.tree.version,
                                        *self.configuration("root", "modprobe.d"), "-D", name, timeout=3)
        except subprocess.TimeoutExpired:  # softdeps in a circle, by aliases
            return None
        return status, [line.replace(os.path.join(self.top, kmod.root), "") for line in lines]

    def ask_modbox(self, root, name):
        status, lines, err = self.modbox("modclosure", "-k", self.tree.version, "-o", "insmod", root, name)
        return status, [line.replace(os.path.join(self.top, root), "") for line in lines], err

    def ask(self, name):
        """Ask modprobe of each release; modclosure with indexes, which are the same, and without any."""
        answers = [(kmod, self.ask_kmod(kmod, name)) for kmod in self.kmods]
        answers = [(kmod, answer) for kmod, answer in answers if answer]
        for root in "root", "our-" + self.kmods[-1].root:
            ours = self.ask_modbox(root, name)
            self.check_order(name, root, ours[1])
            for kmod, theirs in answers:
                self.judge("%s: modprobe %d, and modclosure on %s" % (name, kmod.release, root),
                           Question(self, name, root == "root", theirs, ours))

    def judge(self, what, question):
        if question.agrees():
            return
        for name, _, explains in DIFFERENCES:
            if explains(question):
                self.on_purpose[name] = self.on_purpose.get(name, 0) + 1
                return
        self.differ(what, "\n".join(["status %d" % question.status] + sorted(question.theirs)),
                    "\n".join(["status %d" % question.our_status] + sorted(question.ours) + question.messages))

    def check_order(self, name, root, lines):
        """Modules come after those that they need."""
        prefix = "/%s/" % self.modules
        paths = [line.split(" ")[1].replace(prefix, "", 1) for line in lines if line.startswith("insmod ")]
        rows = self.read("our-" + self.kmods[-1].root, "dep").decode(errors="replace").splitlines()
        needs = {row.split(":")[0]: row.split(":")[1].split() for row in rows}
        for i, path in enumerate(paths):
            late = set(needs.get(path, [])) & set(paths[i:])
            if late:
                self.differ("%s: order of modclosure on %s" % (name, root), "", "%s before %s" % (path, " ".join(late)))

    def blanks(self, name):
        """Whether a softdep line about a module has two blanks behind its name."""
        for path, data in self.tree.files.items():
            if "modprobe.d" in path:
                text = data.decode(errors="replace").replace("\\\n", "")
                for pattern in re.findall(r"^\s*softdep\s+(\S+)\s\s", text, re.MULTILINE):
                    if matches(name, pattern):
                        return True
        return False

    def softdeps(self, name):
        """The number of softdep lines about a module."""
        own = [f for m in self.tree.winners if name_of(m.path) == name for f in m.fields]
        return (sum(f.startswith("softdep=") for f in own) +
                sum(matches(name, pattern) for pattern in self.conf.softdeps))
