// Package layout says where the members of a kernel's structures are, as the
// debugging information of a module or a kernel has it.
package layout

import "fmt"

// Struct is the layout of one structure.
type Struct struct {
	Name    string
	Size    uint64 // bytes
	Members []Member
}

// Member is a member of a structure, also one of an anonymous structure or
// union in it.
type Member struct {
	Name string
	Bit  uint64 // offset in bits
	Bits uint64 // size in bits
}

// Member returns the member of that name.
func (s *Struct) Member(name string) (Member, bool) {
	for _, m := range s.Members {
		if m.Name == name {
			return m, true
		}
	}
	return Member{}, false
}

// Field returns where a member of size bytes is. Error: there is none of the
// name, or it is not one of that size on a byte.
func (s *Struct) Field(name string, size uint64) (uint64, error) {
	m, ok := s.Member(name)
	switch {
	case !ok:
		return 0, fmt.Errorf("struct %s has no member %s", s.Name, name)
	case m.Bit%8 != 0 || m.Bits != 8*size:
		return 0, fmt.Errorf("struct %s: %s is of %d bits at bit %d, want %d bytes", s.Name, name, m.Bits, m.Bit, size)
	case m.Bit/8+size > s.Size:
		return 0, fmt.Errorf("struct %s: %s ends behind its %d bytes", s.Name, name, s.Size)
	}
	return m.Bit / 8, nil
}
