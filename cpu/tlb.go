package cpu

import "klpemu/mem"

const (
	tlbBits   = 7
	tlbSize   = 1 << tlbBits
	pageShift = 12
	pageMask  = mem.PageSize - 1
)

// A tlbEntry maps one page number to the host's copy of the page. tag is never a
// page number in an empty entry.
type tlbEntry struct {
	tag  uint64
	page *[mem.PageSize]byte
}

// noTag is no page number: page numbers have 52 bits.
const noTag = ^uint64(0)

// The two TLBs hold exactly the pages whose accesses need no attention: readable
// ones, and writable ones that no CPU has fetched from. Everything else misses
// and takes the slow path.
type tlb [tlbSize]tlbEntry

// tlbIndex spreads pages over a TLB. A kernel's regions begin at round addresses,
// so their low bits alone would make stack, data and heap collide.
func tlbIndex(addr uint64) uint64 { return addr >> pageShift * tlbHash >> (64 - tlbBits) }

const tlbHash = 0x9e3779b97f4a7c15

func (t *tlb) flush() {
	for i := range t {
		t[i] = tlbEntry{tag: noTag}
	}
}

// lookup returns the page of an access of size bytes at addr if it is in the
// TLB and the access stays in it.
func (t *tlb) lookup(addr uint64, size uint8) *[mem.PageSize]byte {
	e := &t[tlbIndex(addr)]
	if e.tag != (addr+uint64(size)-1)>>pageShift {
		return nil
	}
	return e.page
}

func (t *tlb) insert(addr uint64, p *[mem.PageSize]byte) {
	t[tlbIndex(addr)] = tlbEntry{addr >> pageShift, p}
}

func (c *VCPU) loadFast(addr uint64, size uint8) (uint64, bool) {
	p := c.rtlb.lookup(addr, size)
	if p == nil {
		return 0, false
	}
	switch size {
	case 8:
		return load64(p, addr), true
	case 4:
		return uint64(load32(p, addr)), true
	case 2:
		return uint64(load16(p, addr)), true
	}
	return uint64(p[addr&pageMask]), true
}

func (c *VCPU) storeFast(addr uint64, size uint8, v uint64) bool {
	p := c.wtlb.lookup(addr, size)
	if p == nil {
		return false
	}
	switch size {
	case 8:
		store64(p, addr, v)
	case 4:
		store32(p, addr, uint32(v))
	case 2:
		store16(p, addr, uint16(v))
	default:
		p[addr&pageMask] = byte(v)
	}
	return true
}

// fillRead remembers the page of a successful read.
func (c *VCPU) fillRead(addr uint64) {
	if p := c.mem.Page(addr); p != nil && p.Perm()&mem.R != 0 {
		c.rtlb.insert(addr, p.Data)
	}
}

// fillWrite remembers the page of a successful write, unless code may be in it.
func (c *VCPU) fillWrite(addr uint64) {
	p := c.mem.Page(addr)
	if p != nil && p.Perm() == mem.R|mem.W && !p.Watched() {
		c.wtlb.insert(addr, p.Data)
	}
}
