package btf

import (
	"encoding/binary"
	"errors"
	"fmt"

	"klpemu/internal/layout"
)

// Limits on what one structure may unfold to: anonymous members may refer to
// each other, so that a small file describes very many.
const (
	maxMembers = 1 << 16
	maxDepth   = 64
)

// Structs returns the structures of these names, as far as they are described.
func (s *Spec) Structs(names ...string) (map[string]*layout.Struct, error) {
	want := make(map[string]bool, len(names))
	for _, n := range names {
		want[n] = true
	}
	found := map[string]*layout.Struct{}
	for b := s; b != nil; b = b.base {
		for _, at := range b.offsets {
			t, _ := b.typeAt(int(at))
			if t.kind != kindStruct || t.vlen == 0 {
				continue
			}
			name := b.text(t.name)
			if !want[name] || found[name] != nil {
				continue
			}
			u := &unfold{spec: s, st: &layout.Struct{Name: name, Size: uint64(t.size)}}
			if err := u.members(t, 0, 0); err != nil {
				return nil, fmt.Errorf("BTF of struct %s: %w", name, err)
			}
			found[name] = u.st
		}
	}
	return found, nil
}

// unfold collects the members of a structure.
type unfold struct {
	spec *Spec
	st   *layout.Struct
	seen int
}

// members adds the members of t, which begins at a bit of the structure.
func (u *unfold) members(t rawType, bit uint64, depth int) error {
	if depth > maxDepth {
		return errors.New("anonymous members are nested too deeply")
	}
	le := binary.LittleEndian
	for i := 0; i < t.vlen; i++ {
		if u.seen++; u.seen > maxMembers {
			return fmt.Errorf("has more than %d members", maxMembers)
		}
		b := t.data[12*i:]
		name, id, off := u.spec.text(le.Uint32(b)), le.Uint32(b[4:]), le.Uint32(b[8:])
		var bits uint64
		if t.flag { // a bit field's size stands above its offset
			bits, off = uint64(off>>24), off&0xffffff
		}
		at := bit + uint64(off)
		if name == "" && bits == 0 {
			if inner, err := u.spec.resolve(id); err == nil && (inner.kind == kindStruct || inner.kind == kindUnion) {
				if err := u.members(inner, at, depth+1); err != nil {
					return err
				}
				continue
			}
		}
		if bits == 0 {
			var err error
			if bits, err = u.spec.bits(id); err != nil {
				return fmt.Errorf("member %s: %w", name, err)
			}
		}
		u.st.Members = append(u.st.Members, layout.Member{Name: name, Bit: at, Bits: bits})
	}
	return nil
}

// resolve goes through typedefs and qualifiers.
func (s *Spec) resolve(id uint32) (rawType, error) {
	for range maxDepth {
		t, err := s.lookup(id)
		if err != nil {
			return t, err
		}
		switch t.kind {
		case kindTypedef, kindVolatile, kindConst, kindRestrict, kindTypeTag:
			id = t.size
		default:
			return t, nil
		}
	}
	return rawType{}, fmt.Errorf("type %d is behind more than %d others", id, maxDepth)
}

// bits is the size of a type.
func (s *Spec) bits(id uint32) (uint64, error) {
	le := binary.LittleEndian
	elems := uint64(1)
	for range maxDepth {
		t, err := s.resolve(id)
		if err != nil {
			return 0, err
		}
		size := uint64(0)
		switch t.kind {
		case kindPtr:
			size = 64
		case kindInt:
			size = 8 * uint64(t.size)
			if n := uint64(le.Uint32(t.data) & 0xff); n%8 != 0 {
				size = n
			}
		case kindStruct, kindUnion, kindEnum, kindEnum64, kindFloat:
			size = 8 * uint64(t.size)
		case kindArray:
			id = le.Uint32(t.data)
			if elems *= uint64(le.Uint32(t.data[8:])); elems >= 1<<32 {
				return 0, errors.New("array is too large")
			}
			continue
		default:
			return 0, fmt.Errorf("type %d has no size", id)
		}
		if size != 0 && elems > 1<<40/size {
			return 0, errors.New("array is too large")
		}
		return elems * size, nil
	}
	return 0, fmt.Errorf("arrays are nested more than %d deep", maxDepth)
}
