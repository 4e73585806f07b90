package unwind

import (
	"fmt"
	"sort"
)

// maxProgram bounds the call frame instructions of one function. gcc needs a
// few dozen bytes; the bound keeps a step short.
const maxProgram = 1 << 16

// maxAugmentation bounds an augmentation string. The longest in use is "zPLRS";
// longer ones only cost time, once for each entry that has its own common entry.
const maxAugmentation = 8

// Table is the unwind data of one .eh_frame or .debug_frame section.
type Table struct {
	object string
	fdes   []fde // by start
	lo, hi uint64
}

// cie is a common information entry: what several functions share.
type cie struct {
	codeAlign uint64
	dataAlign int64
	program   []byte
	encoding  byte // of the addresses in its FDEs
	augmented bool // FDEs have augmentation data ('z')
	signal    bool // 'S': the caller of such a frame was interrupted
}

// fde is a frame description entry: one function.
type fde struct {
	start, end uint64
	cie        *cie
	program    []byte
}

// Pointer encodings (DW_EH_PE_*).
const (
	peOmit  = 0xff
	pePcrel = 0x10
	peForm  = 0x0f
	peApply = 0x70
	peIndir = 0x80
)

// Parse reads a relocated .eh_frame section that lies at addr. object names it
// in errors. The table shares data, which must not change.
func Parse(object string, addr uint64, data []byte) (*Table, error) {
	p := &tableParser{t: &Table{object: object}, addr: addr, data: data, cies: make(map[int]*cie)}
	return p.parse(".eh_frame")
}

// ParseDebug reads a relocated .debug_frame section (DWARF 5, 6.4.1): its common
// entries are told by another number and found by their offset in the section.
func ParseDebug(object string, data []byte) (*Table, error) {
	p := &tableParser{t: &Table{object: object}, data: data, debug: true, cies: make(map[int]*cie)}
	return p.parse(".debug_frame")
}

func (p *tableParser) parse(section string) (*Table, error) {
	data := p.data
	for off := 0; off < len(data); {
		next, err := p.entry(off)
		if err != nil {
			return nil, fmt.Errorf("%s: %s+%#x: %w", p.t.object, section, off, err)
		}
		if next == 0 {
			break
		}
		off = next
	}
	t := p.t
	sort.SliceStable(t.fdes, func(i, j int) bool { return t.fdes[i].start < t.fdes[j].start })
	for i, f := range t.fdes {
		if i == 0 || f.end > t.hi {
			t.hi = f.end
		}
	}
	if len(t.fdes) > 0 {
		t.lo = t.fdes[0].start
	}
	return t, nil
}

// Len is the number of functions the table describes.
func (t *Table) Len() int { return len(t.fdes) }

// find returns the entry for pc.
func (t *Table) find(pc uint64) *fde {
	if pc < t.lo || pc >= t.hi {
		return nil
	}
	i := sort.Search(len(t.fdes), func(i int) bool { return t.fdes[i].start > pc })
	if i == 0 || pc >= t.fdes[i-1].end {
		return nil
	}
	return &t.fdes[i-1]
}

type tableParser struct {
	t     *Table
	addr  uint64
	data  []byte
	debug bool         // .debug_frame
	cies  map[int]*cie // by offset; nil for one that is being refused
}

// body finds the entry at off: its contents, and where the next entry begins.
// A zero length ends the section.
func (p *tableParser) body(off int) (r *reader, next int, err error) {
	r = &reader{b: p.data, off: off}
	n := r.uint(4)
	if n == 0xffffffff {
		n = r.uint(8)
		r.long = true
	}
	switch {
	case r.err != nil:
		return nil, 0, r.err
	case n == 0:
		return nil, 0, nil
	case n > uint64(r.left()):
		return nil, 0, fmt.Errorf("an entry of %#x bytes; the section has %#x left", n, r.left())
	}
	next = r.off + int(n)
	r.b = p.data[:next]
	return r, next, nil
}

// entry reads one CIE or FDE and returns the offset of the next, 0 at the end.
func (p *tableParser) entry(off int) (next int, err error) {
	r, next, err := p.body(off)
	if err != nil || r == nil {
		return 0, err
	}
	at := r.off
	id, common := p.id(r)
	switch {
	case r.err != nil:
		return 0, r.err
	case common:
		_, err := p.cie(off)
		return next, err
	case !p.debug && id > uint64(at):
		return 0, fmt.Errorf("the common entry is said to be %#x bytes before %#x", id, at)
	case p.debug && id >= uint64(len(p.data)):
		return 0, fmt.Errorf("the common entry is said to be at %#x; the section has %#x bytes", id, len(p.data))
	}
	from := at - int(id)
	if p.debug {
		from = int(id)
	}
	c, err := p.cie(from)
	if err != nil {
		return 0, fmt.Errorf("its common entry at %#x: %w", from, err)
	}
	return next, p.fde(r, c)
}

// id reads what tells a common entry from others, or where theirs is.
func (p *tableParser) id(r *reader) (id uint64, common bool) {
	if !p.debug {
		id = r.uint(4)
		return id, id == 0
	}
	if r.long {
		id = r.uint(8)
		return id, id == ^uint64(0)
	}
	id = r.uint(4)
	return id, id == 0xffffffff
}

// cie reads the common entry at off, once.
func (p *tableParser) cie(off int) (*cie, error) {
	if c, ok := p.cies[off]; ok {
		return c, nil
	}
	r, _, err := p.body(off)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, fmt.Errorf("not a common entry")
	}
	if _, common := p.id(r); !common {
		return nil, fmt.Errorf("not a common entry")
	}
	version := r.byte()
	aug := r.cstring(maxAugmentation)
	if p.debug && version == 4 {
		if a, seg := r.byte(), r.byte(); r.err == nil && (a != 8 || seg != 0) {
			return nil, fmt.Errorf("addresses of %d bytes and segments of %d, want 8 and 0", a, seg)
		}
	}
	c := &cie{codeAlign: r.uleb(), dataAlign: r.sleb()}
	ra := uint64(r.byte())
	if version >= 3 {
		r.off--
		ra = r.uleb()
	}
	switch {
	case r.err != nil:
		return nil, r.err
	case version != 1 && version != 3 && (version != 4 || !p.debug):
		return nil, fmt.Errorf("version %d, want 1 or 3", version)
	case ra != dwarfRA:
		return nil, fmt.Errorf("the return address is register %d, want %d", ra, dwarfRA)
	}
	if err := p.augmentation(r, c, aug); err != nil {
		return nil, err
	}
	if c.program = r.b[r.off:]; len(c.program) > maxProgram {
		return nil, fmt.Errorf("%d bytes of instructions; at most %d are accepted", len(c.program), maxProgram)
	}
	p.cies[off] = c
	return c, nil
}

// augmentation reads what the letters of the augmentation string announce.
func (p *tableParser) augmentation(r *reader, c *cie, aug string) error {
	if aug == "" {
		return nil
	}
	if aug[0] != 'z' {
		return fmt.Errorf("unknown augmentation %q", aug)
	}
	c.augmented = true
	n := r.uleb()
	if r.err != nil || n > uint64(r.left()) {
		return errShort
	}
	end := r.off + int(n)
	for _, letter := range aug[1:] {
		switch letter {
		case 'R':
			c.encoding = r.byte()
		case 'S':
			c.signal = true
		case 'L':
			r.byte()
		case 'P':
			enc := r.byte()
			if _, err := p.pointer(r, enc&^peIndir&^peApply); err != nil {
				return fmt.Errorf("personality: %w", err)
			}
		default:
			return fmt.Errorf("unknown augmentation %q", aug)
		}
	}
	switch {
	case r.err != nil:
		return r.err
	case r.off > end:
		return fmt.Errorf("augmentation %q needs more than its %d bytes", aug, n)
	}
	r.off = end
	return nil
}

// fde reads the rest of a frame description entry.
func (p *tableParser) fde(r *reader, c *cie) error {
	start, err := p.pointer(r, c.encoding)
	if err != nil {
		return err
	}
	size, err := p.pointer(r, c.encoding&peForm)
	if err != nil {
		return err
	}
	if c.augmented {
		r.take(r.uleb())
	}
	if r.err != nil {
		return r.err
	}
	program := r.b[r.off:]
	switch {
	case len(program) > maxProgram:
		return fmt.Errorf("%d bytes of instructions; at most %d are accepted", len(program), maxProgram)
	case size == 0:
		return nil // a function that the linker dropped
	case start+size < start:
		return fmt.Errorf("the function at %#x is said to have %#x bytes", start, size)
	}
	p.t.fdes = append(p.t.fdes, fde{start: start, end: start + size, cie: c, program: program})
	return nil
}

// pointer reads an encoded address.
func (p *tableParser) pointer(r *reader, enc byte) (uint64, error) {
	at := p.addr + uint64(r.off)
	var v uint64
	switch enc & peForm {
	case 0x00, 0x04, 0x0c:
		v = r.uint(8)
	case 0x01:
		v = r.uleb()
	case 0x02:
		v = r.uint(2)
	case 0x03:
		v = r.uint(4)
	case 0x09:
		v = uint64(r.sleb())
	case 0x0a:
		v = uint64(r.int(2))
	case 0x0b:
		v = uint64(r.int(4))
	default:
		return 0, fmt.Errorf("unknown pointer encoding %#x", enc)
	}
	if r.err != nil {
		return 0, r.err
	}
	switch enc &^ peForm {
	case 0:
	case pePcrel:
		v += at
	default:
		return 0, fmt.Errorf("pointer encoding %#x is not supported", enc)
	}
	return v, nil
}
