package mem

import "strings"

// PageSize is the size of a page and the unit of mapping and permission.
const PageSize = 4096

const (
	pageShift = 12
	pageMask  = PageSize - 1
)

// Perm is what a page permits.
type Perm uint8

// The permissions. W and X exclude each other (see [Memory.AllowWX]).
const (
	R Perm = 1 << iota
	W
	X
)

// String renders a permission as ls and /proc/PID/maps do: "r-x".
func (p Perm) String() string {
	var b strings.Builder
	for i, c := range []byte("rwx") {
		if p&(1<<i) == 0 {
			c = '-'
		}
		b.WriteByte(c)
	}
	return b.String()
}

// A Page is one mapped page. CPUs hold pages in their TLBs; everybody else goes
// through [Memory].
type Page struct {
	Data *[PageSize]byte

	perm    Perm
	watched bool   // a CPU has fetched from here: writes must be announced
	gen     uint64 // number of announced changes
}

// Perm returns what the page permits.
func (p *Page) Perm() Perm { return p.perm }

// Watch asks that every later write to the page changes [Page.Generation] and
// the memory's version. A CPU calls it before it decodes from the page.
func (p *Page) Watch() { p.watched = true }

// Watched reports whether writes to the page must go through [Memory], so that
// they are announced. Such a page must not be in a write TLB.
func (p *Page) Watched() bool { return p.watched }

// Generation counts the announced changes of the page. It also changes when the
// page is unmapped or its permissions change, so whoever kept a decoded copy
// need only compare this number.
func (p *Page) Generation() uint64 { return p.gen }
