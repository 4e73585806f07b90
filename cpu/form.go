package cpu

import (
	"fmt"
	"strconv"
	"strings"
)

// execFunc executes a decoded instruction. RIP already points behind it; a
// fault must leave everything else as it was.
type execFunc func(c *VCPU, in *Inst) *Fault

// attr are the properties of a form that its operands do not tell.
type attr uint16

const (
	lockable  attr = 1 << iota // takes lock with a memory destination
	def64                      // operand size is 64 bits unless 66 makes it 16
	force64                    // operand size is 64 bits, 66 is ignored (Intel)
	ends                       // control never reaches the next instruction
	serialize                  // refreshes what the CPU has fetched
	repString                  // rep repeats it
	repCond                    // repe and repne repeat it
	isVector                   // x87, SSE or AVX: named, not executed
	noMem                      // ModRM must name a register
	onlyMem                    // ModRM must name memory
	byteSize                   // operand size is one byte, and no operand says so
	reads32                    // operand size is 32 bits unless REX.W
	priv                       // privilege level 0 only
)

// A Form is one row of the instruction table: one encoding with its operands.
type Form struct {
	Enc  string // as the SDM writes it: prefix, opcode bytes, /r or /digit, VEX
	Ops  string // operands in Intel order, in the notation of SDM volume 2, A.2
	Name string // AT&T mnemonic without size suffix; * stands for a condition
	exec execFunc
	attr attr

	// Parsed from Enc and Ops when the table is built.
	prefix  uint8 // required mandatory prefix: 0x66, 0xf2, 0xf3, notRep, noPrefix, or 0
	ext     int8  // required ModRM.reg, or -1
	exact   int16 // required ModRM byte, or -1
	vexW    int8  // required VEX.W, or -1
	vexL    int8  // required VEX.L, or -1
	modrm   bool
	vex     bool
	opmap   uint8
	opcode  uint8
	span    uint8 // opcodes covered: 8 for "+r", 16 for "+cc"
	ops     []opSpec
	imm     []opSpec
	sizeOne bool // operand size is one byte
}

// Values of Form.prefix that are not a prefix: f2 and f3 select another
// instruction ("np" in Enc), and 66 does too ("none").
const (
	notRep   = 0xff
	noPrefix = 0xfe
)

// An opSpec is one parsed operand letter pair.
type opSpec struct {
	addr byte // how: E G Z I J M O A C D X B S 1 R ...
	size byte // b w d q v z y or 0
}

// parse fills the derived fields from Enc and Ops.
func (f *Form) parse() error {
	f.ext, f.exact, f.vexW, f.vexL, f.span = -1, -1, -1, -1, 1
	fields := strings.Fields(f.Enc)
	var codes []byte
	for _, w := range fields {
		switch {
		case w == "np":
			f.prefix = notRep
		case w == "none":
			f.prefix = noPrefix
		case w == "/r":
			f.modrm = true
		case w == "vex" || w == "l0" || w == "l1" || w == "w0" || w == "w1":
			f.parseVEX(w)
		case w == "+r":
			f.span = 8
		case w == "+cc":
			f.span = 16
		case w[0] == '/' && len(w) == 2 && w[1] >= '0' && w[1] <= '7':
			f.modrm, f.ext = true, int8(w[1]-'0')
		case w[0] == '=':
			v, err := strconv.ParseUint(w[1:], 16, 8)
			if err != nil {
				return fmt.Errorf("%s: ModRM byte %q", f.Name, w)
			}
			f.modrm, f.exact = true, int16(v)
		default:
			v, err := strconv.ParseUint(w, 16, 8)
			if err != nil {
				return fmt.Errorf("%s: encoding %q", f.Name, w)
			}
			codes = append(codes, byte(v))
		}
	}
	if err := f.parseOpcode(codes); err != nil {
		return err
	}
	return f.parseOps()
}

func (f *Form) parseVEX(w string) {
	f.vex = true
	switch w {
	case "l0":
		f.vexL = 0
	case "l1":
		f.vexL = 1
	case "w0":
		f.vexW = 0
	case "w1":
		f.vexW = 1
	}
}

// parseOpcode splits mandatory prefix, map and opcode.
func (f *Form) parseOpcode(codes []byte) error {
	if len(codes) > 1 && (codes[0] == 0x66 || codes[0] == 0xf2 || codes[0] == 0xf3) {
		f.prefix, codes = codes[0], codes[1:]
	}
	switch {
	case len(codes) == 1:
		f.opmap = 0
	case len(codes) == 2 && codes[0] == 0x0f:
		f.opmap = 1
	case len(codes) == 3 && codes[0] == 0x0f && codes[1] == 0x38:
		f.opmap = 2
	case len(codes) == 3 && codes[0] == 0x0f && codes[1] == 0x3a:
		f.opmap = 3
	default:
		return fmt.Errorf("%s: opcode % x", f.Name, codes)
	}
	f.opcode = codes[len(codes)-1]
	return nil
}

func (f *Form) parseOps() error {
	if f.Ops == "" {
		f.sizeOne = f.attr&byteSize != 0
		return nil
	}
	for _, w := range strings.Split(f.Ops, ",") {
		if len(w) != 2 {
			return fmt.Errorf("%s: operand %q", f.Name, w)
		}
		s := opSpec{w[0], w[1]}
		f.ops = append(f.ops, s)
		switch s.addr {
		case 'I', 'J', 'O', 'i':
			f.imm = append(f.imm, s)
		case 'E', 'G', 'M', 'R', 'S', 'C', 'D', 'V', 'W':
			if !f.modrm {
				return fmt.Errorf("%s: operand %q without ModRM", f.Name, w)
			}
		}
	}
	for _, s := range f.ops {
		if strings.IndexByte("IiJ1", s.addr) < 0 {
			f.sizeOne = s.size == 'b'
			break
		}
	}
	return nil
}

// opcodeTable finds the forms of an opcode: by VEX or not, map and last byte.
type opcodeTable [2][4][256][]*Form

// optab is the instruction table, indexed. It is never written after it is built.
var optab = buildTable(allForms())

// Forms returns the rows of the instruction table, for documentation and tests.
func Forms() []Form { return allForms() }

// Supported reports whether the form can be executed; the others are in the
// table to be named.
func (f *Form) Supported() bool { return f.exec != nil }

func buildTable(rows []Form) *opcodeTable {
	t := new(opcodeTable)
	for i := range rows {
		f := &rows[i]
		if err := f.parse(); err != nil {
			panic("cpu: instruction table: " + err.Error())
		}
		v := 0
		if f.vex {
			v = 1
		}
		for k := range int(f.span) {
			slot := &t[v][f.opmap][int(f.opcode)+k]
			*slot = append(*slot, f)
		}
	}
	return t
}

// match reports whether the form is the one for these bytes.
func (f *Form) match(d *decoder) bool {
	switch f.prefix {
	case notRep:
		if d.in.Prefix&(PrefixRep|PrefixRepne) != 0 {
			return false
		}
	case noPrefix:
		if d.in.Prefix&(PrefixRep|PrefixRepne|PrefixData) != 0 {
			return false
		}
	case 0x66:
		if !d.in.Has(PrefixData) || d.in.Prefix&(PrefixRep|PrefixRepne) != 0 {
			return false
		}
	case 0xf2:
		if !d.in.Has(PrefixRepne) {
			return false
		}
	case 0xf3:
		if !d.in.Has(PrefixRep) {
			return false
		}
	}
	m := d.in.ModRM
	switch {
	case f.exact >= 0 && int16(m) != f.exact,
		f.ext >= 0 && int8(m>>3&7) != f.ext,
		f.attr&noMem != 0 && m < 0xc0,
		f.attr&onlyMem != 0 && m >= 0xc0,
		f.vexL >= 0 && f.vexL != int8(d.vexL),
		f.vexW >= 0 && f.vexW != int8(d.in.REX>>3&1):
		return false
	}
	return true
}
