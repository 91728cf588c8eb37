# SPDX-License-Identifier: GPL-2.0-or-later
"""Read depmod's .bin files (core/tree/trie.c has the format)."""
import struct


def text_at(data, at):
    end = data.index(b"\0", at)
    return data[at:end].decode(errors="replace"), end + 1


def values(data):
    """Return all (key, value) of an index, sorted; an empty file has none."""
    out = []
    if not data:
        return out
    todo = [(struct.unpack_from(">I", data, 8)[0], "")]
    while todo:
        offset, key = todo.pop()
        at = offset & 0x0FFFFFFF
        if offset & 0x80000000:
            prefix, at = text_at(data, at)
            key += prefix
        if offset & 0x20000000:
            first, last = data[at], data[at + 1]
            at += 2
            for byte in range(first, last + 1):
                child = struct.unpack_from(">I", data, at)[0]
                at += 4
                if child:
                    todo.append((child, key + chr(byte)))
        if offset & 0x40000000:
            n = struct.unpack_from(">I", data, at)[0]
            at += 4
            for _ in range(n):
                value, at = text_at(data, at + 4)
                out.append((key, value))
    return sorted(out)
