package check

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// Image is a kernel known by its symbols: of a vmlinux, a System.map, or the
// text of /proc/kallsyms.
type Image struct {
	title   string
	release string
	objects map[string]*imageObject
	mcount  []uint64 // call sites in order; nil where they are not known
}

type imageObject struct {
	syms   []mapSymbol // of vmlinux by address, of a module as its symbol table has them
	addrs  []uint64    // in order
	byName map[string][]int
	image  *Image
}

type mapSymbol struct {
	addr uint64
	kind byte
	name string
}

// maxSymbols bounds the symbols of an image; a kernel has some 200,000.
const maxSymbols = 1 << 22

// ParseMap reads a System.map or what /proc/kallsyms shows: lines of address,
// type, name, and for a module its name in brackets.
func ParseMap(file, text string) (*Image, error) {
	k := &Image{title: file, objects: map[string]*imageObject{}}
	syms := map[string][]mapSymbol{}
	n, zero := 0, 0
	for line := range strings.Lines(text) {
		n++
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		if len(f) < 3 || len(f[1]) != 1 {
			return nil, fmt.Errorf("%s:%d: want ADDRESS TYPE NAME, as in System.map", file, n)
		}
		addr, err := strconv.ParseUint(f[0], 16, 64)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %q is no address", file, n, f[0])
		}
		if addr == 0 {
			zero++
		}
		object := vmlinux
		if len(f) > 3 {
			object = strings.Trim(f[3], "[]")
		}
		syms[object] = append(syms[object], mapSymbol{addr, f[1][0], f[2]})
		if n > maxSymbols {
			return nil, fmt.Errorf("%s: more than %d symbols", file, maxSymbols)
		}
	}
	switch {
	case len(syms[vmlinux]) == 0:
		return nil, fmt.Errorf("%s: has no symbols of a kernel", file)
	case zero > n/2:
		return nil, fmt.Errorf("%s: all addresses are zero; read /proc/kallsyms as root", file)
	}
	for object, s := range syms {
		k.add(object, s)
	}
	if _, release, ok := strings.Cut(file, "System.map-"); ok {
		k.release = release
	}
	return k, nil
}

// add makes an object of its symbols, but for those that kallsyms leaves out.
func (k *Image) add(name string, syms []mapSymbol) {
	syms = slices.DeleteFunc(syms, func(s mapSymbol) bool {
		return strings.IndexByte("aNUw", s.kind) >= 0 && name == vmlinux || strings.HasPrefix(s.name, "__crc_") ||
			strings.HasPrefix(s.name, "__kstrtab") || strings.HasPrefix(s.name, ".L")
	})
	if name == vmlinux {
		slices.SortStableFunc(syms, func(a, b mapSymbol) int { return cmp.Compare(a.addr, b.addr) })
	}
	o := &imageObject{syms: syms, byName: map[string][]int{}, image: k}
	for i, s := range syms {
		o.byName[s.name] = append(o.byName[s.name], i)
		o.addrs = append(o.addrs, s.addr)
	}
	slices.Sort(o.addrs)
	k.objects[name] = o
}

// Name is the file's name.
func (k *Image) Name() string { return k.title }

// VerMagic is not known of an image.
func (k *Image) VerMagic() string { return "" }

// Release is what the kernel calls itself, "" where that is not known.
func (k *Image) Release() string { return k.release }

// Exports reports whether a symbol has an entry in the table of exports; in a
// map without those, whether it is global.
func (k *Image) Exports(name string) bool {
	for _, o := range k.objects {
		if len(o.byName["__ksymtab_"+name]) > 0 {
			return true
		}
	}
	if v := k.objects[vmlinux]; len(v.byName["__ksymtab__printk"]) == 0 {
		return slices.ContainsFunc(v.byName[name], func(i int) bool { return v.syms[i].kind < 'a' })
	}
	return false
}

// Object is vmlinux, or a module that the text names.
func (k *Image) Object(name string) Object {
	if name == "" {
		name = vmlinux
	}
	if o := k.objects[name]; o != nil {
		return o
	}
	return nil
}

func (o *imageObject) Symbols(name string) []Symbol {
	var out []Symbol
	for _, i := range o.byName[name] {
		s := o.syms[i]
		out = append(out, Symbol{Name: s.name, Addr: s.addr, Size: o.size(i), Func: s.kind|0x20 == 't' || s.kind|0x20 == 'w'})
	}
	return out
}

// size is up to the next symbol at another address.
func (o *imageObject) size(i int) uint64 {
	addr := o.syms[i].addr
	next := sort.Search(len(o.addrs), func(i int) bool { return o.addrs[i] > addr })
	if next == len(o.addrs) {
		return 0
	}
	return o.addrs[next] - addr
}

// CallSite is ftrace_location: the first call site in the function.
func (o *imageObject) CallSite(fn Symbol) Site {
	m := o.image.mcount
	if m == nil || o != o.image.objects[vmlinux] {
		return Site{}
	}
	i := sort.Search(len(m), func(i int) bool { return m[i] >= fn.Addr })
	if i < len(m) && m[i]-fn.Addr < max(fn.Size, 1) {
		return Site{Known: true, Found: true, Addr: m[i]}
	}
	return Site{Known: true}
}

// section is one section of an ELF file.
type section struct {
	name             string
	typ, link        uint32
	addr, size, ents uint64
	data             []byte
}

// Types of sections, and the sizes of what they hold.
const (
	shtSymtab = 2
	shtNobits = 8
	ehdrSize  = 64
	shdrSize  = 64
	symSize   = 24
)

// ParseVmlinux reads a vmlinux: its symbol table, or the map that is given for a
// stripped one, and its list of call sites.
func ParseVmlinux(file string, data []byte, symbols *Image) (*Image, error) {
	sections, err := readSections(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	k := symbols
	if k == nil {
		k = &Image{objects: map[string]*imageObject{}}
		syms, err := readSymbols(sections)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		k.add(vmlinux, syms)
	}
	k.title, k.release = file, banner(data)
	if err := k.readMcount(sections); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return k, nil
}

// banner finds the release in linux_banner.
func banner(data []byte) string {
	_, rest, ok := bytes.Cut(data, []byte("Linux version "))
	if !ok {
		return ""
	}
	release, _, _ := bytes.Cut(rest[:min(len(rest), 128)], []byte(" "))
	return string(release)
}

func readSections(d []byte) ([]section, error) {
	le := binary.LittleEndian
	if len(d) < ehdrSize || string(d[:6]) != "\x7fELF\x02\x01" || le.Uint16(d[18:]) != 62 {
		return nil, errors.New("not an ELF file for x86-64")
	}
	off, n, names := le.Uint64(d[40:]), int(le.Uint16(d[60:])), int(le.Uint16(d[62:]))
	if off > uint64(len(d)) || uint64(n)*shdrSize > uint64(len(d))-off || names >= n {
		return nil, fmt.Errorf("%d section headers at offset %#x reach beyond the end of the file", n, off)
	}
	out := make([]section, n)
	nameAt := make([]uint32, n)
	for i := range out {
		h := d[off+uint64(i)*shdrSize:]
		s := &out[i]
		*s = section{typ: le.Uint32(h[4:]), addr: le.Uint64(h[16:]), size: le.Uint64(h[32:]), link: le.Uint32(h[40:]), ents: le.Uint64(h[56:])}
		nameAt[i] = le.Uint32(h)
		at := le.Uint64(h[24:])
		if s.typ == shtNobits || s.typ == 0 {
			continue
		}
		if at > uint64(len(d)) || s.size > uint64(len(d))-at {
			return nil, fmt.Errorf("section %d at offset %#x of %#x bytes reaches beyond the end of the file", i, at, s.size)
		}
		s.data = d[at : at+s.size]
	}
	for i := range out {
		out[i].name = textAt(out[names].data, nameAt[i])
	}
	return out, nil
}

// textAt reads a name of at most 512 bytes, KSYM_NAME_LEN.
func textAt(table []byte, off uint32) string {
	if uint64(off) >= uint64(len(table)) {
		return ""
	}
	b := table[off:]
	name, _, _ := bytes.Cut(b[:min(len(b), 512)], []byte{0})
	return string(name)
}

func readSymbols(sections []section) ([]mapSymbol, error) {
	le := binary.LittleEndian
	for _, s := range sections {
		if s.typ != shtSymtab || int64(s.link) >= int64(len(sections)) {
			continue
		}
		names := sections[s.link].data
		if len(s.data)/symSize > maxSymbols {
			return nil, fmt.Errorf("more than %d symbols", maxSymbols)
		}
		var out []mapSymbol
		for d := s.data; len(d) >= symSize; d = d[symSize:] {
			kind, shndx := d[4], le.Uint16(d[6:])
			name := textAt(names, le.Uint32(d))
			if name == "" || kind&15 > 2 || shndx == 0 { // sections, files; undefined
				continue
			}
			out = append(out, mapSymbol{le.Uint64(d[8:]), letter(sections, kind, shndx), name})
		}
		return out, nil
	}
	return nil, errors.New("has no symbol table; give its System.map with --system-map")
}

// letter tells code and global symbols apart, which is all that is looked at.
func letter(sections []section, info byte, shndx uint16) byte {
	c := byte('d')
	switch {
	case shndx == 0xfff1: // SHN_ABS
		return 'a'
	case info&15 == 2:
		c = 't'
	case int(shndx) < len(sections) && strings.Contains(sections[shndx].name, "text"):
		c = 't'
	}
	if info>>4 != 0 {
		c -= 'a' - 'A'
	}
	return c
}

// readMcount reads the call sites between __start_mcount_loc and
// __stop_mcount_loc.
func (k *Image) readMcount(sections []section) error {
	v := k.objects[vmlinux]
	start, stop := v.byName["__start_mcount_loc"], v.byName["__stop_mcount_loc"]
	if len(start) == 0 || len(stop) == 0 {
		return nil
	}
	from, to := v.syms[start[0]].addr, v.syms[stop[0]].addr
	for _, s := range sections {
		if s.data == nil || s.addr == 0 || from < s.addr || to < from || to-s.addr > uint64(len(s.data)) {
			continue
		}
		k.mcount = []uint64{}
		for d := s.data[from-s.addr : to-s.addr]; len(d) >= 8; d = d[8:] {
			if addr := binary.LittleEndian.Uint64(d); addr != 0 && addr != math.MaxUint64 {
				k.mcount = append(k.mcount, addr)
			}
		}
		slices.Sort(k.mcount)
		return nil
	}
	return fmt.Errorf("its list of call sites at %x is in no section; does the System.map belong to it?", from)
}
