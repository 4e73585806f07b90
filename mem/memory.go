package mem

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// A Memory is one guest address space. It is not safe for concurrent use.
type Memory struct {
	*shared

	// The two halves, by page number: addresses whose bit 63 is clear, and the
	// others, which are the kernel's. A half that is nil holds nothing.
	low, high map[uint64]*Page

	// The page found last, as long as the version is what it was then: Go code
	// that walks guest structures stays in one page for a while.
	lastNum, lastVersion uint64
	lastPage             *Page
}

// shared is what the spaces of one machine have in common.
type shared struct {
	limit   uint64 // bytes that may be mapped at a time
	mapped  uint64
	version uint64
	allowWX bool
}

// New returns an empty memory in which at most limit bytes can be mapped.
func New(limit uint64) *Memory {
	return &Memory{shared: &shared{limit: limit}, low: map[uint64]*Page{}, high: map[uint64]*Page{}}
}

// AllowWX permits pages that are writable and executable at once, for guests
// that generate code. A kernel's memory has none.
func (m *Memory) AllowWX() { m.allowWX = true }

// Version changes whenever a kept translation or decoded instruction could have
// become wrong: at every mapping change and every write to a watched page.
func (m *Memory) Version() uint64 { return m.version }

// Mapped returns the number of bytes mapped now.
func (m *Memory) Mapped() uint64 { return m.mapped }

// Limit returns the number of bytes that may be mapped.
func (m *Memory) Limit() uint64 { return m.limit }

// Canonical reports whether addr is an address at all: bits 63 to 47 equal (SDM
// volume 1, 3.3.7.1).
func Canonical(addr uint64) bool {
	return uint64(int64(addr)<<16>>16) == addr
}

// Page returns the page that holds addr, or nil.
func (m *Memory) Page(addr uint64) *Page {
	num := addr >> pageShift
	if m.lastPage != nil && m.lastNum == num && m.lastVersion == m.version {
		return m.lastPage
	}
	p := m.half(addr)[num]
	if p != nil {
		m.lastNum, m.lastVersion, m.lastPage = num, m.version, p
	}
	return p
}

func (m *Memory) half(addr uint64) map[uint64]*Page {
	if addr>>63 != 0 {
		return m.high
	}
	return m.low
}

// Map maps the pages from addr to addr+size, zeroed.
func (m *Memory) Map(addr, size uint64, p Perm) error {
	if err := m.checkRange(addr, size); err != nil {
		return fmt.Errorf("map %w", err)
	}
	if err := m.checkPerm(p); err != nil {
		return fmt.Errorf("map %s: %w", span(addr, size), err)
	}
	if size > m.limit-m.mapped {
		return fmt.Errorf("map %s: guest memory limit of %d bytes reached (%d mapped)", span(addr, size), m.limit, m.mapped)
	}
	first, n, pages := addr>>pageShift, size>>pageShift, m.half(addr)
	if pages == nil {
		return fmt.Errorf("map %s: this half of the address space is hidden", span(addr, size))
	}
	for i := range n {
		if pages[first+i] != nil {
			return fmt.Errorf("map %s: page %016x is mapped already", span(addr, size), (first+i)<<pageShift)
		}
	}
	for i := range n {
		pages[first+i] = &Page{Data: new([PageSize]byte), perm: p}
	}
	m.mapped += size
	m.changed()
	return nil
}

// Unmap removes the pages from addr to addr+size, all of which must be mapped.
func (m *Memory) Unmap(addr, size uint64) error {
	if err := m.checkMapped(addr, size); err != nil {
		return fmt.Errorf("unmap %w", err)
	}
	first, n, pages := addr>>pageShift, size>>pageShift, m.half(addr)
	for i := range n {
		pages[first+i].gen++
		delete(pages, first+i)
	}
	m.mapped -= size
	m.changed()
	return nil
}

// Protect changes the permissions of the pages from addr to addr+size, all of
// which must be mapped.
func (m *Memory) Protect(addr, size uint64, p Perm) error {
	if err := m.checkMapped(addr, size); err != nil {
		return fmt.Errorf("protect %w", err)
	}
	if err := m.checkPerm(p); err != nil {
		return fmt.Errorf("protect %s: %w", span(addr, size), err)
	}
	first, n, pages := addr>>pageShift, size>>pageShift, m.half(addr)
	for i := range n {
		pg := pages[first+i]
		pg.perm = p
		pg.gen++
	}
	m.changed()
	return nil
}

// Perm returns the permissions of the page that holds addr; ok is false where
// nothing is mapped.
func (m *Memory) Perm(addr uint64) (p Perm, ok bool) {
	pg := m.Page(addr)
	if pg == nil {
		return 0, false
	}
	return pg.perm, true
}

func (m *Memory) changed() { m.version++ }

// checkRange refuses ranges that are empty, not page aligned, wrap around or
// leave the canonical half they start in.
func (m *Memory) checkRange(addr, size uint64) error {
	switch last := addr + size - 1; {
	case size == 0:
		return fmt.Errorf("%016x: size is zero", addr)
	case addr&pageMask != 0 || size&pageMask != 0:
		return fmt.Errorf("%s: not page aligned", span(addr, size))
	case last < addr:
		return fmt.Errorf("%s: wraps around the address space", span(addr, size))
	case !Canonical(addr) || !Canonical(last) || addr>>63 != last>>63:
		return fmt.Errorf("%s: not a canonical range", span(addr, size))
	}
	return nil
}

func (m *Memory) checkMapped(addr, size uint64) error {
	if err := m.checkRange(addr, size); err != nil {
		return err
	}
	if size > m.mapped {
		return fmt.Errorf("%s: not all of it is mapped", span(addr, size))
	}
	first, n, pages := addr>>pageShift, size>>pageShift, m.half(addr)
	for i := range n {
		if pages[first+i] == nil {
			return fmt.Errorf("%s: page %016x is not mapped", span(addr, size), (first+i)<<pageShift)
		}
	}
	return nil
}

func (m *Memory) checkPerm(p Perm) error {
	if p&^(R|W|X) != 0 {
		return fmt.Errorf("permission %#x: unknown bits", uint8(p))
	}
	if p&(W|X) == W|X && !m.allowWX {
		return fmt.Errorf("permission %v: a page is writable or executable, not both", p)
	}
	return nil
}

func span(addr, size uint64) string {
	return fmt.Sprintf("%016x+%#x", addr, size)
}

// access walks the pages of [addr, addr+size), which may wrap around 2^64. It
// checks all of them before it calls do on any: an access happens whole or not
// at all.
func (m *Memory) access(addr uint64, size int, kind Access, need Perm, do func(p *Page, off, at, n int)) error {
	for at := 0; at < size; {
		a := addr + uint64(at)
		p := m.Page(a)
		if p == nil || p.perm&need != need {
			return &Fault{Addr: a, Size: size - at, Access: kind, Present: p != nil}
		}
		at += PageSize - int(a&pageMask)
	}
	for at := 0; at < size; {
		a := addr + uint64(at)
		off := int(a & pageMask)
		n := min(size-at, PageSize-off)
		do(m.Page(a), off, at, n)
		at += n
	}
	return nil
}

// Check reports, as a *Fault, the first byte of [addr, addr+size) that an
// access of this kind could not reach; nil if all of it can be accessed.
func (m *Memory) Check(addr uint64, size int, kind Access) error {
	return m.access(addr, size, kind, kind.need(), func(*Page, int, int, int) {})
}

// Read fills b from addr on. It needs R on every page.
func (m *Memory) Read(addr uint64, b []byte) error {
	return m.read(addr, b, Read)
}

// Fetch fills b from addr on as an instruction fetch does. It needs X on every
// page.
func (m *Memory) Fetch(addr uint64, b []byte) error {
	return m.read(addr, b, Fetch)
}

func (m *Memory) read(addr uint64, b []byte, kind Access) error {
	return m.access(addr, len(b), kind, kind.need(), func(p *Page, off, at, n int) {
		copy(b[at:at+n], p.Data[off:])
	})
}

// Write stores b from addr on, all of it or, if a page does not permit it,
// nothing.
func (m *Memory) Write(addr uint64, b []byte) error {
	return m.write(addr, b, W)
}

// Poke is the privileged write path of text poking: it writes to any mapped
// page, whatever its permissions. CPUs that have decoded the bytes see the
// change.
func (m *Memory) Poke(addr uint64, b []byte) error {
	return m.write(addr, b, 0)
}

func (m *Memory) write(addr uint64, b []byte, need Perm) error {
	return m.access(addr, len(b), Write, need, func(p *Page, off, at, n int) {
		if p.watched {
			p.gen++
			m.version++
		}
		copy(p.Data[off:], b[at:at+n])
	})
}

// Load reads a little-endian value of 1, 2, 4 or 8 bytes.
func (m *Memory) Load(addr uint64, size int) (uint64, error) {
	var b [8]byte
	if err := checkSize(size); err != nil {
		return 0, err
	}
	if err := m.Read(addr, b[:size]); err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint64(b[:]), nil
}

// Store writes a little-endian value of 1, 2, 4 or 8 bytes.
func (m *Memory) Store(addr uint64, size int, v uint64) error {
	var b [8]byte
	if err := checkSize(size); err != nil {
		return err
	}
	binary.LittleEndian.PutUint64(b[:], v)
	return m.Write(addr, b[:size])
}

func checkSize(size int) error {
	switch size {
	case 1, 2, 4, 8:
		return nil
	}
	return fmt.Errorf("value of %d bytes: must be 1, 2, 4 or 8", size)
}

// ReadString reads a zero-terminated string of at most max bytes. It reads no
// page beyond the one that holds the terminator.
func (m *Memory) ReadString(addr uint64, max int) (string, error) {
	var s []byte
	for len(s) < max {
		a := addr + uint64(len(s))
		p := m.Page(a)
		if p == nil || p.perm&R == 0 {
			return "", &Fault{Addr: a, Size: 1, Access: Read, Present: p != nil}
		}
		chunk := p.Data[a&pageMask:]
		chunk = chunk[:min(len(chunk), max-len(s))]
		if i := bytes.IndexByte(chunk, 0); i >= 0 {
			return string(append(s, chunk[:i]...)), nil
		}
		s = append(s, chunk...)
	}
	return "", fmt.Errorf("string at %016x: no terminator in %d bytes", addr, max)
}
