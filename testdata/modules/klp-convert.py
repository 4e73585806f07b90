"""Turns references of a module to hidden symbols into livepatch relocations.

    python3 klp-convert.py MODULE.ko OBJECT.NAME,POS...

Each symbol NAME, undefined in the module, becomes .klp.sym.OBJECT.NAME,POS with
the index SHN_LIVEPATCH; the relocations against it move to a section
.klp.rela.OBJECT.SECTION (Documentation/livepatch/module-elf-format.rst).
"""
import struct
import sys

SHF_ALLOC, SHF_INFO_LINK, SHF_RELA_LIVEPATCH = 0x2, 0x40, 0x100000
SHT_SYMTAB, SHT_RELA, SHN_LIVEPATCH = 2, 4, 0xFF20
SHDR = struct.Struct("<IIQQQQIIQQ")
NAME, TYPE, FLAGS, ADDR, OFFSET, SIZE, LINK, INFO, ALIGN, ENTSIZE = range(10)


def main(path, wanted):
    data = bytearray(open(path, "rb").read())
    shoff, = struct.unpack_from("<Q", data, 40)
    shnum, shstrndx = struct.unpack_from("<HH", data, 60)
    sections = [list(SHDR.unpack_from(data, shoff + i * SHDR.size)) for i in range(shnum)]

    def content(s):
        return bytearray(data[s[OFFSET]:s[OFFSET] + s[SIZE]])

    def text(table, at):
        return table[at:table.index(0, at)].decode()

    names = content(sections[shstrndx])
    symtab = next(s for s in sections if s[TYPE] == SHT_SYMTAB)
    strtab = sections[symtab[LINK]]
    strings = content(strtab)
    objects = {}
    for spec in wanted:
        obj, rest = spec.split(".", 1)
        name = rest.rsplit(",", 1)[0]
        for i in range(symtab[SIZE] // 24):
            at = symtab[OFFSET] + 24 * i
            st_name, _, _, shndx = struct.unpack_from("<IBBH", data, at)
            if shndx == 0 and st_name and text(strings, st_name) == name:
                struct.pack_into("<I", data, at, len(strings))
                struct.pack_into("<H", data, at + 6, SHN_LIVEPATCH)
                strings += f".klp.sym.{spec}".encode() + b"\0"
                objects[i] = obj
                break
        else:
            sys.exit(f"{path}: has no undefined symbol {name}")

    def append(body, align=8):
        data.extend(bytes(-len(data) % align))
        at = len(data)
        data.extend(body)
        return at

    for s in list(sections):
        if s[TYPE] != SHT_RELA:
            continue
        kept, moved = b"", {}
        body = content(s)
        for at in range(0, len(body), 24):
            entry = bytes(body[at:at + 24])
            obj = objects.get(struct.unpack_from("<Q", entry, 8)[0] >> 32)
            if obj is None:
                kept += entry
            else:
                moved[obj] = moved.get(obj, b"") + entry
        if not moved:
            continue
        data[s[OFFSET]:s[OFFSET] + len(kept)] = kept
        s[SIZE] = len(kept)
        target = text(names, sections[s[INFO]][NAME])
        for obj, entries in moved.items():
            new = list(s)
            new[NAME], new[FLAGS] = len(names), SHF_ALLOC | SHF_INFO_LINK | SHF_RELA_LIVEPATCH
            new[OFFSET], new[SIZE] = append(entries), len(entries)
            names += f".klp.rela.{obj}.{target}".encode() + b"\0"
            sections.append(new)

    for section, body in ((strtab, strings), (sections[shstrndx], names)):
        section[OFFSET], section[SIZE] = append(body, 1), len(body)
    table = b"".join(SHDR.pack(*s) for s in sections)
    struct.pack_into("<Q", data, 40, append(table))
    struct.pack_into("<H", data, 60, len(sections))
    open(path, "wb").write(data)


main(sys.argv[1], sys.argv[2:])
