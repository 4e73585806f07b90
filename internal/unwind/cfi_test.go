package unwind

import (
	"encoding/binary"
	"fmt"
)

// section builds .eh_frame bytes by hand, as an assembler would.
type section struct {
	addr uint64
	b    []byte
}

// entry appends an entry and returns its offset.
func (s *section) entry(id func(at int) uint32, body []byte) int {
	off := len(s.b)
	for (4+len(body))%8 != 4 { // with the length word, a multiple of 8
		body = append(body, 0)
	}
	s.b = binary.LittleEndian.AppendUint32(s.b, uint32(4+len(body)))
	s.b = binary.LittleEndian.AppendUint32(s.b, id(off+4))
	s.b = append(s.b, body...)
	return off
}

// cie appends a common entry with pcrel sdata4 addresses, code alignment 1 and
// data alignment -8.
func (s *section) cie(aug string, program ...byte) int {
	body := append([]byte{1}, aug...)
	body = append(body, 0, 1, 0x78, 16, 1, 0x1b)
	return s.entry(func(int) uint32 { return 0 }, append(body, program...))
}

// fde appends an entry for [start, start+size).
func (s *section) fde(cie int, start, size uint64, program ...byte) {
	at := s.addr + uint64(len(s.b)) + 8
	body := binary.LittleEndian.AppendUint32(nil, uint32(start-at))
	body = binary.LittleEndian.AppendUint32(body, uint32(size))
	body = append(body, 0)
	s.entry(func(at int) uint32 { return uint32(at - cie) }, append(body, program...))
}

// The program of an ordinary common entry: CFA = rsp+8, return address at CFA-8.
var ordinary = []byte{0x0c, 7, 8, 0x90, 1}

// sparse is a memory of 8-byte words.
type sparse map[uint64]uint64

func (m sparse) Load(addr uint64, size int) (uint64, error) {
	v, ok := m[addr&^7]
	if !ok {
		return 0, fmt.Errorf("read of %d bytes at %x: not mapped", size, addr)
	}
	v >>= addr & 7 * 8
	if size < 8 {
		v &= 1<<(8*size) - 1
	}
	return v, nil
}

// push lays words out from addr upward.
func (m sparse) push(addr uint64, words ...uint64) {
	for i, w := range words {
		m[addr+uint64(i)*8] = w
	}
}
