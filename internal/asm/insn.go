package asm

import (
	"fmt"
	"strings"
)

// insn is an instruction as written.
type insn struct {
	a       *assembler
	st      *stmt
	col     int // of the mnemonic
	name    string
	prefix  [slots]byte
	repName string // the prefix as written, for messages
	disp    int    // {disp8} or {disp32}: 1 or 4
	load    bool   // {load}: prefer the form that loads the ModRM.reg operand
	ops     []operand
}

// instruction assembles prefixes, mnemonic and operands.
func (a *assembler) instruction(s *scanner, at int) *Error {
	in := &insn{a: a, st: s.st, col: at}
	any, err := in.prefixes(s)
	if err != nil {
		return err
	}
	const longest = 16
	if err := a.grow(longest); err != nil {
		return err
	}
	if err := a.noBSS(s, false); err != nil {
		return err
	}
	if in.name == "" {
		if !any {
			return s.errorf("expected an instruction, found %s", s.found())
		}
		a.cur.emit(in.prefixBytes()...)
		return nil
	}
	if a.insns.find(in.name) == nil {
		return in.unknown()
	}
	if in.ops, err = s.operands(); err != nil {
		return err
	}
	m, err := in.match()
	if err != nil {
		return err
	}
	return m.encode()
}

// prefixes reads what stands before the mnemonic, and the mnemonic.
func (in *insn) prefixes(s *scanner) (any bool, err *Error) {
	names := in.a.prefixes
	for !s.eof() {
		if s.peek() == '{' {
			if err := in.pseudo(s); err != nil {
				return any, err
			}
			continue
		}
		in.col = s.i
		w := lowerASCII(s.word())
		// `jne,pt` and `jne,pn` are branch hints.
		if s.at(0) == ',' && (strings.HasPrefix(s.rest(), ",pt") || strings.HasPrefix(s.rest(), ",pn")) {
			in.prefix[slotSeg] = 0x3e
			if strings.HasPrefix(s.rest(), ",pn") {
				in.prefix[slotSeg] = 0x2e
			}
			s.i += 3
		}
		p, ok := names[w]
		if !ok {
			in.name = w
			return any, nil
		}
		if in.prefix[p.slot] != 0 {
			return any, s.errorAt(in.col, "second prefix of one kind: %s", w)
		}
		in.prefix[p.slot], any = p.b, true
		if p.slot == slotRep {
			in.repName = w
		}
	}
	return any, nil
}

// pseudo reads {disp32} and the like, which pick an encoding.
func (in *insn) pseudo(s *scanner) *Error {
	at := s.i
	s.accept('{')
	w := s.word()
	if !s.accept('}') {
		return s.errorf("expected } after %s", w)
	}
	switch w {
	case "disp8":
		in.disp = 1
	case "disp32":
		in.disp = 4
	case "load":
		in.load = true
	case "store", "vex3":
	default:
		return s.errorAt(at, "unknown encoding {%s}", w).withHint("use {disp8}, {disp32}, {load} or {store}")
	}
	return nil
}

func (in *insn) prefixBytes() []byte {
	var out []byte
	for _, b := range in.prefix {
		if b != 0 {
			out = append(out, b)
		}
	}
	return out
}

func (in *insn) errorf(format string, args ...any) *Error {
	return newError(in.st, in.col, format, args...)
}

// unknown explains a mnemonic that no row has.
func (in *insn) unknown() *Error {
	err := in.errorf("unknown instruction %s", in.name)
	if sse(in.name) {
		err.Msg = fmt.Sprintf("%s belongs to SSE, AVX or x87, which are not supported", in.name)
		return err.withHint("compile with -mgeneral-regs-only")
	}
	names := append([]string{}, in.a.insns.names...)
	for _, n := range in.a.insns.names {
		for _, r := range in.a.insns.rows[n] {
			for _, c := range r.suffixes() {
				names = append(names, n+string(c))
			}
		}
	}
	names = append(names, sortedKeys(in.a.dirs)...)
	names = append(names, sortedKeys(in.a.macros)...)
	return err.suggest(in.name, names)
}

// sse guesses whether a mnemonic is one of the vector or x87 ones.
func sse(name string) bool {
	for _, p := range []string{
		"movaps", "movups", "movapd", "movupd", "movdq", "movd", "movss", "movsd", "movhp", "movlp", "movhlp", "movlhp",
		"padd", "psub", "pxor", "por", "pand", "pcmp", "pshuf", "punpck", "psll", "psrl", "psra", "pmul", "pmov", "packs",
		"packu", "cvt", "xorps", "andps", "orps", "addss", "addsd", "subss", "subsd", "mulss", "mulsd", "divss",
		"divsd", "sqrt", "ucomis", "comis", "unpck", "shuf", "fld", "fst", "fadd", "fsub", "fmul", "fdiv", "fxch",
		"fil", "fist", "fuco", "fcom", "aes", "sha1", "sha2", "vmov", "vp", "vadd", "vmul", "vsub", "vxor", "vins", "vext", "vbroad", "kmov",
	} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// suffixSizes are the sizes a mnemonic's last letter can stand for.
func suffixSize(c byte) int {
	switch c {
	case 'b':
		return 1
	case 'w':
		return 2
	case 'l':
		return 4
	case 'q':
		return 8
	}
	return 0
}

func sizeLetter(size int) byte { return [...]byte{0, 'b', 'w', 0, 'l', 0, 0, 0, 'q'}[size] }

// suffixes are the letters that may follow the name.
func (r *row) suffixes() string {
	if r.bare {
		return ""
	}
	return r.sizes
}

// candidate is a row under the size that the mnemonic's suffix names.
type candidate struct {
	*row
	size int // 0: no suffix
}

// find lists the rows a mnemonic can mean.
func (t *insnTable) find(name string) []candidate { return t.byName[name] }

// index prepares find: a mnemonic means its own rows, then those of the
// mnemonic without its suffix.
func (t *insnTable) index() {
	t.byName = make(map[string][]candidate, 4*len(t.rows))
	for _, n := range t.names {
		for _, r := range t.rows[n] {
			t.byName[n] = append(t.byName[n], candidate{r, 0})
		}
	}
	for _, n := range t.names {
		for _, r := range t.rows[n] {
			for _, c := range r.suffixes() {
				full := n + string(c)
				t.byName[full] = append(t.byName[full], candidate{r, suffixSize(byte(c))})
			}
		}
	}
}
