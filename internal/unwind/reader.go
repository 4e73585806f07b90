package unwind

import (
	"encoding/binary"
	"errors"
)

// reader takes values off a byte slice. After the first failure it returns
// zeros; err says what failed.
type reader struct {
	b    []byte
	off  int
	err  error
	long bool // the entry has the 64-bit form
}

var errShort = errors.New("the data ends in the middle of a value")

func (r *reader) left() int { return len(r.b) - r.off }

func (r *reader) take(n uint64) []byte {
	if r.err != nil || n > uint64(r.left()) {
		r.fail(errShort)
		return nil
	}
	b := r.b[r.off : r.off+int(n)]
	r.off += int(n)
	return b
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.off = len(r.b)
}

// uint reads an unsigned little-endian number of n bytes.
func (r *reader) uint(n int) uint64 {
	b := r.take(uint64(n))
	if b == nil {
		return 0
	}
	var full [8]byte
	copy(full[:], b)
	return binary.LittleEndian.Uint64(full[:])
}

// int reads a signed little-endian number of n bytes.
func (r *reader) int(n int) int64 {
	shift := 64 - 8*n
	return int64(r.uint(n)<<shift) >> shift
}

func (r *reader) byte() byte { return byte(r.uint(1)) }

// leb reads the groups of a LEB128 number and how many bits they had. Bits
// beyond 64 are lost, as everywhere.
func (r *reader) leb() (v uint64, bits int, negative bool) {
	for {
		b := r.byte()
		if bits < 64 {
			v |= uint64(b&0x7f) << bits
		}
		bits += 7
		if b&0x80 == 0 || r.err != nil {
			return v, bits, b&0x40 != 0
		}
		if bits > 140 {
			r.fail(errors.New("a LEB128 number of more than 20 bytes"))
		}
	}
}

func (r *reader) uleb() uint64 {
	v, _, _ := r.leb()
	return v
}

func (r *reader) sleb() int64 {
	v, bits, negative := r.leb()
	if negative && bits < 64 {
		v |= ^uint64(0) << bits
	}
	return int64(v)
}

// cstring reads a string of at most n bytes that ends in NUL.
func (r *reader) cstring(n int) string {
	for i := r.off; i < len(r.b) && i-r.off <= n; i++ {
		if r.b[i] == 0 {
			s := string(r.b[r.off:i])
			r.off = i + 1
			return s
		}
	}
	r.fail(errors.New("a string is too long, or the data ends in it"))
	return ""
}
