package machine

import (
	"encoding/binary"
	"fmt"

	"klpemu/internal/errno"
)

// This file is pointer() of lib/vsprintf.c: what may follow %p.

// isErr is IS_ERR_VALUE.
func isErr(v uint64) bool { return v >= ^uint64(maxErrno-1) }

const maxErrno = 4095

// badPointer is what check_pointer_msg calls (efault).
func badPointer(v uint64) bool { return v < pageSize || isErr(v) }

// pointer formats the argument of %p with its extension.
func (p *formatter) pointer(s fmtSpec, v uint64) (string, error) {
	kind := byte(0)
	if s.ext != "" {
		kind = s.ext[0]
	}
	switch kind {
	case 'S', 's', 'B':
		return s.pad(p.m.symbolString(s.ext, v)), nil
	case 'x':
		return s.rawPointer(v), nil
	case 'K': // kptr_restrict is 0: a plain %p
		return p.plainPointer(s, v), nil
	case 'e':
		if !isErr(v) {
			return p.plainPointer(s, v), nil
		}
		return s.pad(errPointer(v)), nil
	case 'V':
		return p.vaFormat(s, v)
	case 'h', 'b', 'M', 'm', 'I', 'i', 'U', 'E', 'a', 'd', 'D', 'G':
		return p.pointee(s, v)
	}
	return p.plainPointer(s, v), nil
}

// plainPointer is default_pointer: the hash of an address.
func (p *formatter) plainPointer(s fmtSpec, v uint64) string {
	if v != 0 && !isErr(v) {
		v = hashPointer(v, p.m.cfg.Seed) & 0xffffffff
	}
	return s.rawPointer(v)
}

// rawPointer is pointer_string: without a width it has all digits.
func (s fmtSpec) rawPointer(v uint64) string {
	if s.width == 0 {
		s.width, s.zero = 16, true
	}
	s.verb, s.prec = 'x', -1
	return s.integer(int64(v), false)
}

// errPointer is err_ptr: the symbolic name of an error.
func errPointer(v uint64) string {
	n := -int64(v)
	if name := errno.Errno(n).Name(); name != fmt.Sprintf("E%d", n) {
		return "-" + name
	}
	return fmt.Sprintf("-%d", n)
}

// symbolString is symbol_string: an address by name.
func (m *Machine) symbolString(ext string, v uint64) string {
	switch ext[0] {
	case 'B':
		return m.syms.FormatReturn(v)
	case 'S':
		return m.syms.Format(v)
	}
	r, ok := m.syms.Lookup(v)
	if !ok {
		return fmt.Sprintf("0x%x", v)
	}
	if mod := r.Module(); mod != "" {
		return r.Name + " [" + mod + "]"
	}
	return r.Name
}

// maxVaFormat is how deep %pV may be nested.
const maxVaFormat = 8

// vaFormat is %pV: a struct va_format with a format and its arguments.
func (p *formatter) vaFormat(s fmtSpec, v uint64) (string, error) {
	if msg := pointerMessage(v); msg != "" {
		return s.pad(msg), nil
	}
	f := &fields{m: p.m}
	format, list := f.word(v), f.word(v+8)
	if f.err != nil {
		return "", f.err
	}
	args, err := p.m.vaListAt(list)
	if err != nil {
		return "", err
	}
	if p.depth == maxVaFormat {
		return "", fmt.Errorf("%%pV is nested more than %d deep", maxVaFormat)
	}
	text, err := p.m.readString(format, maxText)
	if err != nil {
		return "", err
	}
	inner := formatter{m: p.m, args: args, limit: p.limit, depth: p.depth + 1}
	if err := inner.run(text); err != nil {
		return "", err
	}
	return inner.out.String(), nil
}

// pointerMessage is check_pointer_msg.
func pointerMessage(v uint64) string {
	switch {
	case v == 0:
		return "(null)"
	case badPointer(v):
		return "(efault)"
	}
	return ""
}

// pointee formats what a pointer leads to.
func (p *formatter) pointee(s fmtSpec, v uint64) (string, error) {
	if (s.ext[0] == 'h' || s.ext[0] == 'E') && s.hasWidth && s.width == 0 {
		return "", nil
	}
	if msg := pointerMessage(v); msg != "" {
		return s.pad(msg), nil
	}
	size, text := pointeeFormat(s)
	b := make([]byte, size)
	if err := p.m.mem.Read(v, b); err != nil {
		return s.pad("(efault)"), nil
	}
	return text(b), nil
}

// pointeeFormat says how many bytes a conversion reads, and what it makes of
// them.
func pointeeFormat(s fmtSpec) (int, func(b []byte) string) {
	flag := byte(0)
	if len(s.ext) > 1 {
		flag = s.ext[1]
	}
	switch s.ext[0] {
	case 'h':
		n := 1
		if s.width > 0 && !s.minus {
			n = min(s.width, 64)
		}
		sep, ok := map[byte]string{'C': ":", 'D': "-", 'N': ""}[flag]
		if !ok {
			sep = " "
		}
		return n, func(b []byte) string { return hexBytes(b, sep) }
	case 'b':
		n := s.width
		if flag == 'l' {
			return (n + 63) / 64 * 8, func(b []byte) string { return bitmapList(b, n) }
		}
		return (n + 63) / 64 * 8, func(b []byte) string { return bitmapHex(b, n) }
	case 'M', 'm':
		return 6, func(b []byte) string { return s.pad(macAddress(b, s.ext)) }
	case 'I', 'i':
		if flag == '6' {
			return 16, func(b []byte) string { return s.pad(ip6Address(b, s.ext)) }
		}
		if flag == '4' {
			return 4, func(b []byte) string { return s.pad(ip4Address(b, s.ext)) }
		}
		return 0, func([]byte) string { return s.pad("(%p" + s.ext[:1] + "?)") }
	case 'U':
		return 16, func(b []byte) string { return s.pad(uuidText(b, flag)) }
	case 'E':
		return max(s.width, 1), func(b []byte) string { return escapeText(b, s.ext[1:]) }
	case 'G':
		if flag == 'g' {
			return 4, func(b []byte) string { return gfpText(uint64(binary.LittleEndian.Uint32(b))) }
		}
		return 0, func([]byte) string { return s.pad("(%pG?)") } // pages and areas of memory: there are none
	case 'a':
		return 8, func(b []byte) string { return s.pad(fmt.Sprintf("0x%016x", littleEndian(b))) }
	}
	return 0, func([]byte) string { return s.pad("(%p" + s.ext[:1] + "?)") } // dentries: there are none
}
