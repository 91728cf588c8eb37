# SPDX-License-Identifier: GPL-2.0-or-later
"""Random modprobe.d files for a tree, and the names to ask for."""
from tree import CONF_DIRS, STEMS, name_of, normal, pattern_of, soft_words


class Conf:
    def __init__(self, tree):
        self.tree, self.rng = tree, tree.rng
        self.modules = [name_of(m.path) for m in tree.winners]
        self.builtins = [normal(b.split(".")[0]) for b in tree.builtins]
        self.made_up = ["group", "my-net", "q_group2", "qnone"]
        self.concrete = tree.concrete
        self.softdeps, self.aliases, self.removes = [], [], []  # the patterns of these lines
        if tree.chance(0.8):
            for _ in range(self.rng.randrange(1, 4)):
                self.make_file()

    def name(self, wild=0.2):
        """A name of any kind, sometimes with wildcards, in either spelling."""
        rng = self.rng
        kinds = [self.modules * 3, self.builtins, self.made_up, self.concrete[:3]]
        name = rng.choice([n for kind in kinds for n in kind])
        if rng.random() < wild:
            name = pattern_of(rng, name)
        return name if rng.random() < 0.7 else name.replace("_", "-")

    def make_file(self):
        rng = self.rng
        lines = [self.line() for _ in range(rng.randrange(1, 9))]
        end = "\r\n" if rng.random() < 0.06 else "\n"
        text = end.join(lines) + (end if rng.random() < 0.95 else "")
        name = rng.choice(["a.conf", "b.conf", "10-x.conf", "z.conf"] + ["not-a-conf", ".hidden.conf", "u.CONF"][:rng.randrange(4)])
        self.tree.files["%s/modprobe.d/%s" % (rng.choice(CONF_DIRS), name)] = text.encode()

    def line(self):
        rng, kind = self.rng, self.rng.random()
        if kind < 0.2:
            self.aliases.append(self.name(0.4))
            line = "alias %s %s" % (self.aliases[-1], self.name(0.05) if rng.random() < 0.93 else "off")
        elif kind < 0.4:
            self.softdeps.append(self.name())
            line = "softdep %s %s" % (self.softdeps[-1], soft_words(rng, self.modules + self.builtins + self.made_up + self.concrete[:2]))
        elif kind < 0.45:
            line = "weakdep %s %s" % (self.name(), self.name(0))
        elif kind < 0.6:
            line = "install %s %s" % (self.name(), rng.choice(["/bin/true", "/sbin/modprobe --ignore-install qa $CMDLINE_OPTS && echo 'a  b'", '"x y" ; z']))
        elif kind < 0.64:
            self.removes.append(self.name())
            line = "remove %s /bin/true" % self.removes[-1]
        elif kind < 0.74:
            line = "blacklist %s" % self.name(0.05)
        elif kind < 0.88:
            line = "options %s %s" % (self.name(), rng.choice(["a=1", "b=\"x y\" c='d", "list=1,2  d", "e=#f"]))
        else:
            return rng.choice(["# a comment \\", "", "   ", "alias onlyone", "softdep qa", "install qa", "options",
                               "include /nowhere", "bogus qa qb", "#alias x qa", "blacklist", "blacklist [", "alias x[ qa"])
        return self.vary(line)

    def vary(self, line):
        """Space, tabs and continued lines."""
        rng = self.rng
        words = line.split(" ")
        if rng.random() < 0.1:
            line = rng.choice(["\t", "  "]).join(words)
        if rng.random() < 0.1:
            at = rng.randrange(1, len(words))
            line = " ".join(words[:at]) + rng.choice([" \\\n", "\\\n ", " \\\n\t", "\\\n\\\n "]) + " ".join(words[at:])
        if rng.random() < 0.05:
            line = rng.choice([" ", "\t"]) + line
        if rng.random() < 0.05:
            line += rng.choice([" ", "\t", "  "])
        return line

    def questions(self, n):
        """Names for modprobe, in an order that the seed decides."""
        rng = self.rng
        stems = [m.path.rsplit("/", 1)[-1][:-3] for m in self.tree.modules]
        symbols = ["symbol:" + name for m in self.tree.winners for name, _ in m.exports]
        pool = [stems, stems, self.concrete, self.concrete, self.tree.builtins, self.made_up, symbols, STEMS[:2]]
        out = []
        for _ in range(10 * n):
            if len(out) == n:
                break
            name = rng.choice(rng.choice([names for names in pool if names]))
            if rng.random() < 0.2:
                name = name.replace("_", "-") if rng.random() < 0.5 else name.replace("-", "_")
            if name not in out:
                out.append(name)
        return out
