package layout

import (
	"debug/dwarf"
	"encoding/binary"
	"errors"
	"fmt"
)

// Limits on debugging information. debug/dwarf does what the data says: it
// reads a table of abbreviations for each unit, and an entry may name a long
// string or have very many attributes.
const (
	maxAbbrevWork = 1 << 30 // units times bytes of abbreviations
	maxWork       = 1 << 27 // attributes and bytes of strings in all
	maxMembers    = 1 << 16
	maxDepth      = 64
)

// DWARF returns the structures of these names, as far as DWARF describes them.
// section gives the contents of a debugging section, relocated, nil where there
// is none.
func DWARF(section func(name string) []byte, names ...string) (found map[string]*Struct, err error) {
	info, abbrev := section(".debug_info"), section(".debug_abbrev")
	if len(info) == 0 {
		return nil, nil
	}
	if n := countUnits(info); n*len(abbrev) > maxAbbrevWork {
		return nil, fmt.Errorf(".debug_info: %d units with %d bytes of abbreviations are too many", n, len(abbrev))
	}
	d, err := dwarf.New(abbrev, nil, nil, info, nil, nil, nil, section(".debug_str"))
	if err != nil {
		return nil, fmt.Errorf(".debug_info: %w", err)
	}
	for _, name := range []string{".debug_line_str", ".debug_str_offsets", ".debug_addr"} {
		if err := d.AddSection(name, section(name)); err != nil {
			return nil, err
		}
	}
	w := &walker{r: d.Reader(), at: d.Reader(), want: map[string]bool{}, found: map[string]*Struct{}}
	for _, name := range names {
		w.want[name] = true
	}
	if err := w.units(); err != nil {
		return nil, fmt.Errorf(".debug_info: %w", err)
	}
	return w.found, nil
}

// countUnits counts the units of .debug_info, to the first that is cut off.
func countUnits(info []byte) int {
	n := 0
	for len(info) >= 4 {
		size, head := uint64(binary.LittleEndian.Uint32(info)), uint64(4)
		if size == 0xffffffff {
			if len(info) < 12 {
				break
			}
			size, head = binary.LittleEndian.Uint64(info[4:]), 12
		}
		n++
		if size > uint64(len(info))-head {
			break
		}
		info = info[head+size:]
	}
	return n
}

// walker reads the entries of all units.
type walker struct {
	r     *dwarf.Reader // goes through the units
	at    *dwarf.Reader // follows references
	want  map[string]bool
	found map[string]*Struct
	work  int
}

var errWork = errors.New("has more entries than are read")

// next reads an entry, and accounts for it; nil at the end.
func (w *walker) next(r *dwarf.Reader) (*dwarf.Entry, error) {
	e, err := r.Next()
	if err != nil || e == nil {
		return nil, err
	}
	w.work += 1 + len(e.Field)
	for _, f := range e.Field {
		switch v := f.Val.(type) {
		case string:
			w.work += len(v) / 8
		case []byte:
			w.work += len(v) / 8
		}
	}
	if w.work > maxWork {
		return nil, errWork
	}
	return e, nil
}

// units looks at what stands at the top of each unit.
func (w *walker) units() error {
	for len(w.found) < len(w.want) {
		e, err := w.next(w.r)
		if e == nil {
			return err
		}
		if e.Tag == dwarf.TagCompileUnit || e.Tag == dwarf.TagPartialUnit {
			continue
		}
		if err := w.top(e); err != nil {
			return err
		}
	}
	return nil
}

// top reads e where it is a structure that is wanted, and goes to what stands
// behind it.
func (w *walker) top(e *dwarf.Entry) error {
	name, _ := e.Val(dwarf.AttrName).(string)
	size, sized := e.Val(dwarf.AttrByteSize).(int64)
	if e.Tag == dwarf.TagStructType && e.Children && sized && w.want[name] && w.found[name] == nil {
		s := &Struct{Name: name, Size: uint64(size)}
		if err := w.members(s, e.Offset, 0, 0); err != nil {
			return fmt.Errorf("struct %s: %w", name, err)
		}
		w.found[name] = s
	}
	if e.Children {
		return w.skip(w.r, e)
	}
	return nil
}

// skip goes behind the children of e, which was the last entry of r.
func (w *walker) skip(r *dwarf.Reader, e *dwarf.Entry) error {
	if at, ok := e.Val(dwarf.AttrSibling).(dwarf.Offset); ok {
		if at <= e.Offset {
			return fmt.Errorf("entry at offset %#x: its sibling is before it, at %#x", e.Offset, at)
		}
		r.Seek(at)
		return nil
	}
	for depth := 1; depth > 0; {
		c, err := w.next(r)
		switch {
		case err != nil:
			return err
		case c == nil:
			return fmt.Errorf("entry at offset %#x: its children have no end", e.Offset)
		case c.Tag == 0:
			depth--
		case c.Children:
			depth++
		}
	}
	return nil
}

// entry reads the entry at an offset.
func (w *walker) entry(at dwarf.Offset) (*dwarf.Entry, error) {
	w.at.Seek(at)
	e, err := w.next(w.at)
	if err == nil && (e == nil || e.Tag == 0) {
		err = fmt.Errorf("there is no entry at offset %#x", at)
	}
	return e, err
}

// children are the entries below the one at an offset.
func (w *walker) children(at dwarf.Offset) ([]*dwarf.Entry, error) {
	parent, err := w.entry(at)
	if err != nil || !parent.Children {
		return nil, err
	}
	var all []*dwarf.Entry
	for {
		e, err := w.next(w.at)
		switch {
		case err != nil:
			return nil, err
		case e == nil:
			return nil, fmt.Errorf("entry at offset %#x: its children have no end", at)
		case e.Tag == 0:
			return all, nil
		case len(all) == maxMembers:
			return nil, fmt.Errorf("entry at offset %#x has more than %d children", at, maxMembers)
		}
		all = append(all, e)
		if e.Children {
			if err := w.skip(w.at, e); err != nil {
				return nil, err
			}
		}
	}
}

// members adds the members of the structure or union at an offset, which lies at
// a bit of s.
func (w *walker) members(s *Struct, at dwarf.Offset, bit uint64, depth int) error {
	if depth > maxDepth {
		return errors.New("anonymous members are nested too deeply")
	}
	children, err := w.children(at)
	if err != nil {
		return err
	}
	for _, e := range children {
		if e.Tag != dwarf.TagMember {
			continue
		}
		if err := w.member(s, e, bit, depth); err != nil {
			return err
		}
		if len(s.Members) > maxMembers {
			return fmt.Errorf("has more than %d members", maxMembers)
		}
	}
	return nil
}

func (w *walker) member(s *Struct, e *dwarf.Entry, bit uint64, depth int) error {
	name, _ := e.Val(dwarf.AttrName).(string)
	typ, ok := e.Val(dwarf.AttrType).(dwarf.Offset)
	if !ok {
		return fmt.Errorf("member %s at offset %#x has no type", name, e.Offset)
	}
	at, ok := memberBit(e)
	if !ok {
		return fmt.Errorf("member %s at offset %#x is at no fixed place", name, e.Offset)
	}
	at += bit
	if name == "" {
		t, err := w.resolve(typ)
		if err == nil && (t.Tag == dwarf.TagStructType || t.Tag == dwarf.TagUnionType) {
			return w.members(s, t.Offset, at, depth+1)
		}
	}
	bits, err := w.bits(typ)
	if err != nil {
		return fmt.Errorf("member %s: %w", name, err)
	}
	if n, ok := e.Val(dwarf.AttrBitSize).(int64); ok {
		if fromTop, ok := e.Val(dwarf.AttrBitOffset).(int64); ok {
			// up to DWARF 4: counted from the most significant bit of the type
			at += bits - uint64(fromTop) - uint64(n)
		}
		bits = uint64(n)
	}
	s.Members = append(s.Members, Member{Name: name, Bit: at, Bits: bits})
	return nil
}

// memberBit is where a member begins, in bits.
func memberBit(e *dwarf.Entry) (uint64, bool) {
	at := uint64(0)
	switch v := e.Val(dwarf.AttrDataMemberLoc).(type) {
	case nil:
	case int64:
		at = 8 * uint64(v)
	default:
		return 0, false
	}
	if n, ok := e.Val(dwarf.AttrDataBitOffset).(int64); ok {
		at += uint64(n)
	}
	return at, true
}

// resolve goes through typedefs and qualifiers.
func (w *walker) resolve(at dwarf.Offset) (*dwarf.Entry, error) {
	for range maxDepth {
		e, err := w.entry(at)
		if err != nil {
			return nil, err
		}
		switch e.Tag {
		case dwarf.TagTypedef, dwarf.TagConstType, dwarf.TagVolatileType, dwarf.TagRestrictType, dwarf.TagAtomicType:
		default:
			return e, nil
		}
		next, ok := e.Val(dwarf.AttrType).(dwarf.Offset)
		if !ok {
			return e, nil // void
		}
		at = next
	}
	return nil, fmt.Errorf("type at offset %#x is behind more than %d others", at, maxDepth)
}

// bits is the size of a type.
func (w *walker) bits(at dwarf.Offset) (uint64, error) {
	elems := uint64(1)
	for range maxDepth {
		e, err := w.resolve(at)
		if err != nil {
			return 0, err
		}
		if size, ok := e.Val(dwarf.AttrByteSize).(int64); ok {
			if size < 0 || size > 0 && elems > 1<<37/uint64(size) {
				return 0, fmt.Errorf("type at offset %#x is too large", at)
			}
			return 8 * elems * uint64(size), nil
		}
		if e.Tag != dwarf.TagArrayType {
			return 0, nil // a structure that is only declared
		}
		n, err := w.elements(e)
		if err != nil {
			return 0, err
		}
		if elems *= n; elems >= 1<<32 {
			return 0, fmt.Errorf("type at offset %#x is too large", at)
		}
		next, ok := e.Val(dwarf.AttrType).(dwarf.Offset)
		if !ok {
			return 0, fmt.Errorf("the array at offset %#x has no type", at)
		}
		at = next
	}
	return 0, fmt.Errorf("arrays are nested more than %d deep", maxDepth)
}

// elements is how many elements an array has, 0 where that is open.
func (w *walker) elements(array *dwarf.Entry) (uint64, error) {
	children, err := w.children(array.Offset)
	if err != nil {
		return 0, err
	}
	n := uint64(1)
	for _, e := range children {
		if e.Tag != dwarf.TagSubrangeType {
			continue
		}
		count, ok := e.Val(dwarf.AttrCount).(int64)
		if upper, bounded := e.Val(dwarf.AttrUpperBound).(int64); !ok && bounded {
			count = upper + 1
		}
		if count < 0 || count >= 1<<31 {
			return 0, fmt.Errorf("the array at offset %#x has %d elements", array.Offset, count)
		}
		if n *= uint64(count); n >= 1<<31 {
			return 0, fmt.Errorf("the array at offset %#x is too large", array.Offset)
		}
	}
	return n, nil
}
