// Package btf reads the BPF Type Format, the short form of debugging information
// that kernels and their modules carry in .BTF.
//
// The BTF of a module goes on where that of its kernel ends: types and strings
// are numbered on from there. It can be read only with its base, the kernel's
// own or the extract of it that a module built outside of the kernel's tree has
// in .BTF.base.
package btf

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// ErrSplit says that the data goes on another, which was not given.
var ErrSplit = errors.New("BTF that builds on the kernel's, which is not at hand")

// Kinds of types (include/uapi/linux/btf.h).
const (
	kindInt = iota + 1
	kindPtr
	kindArray
	kindStruct
	kindUnion
	kindEnum
	kindFwd
	kindTypedef
	kindVolatile
	kindConst
	kindRestrict
	kindFunc
	kindFuncProto
	kindVar
	kindDatasec
	kindFloat
	kindDeclTag
	kindTypeTag
	kindEnum64
)

const (
	magic      = 0xeb9f
	version    = 1
	headerSize = 24
	typeSize   = 12 // struct btf_type
	maxName    = 4096
)

// Spec is the types of one .BTF.
type Spec struct {
	base    *Spec
	types   []byte
	strings []byte
	offsets []uint32 // of the types, by number less those of the base
	firstID uint32
	firstAt uint32 // offset of the first string
}

// Parse reads BTF. base is what it builds on, nil where it stands alone. Spec
// shares data.
func Parse(data []byte, base *Spec) (*Spec, error) {
	le := binary.LittleEndian
	switch {
	case len(data) < headerSize:
		return nil, fmt.Errorf("BTF of %d bytes is shorter than its header", len(data))
	case le.Uint16(data) != magic:
		return nil, fmt.Errorf("BTF begins with %#x, want %#x", le.Uint16(data), magic)
	case data[2] != version:
		return nil, fmt.Errorf("BTF of version %d, want %d", data[2], version)
	case uint64(le.Uint32(data[4:])) < headerSize || uint64(le.Uint32(data[4:])) > uint64(len(data)):
		return nil, fmt.Errorf("BTF header of %d bytes in %d", le.Uint32(data[4:]), len(data))
	}
	body := data[le.Uint32(data[4:]):]
	s := &Spec{base: base, firstID: 1}
	var err error
	if s.types, err = part(body, le.Uint32(data[8:]), le.Uint32(data[12:]), "types"); err != nil {
		return nil, err
	}
	if s.strings, err = part(body, le.Uint32(data[16:]), le.Uint32(data[20:]), "strings"); err != nil {
		return nil, err
	}
	if n := len(s.strings); n > 0 && s.strings[n-1] != 0 {
		return nil, errors.New("BTF strings do not end in NUL")
	}
	switch {
	case base != nil:
		s.firstID = base.firstID + uint32(len(base.offsets))
		s.firstAt = base.firstAt + uint32(len(base.strings))
	case len(s.strings) == 0 || s.strings[0] != 0:
		return nil, ErrSplit
	}
	return s, s.index()
}

func part(body []byte, off, size uint32, what string) ([]byte, error) {
	if uint64(off)+uint64(size) > uint64(len(body)) {
		return nil, fmt.Errorf("BTF %s at offset %#x of %d bytes reach beyond the %d bytes behind the header", what, off, size, len(body))
	}
	return body[off : off+size], nil
}

// index finds where each type begins.
func (s *Spec) index() error {
	for at := 0; at < len(s.types); {
		t, ok := s.typeAt(at)
		if !ok {
			return fmt.Errorf("BTF type %d at offset %#x is cut off", s.firstID+uint32(len(s.offsets)), at)
		}
		n, ok := t.extra()
		if !ok {
			return fmt.Errorf("BTF type %d at offset %#x is of unknown kind %d", s.firstID+uint32(len(s.offsets)), at, t.kind)
		}
		if n > len(s.types)-at-typeSize {
			return fmt.Errorf("BTF type %d at offset %#x is cut off", s.firstID+uint32(len(s.offsets)), at)
		}
		if len(s.offsets) == math.MaxInt32 {
			return errors.New("BTF has too many types")
		}
		s.offsets = append(s.offsets, uint32(at))
		at += typeSize + n
	}
	return nil
}

// rawType is one struct btf_type with what follows it.
type rawType struct {
	spec *Spec
	name uint32
	kind uint8
	flag bool
	vlen int
	size uint32 // or the type it refers to
	data []byte
}

func (s *Spec) typeAt(at int) (rawType, bool) {
	if len(s.types)-at < typeSize {
		return rawType{}, false
	}
	le := binary.LittleEndian
	b := s.types[at:]
	info := le.Uint32(b[4:])
	return rawType{
		spec: s, name: le.Uint32(b), kind: uint8(info >> 24 & 0x1f), flag: info>>31 != 0, vlen: int(info & 0xffff),
		size: le.Uint32(b[8:]), data: b[typeSize:],
	}, true
}

// extra is how many bytes follow the type.
func (t *rawType) extra() (int, bool) {
	switch t.kind {
	case kindInt, kindVar, kindDeclTag:
		return 4, true
	case kindArray:
		return 12, true
	case kindStruct, kindUnion, kindDatasec, kindEnum64:
		return 12 * t.vlen, true
	case kindEnum, kindFuncProto:
		return 8 * t.vlen, true
	case kindPtr, kindFwd, kindTypedef, kindVolatile, kindConst, kindRestrict, kindFunc, kindFloat, kindTypeTag:
		return 0, true
	}
	return 0, false
}

// lookup finds a type by its number.
func (s *Spec) lookup(id uint32) (rawType, error) {
	for ; s != nil; s = s.base {
		if id >= s.firstID && uint64(id-s.firstID) < uint64(len(s.offsets)) {
			t, _ := s.typeAt(int(s.offsets[id-s.firstID])) // index has seen it
			return t, nil
		}
	}
	return rawType{}, fmt.Errorf("BTF has no type %d", id)
}

// text is the string at off, "" where there is none.
func (s *Spec) text(off uint32) string {
	for ; s != nil; s = s.base {
		if off >= s.firstAt && uint64(off-s.firstAt) < uint64(len(s.strings)) {
			b := s.strings[off-s.firstAt:]
			b = b[:min(len(b), maxName)]
			name, _, _ := bytes.Cut(b, []byte{0})
			return string(name)
		}
	}
	return ""
}
