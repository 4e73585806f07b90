package asm

// A frag is a run of fixed bytes that may end in something elastic: an
// alignment, a jump whose length is open, a space of unknown size. Only the
// elastic ends move during relaxation; everything else keeps its offset in
// its frag.
type frag struct {
	sec  *section
	seq  int    // position in sec.frags
	data []byte // the fixed part
	end  fragEnd
	addr int64
	size int64 // current size of the elastic end

	// Frags joined by ends of constant size form a group; labels within a
	// group have a known distance from the start.
	group    int
	groupOff int64

	st   *stmt // for messages about the end
	col  int
	fill []byte // endAlign, endSpace, endOrg: what to repeat (nil: zeros)
	code bool   // endAlign: fill with nops
	pow  uint   // endAlign
	max  int64  // endAlign: skip no more than this; 0 is no limit
	x    *expr  // endSpace: size; endOrg: offset; endLEB: value
	sign bool   // endLEB
	jump *jump
	mark bool // relaxation: seen in this pass
}

type fragEnd uint8

const (
	endNone  fragEnd = iota
	endFill          // size bytes, known at once
	endAlign         // up to 1<<pow
	endSpace         // x bytes
	endOrg           // up to offset x
	endLEB           // x as LEB128
	endJump          // a short or a long jump
)

// jump is a branch whose length relaxation decides.
type jump struct {
	opcode byte // of the short form; 0xeb or 0x70+cc
	target *symbol
	off    int64
	x      parsed // the target where it is no label; then target is nil
	long   bool
	fixed  bool // cannot be short; becomes a fixup
}

func (j *jump) len() int64 {
	switch {
	case !j.long:
		return 2
	case j.opcode == 0xeb:
		return 5
	}
	return 6
}

// place returns where the next byte goes.
func (s *section) place() (*frag, int64) {
	f := s.tail()
	return f, int64(len(f.data))
}

// tail returns the frag that is still open.
func (s *section) tail() *frag {
	return s.frags[len(s.frags)-1]
}

// open starts a new frag after one whose end is now settled. A constant end
// keeps the group.
func (s *section) open(known bool, size int64) {
	last := s.tail()
	f := &frag{sec: s, seq: len(s.frags), group: last.group, groupOff: last.groupOff + int64(len(last.data)) + size}
	if !known {
		f.group, f.groupOff = last.group+1, 0
	}
	s.frags = append(s.frags, f)
}

// emit appends bytes.
func (s *section) emit(b ...byte) {
	f := s.tail()
	f.data = append(f.data, b...)
	s.bytes += int64(len(b))
}

// fixup is a field that an expression fills at the end.
type fixup struct {
	frag  *frag
	off   int64 // of the field in the frag
	size  int
	x     *expr
	kind  fixKind
	reloc string // @SUFFIX
	adj   int64  // added to the value: for PC-relative fields, minus the distance to the instruction's end
	raw   int    // .reloc: the type itself
	st    *stmt
	col   int
}

type fixKind uint8

const (
	fixData   fixKind = iota // .long x: wraps
	fixAbs                   // zero-extended by the CPU
	fixSigned                // sign-extended by the CPU
	fixPC                    // relative to the instruction's end
	fixBranch                // fixPC in a jump or call
	fixRaw                   // .reloc
)

// emitFix appends a zero field and remembers what it is to hold.
func (s *section) emitFix(fx *fixup) {
	fx.frag, fx.off = s.place()
	s.fixups = append(s.fixups, fx)
	s.emit(make([]byte, fx.size)...)
}
