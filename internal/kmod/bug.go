package kmod

import "encoding/binary"

// struct bug_entry, and its flags.
const (
	bugSize = 12

	bugWarning    = 1 << 0
	bugOnce       = 1 << 1
	bugDone       = 1 << 2
	bugNoCutHere  = 1 << 3
	bugTaintShift = 8
)

// Bug is an entry of __bug_table: what a ud2 at Addr stands for.
type Bug struct {
	Addr    uint64
	FlagsAt uint64 // where its flags are in memory
	File    uint64 // address of the name of the source file
	Line    uint16
	flags   uint16
}

// Warning reports a WARN; else it is a BUG.
func (b *Bug) Warning() bool { return b.flags&bugWarning != 0 }

// Once reports a warning that is printed the first time only.
func (b *Bug) Once() bool { return b.flags&bugOnce != 0 }

// Done reports that the first time was.
func (b *Bug) Done() bool { return b.flags&bugDone != 0 }

// NoCutHere reports that the line "cut here" was printed with the message.
func (b *Bug) NoCutHere() bool { return b.flags&bugNoCutHere != 0 }

// Taint is the flag that the warning taints the kernel with.
func (b *Bug) Taint() int { return int(b.flags >> bugTaintShift) }

// DoneFlags are the flags once the warning was printed.
func (b *Bug) DoneFlags() uint16 { return b.flags | bugDone }

// FindBug is find_bug in a table that lies at addr.
func FindBug(table []byte, addr, ip uint64) (Bug, bool) {
	le := binary.LittleEndian
	for off := 0; off+bugSize <= len(table); off += bugSize {
		b, at := table[off:], addr+uint64(off)
		if at+uint64(int64(int32(le.Uint32(b)))) != ip {
			continue
		}
		return Bug{
			Addr: ip, FlagsAt: at + 10, File: at + 4 + uint64(int64(int32(le.Uint32(b[4:])))),
			Line: le.Uint16(b[8:]), flags: le.Uint16(b[10:]),
		}, true
	}
	return Bug{}, false
}
