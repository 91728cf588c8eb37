# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernel modules without code, of any class and byte order, and their compressed forms."""
import gzip
import lzma
import struct

SHT_PROGBITS, SHT_SYMTAB, SHT_STRTAB = 1, 2, 3
SHN_ABS = 0xFFF1
STB_GLOBAL, STB_WEAK = 1, 2


class Layout:
    """How numbers lie in a file of this class and byte order."""

    def __init__(self, bits, big):
        self.bits, self.end = bits, ">" if big else "<"
        self.word = "Q" if bits == 64 else "I"

    def pack(self, form, *values):
        return struct.pack(self.end + form.replace("W", self.word), *values)

    def symbol(self, name, value, bind, section):
        if self.bits == 64:
            return self.pack("IBBHQQ", name, bind << 4, 0, section, value, 0)
        return self.pack("IIIBBH", name, value, 0, bind << 4, 0, section)


def strings(names):
    """Return a string table, and the offset of each name."""
    table, at = b"\0", {}
    for name in names:
        at[name] = len(table)
        table += name.encode() + b"\0"
    return table, at


def versions(layout, needs):
    """__versions: a CRC of one word and a name, in 64 bytes."""
    size = layout.bits // 8
    return b"".join(
        layout.pack("W", crc) + name.encode().ljust(64 - size, b"\0")
        for name, crc, _ in needs if crc is not None)


def symtab(layout, exports, needs, at):
    out = layout.symbol(0, 0, 0, 0)
    for name, crc in exports:
        if crc is not None:
            out += layout.symbol(at["__crc_" + name], crc, STB_GLOBAL, SHN_ABS)
    for name, _, bind in needs:
        if bind is not None:
            out += layout.symbol(at[name], 0, bind, 0)
    return out


def module(bits, big, fields, exports, needs):
    """
    Return a module.  exports: (symbol, CRC or None); needs: (symbol, CRC or None, STB_GLOBAL,
    STB_WEAK, or None if only __versions has it).
    """
    layout = Layout(bits, big)
    names = ["__crc_" + name for name, crc in exports if crc is not None]
    strtab, at = strings(names + [name for name, _, bind in needs if bind is not None])
    sections = [
        (".modinfo", SHT_PROGBITS, b"".join(f.encode() + b"\0" for f in fields), 0),
        ("__ksymtab_strings", SHT_PROGBITS,
         b"".join(name.encode() + b"\0" for name, _ in exports), 0),
        ("__versions", SHT_PROGBITS, versions(layout, needs), 0),
        (".strtab", SHT_STRTAB, strtab, 0),
        (".symtab", SHT_SYMTAB, symtab(layout, exports, needs, at), bits // 8 * 2 + 8),
    ]
    sections = [s for s in sections if s[2]]
    shstrtab, at = strings([s[0] for s in sections] + [".shstrtab"])
    sections.append((".shstrtab", SHT_STRTAB, shstrtab, 0))
    header, entry = (64, 64) if bits == 64 else (52, 40)
    offset = header + entry * (len(sections) + 1)
    out = b"\x7fELF" + bytes([bits // 32, 2 if big else 1, 1]) + b"\0" * 9
    out += layout.pack("HHIWWWIHHHHHH", 1, 0, 1, 0, 0, header, 0, header, 0, 0, entry,
                       len(sections) + 1, len(sections))
    out += b"\0" * entry
    names = [s[0] for s in sections]
    for name, kind, data, size in sections:
        link = names.index(".strtab") + 1 if kind == SHT_SYMTAB else 0
        out += layout.pack("IIWWWWIIWW", at[name], kind, 0, 0, offset, len(data), link,
                           1 if link else 0, 1, size)
        offset += len(data)
    return out + b"".join(s[2] for s in sections)


def zstd(data):
    """A frame of one block that is not compressed: the format without a compressor."""
    return (b"\x28\xb5\x2f\xfd\xa0" + struct.pack("<I", len(data)) +
            struct.pack("<I", len(data) << 3 | 1)[:3] + data)


def compress(data, suffix):
    if suffix == ".xz":
        return lzma.compress(data, check=lzma.CHECK_CRC32, preset=0)
    if suffix == ".zst":
        return zstd(data)
    if suffix == ".gz":
        return gzip.compress(data, 1, mtime=0)
    return data
