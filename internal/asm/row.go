package asm

import (
	"fmt"
	"strconv"
	"strings"
)

// A row is one instruction form. The tables write it on one line:
//
//	NAMES  SIZES  OPERANDS  ENCODING
//
// NAMES: `add|or|-` numbers its names 0, 1, 2 (a dash skips a number), which
// the encoding uses as n; `x=y` are two names for one number; {cc} stands for
// the sixteen conditions.
//
// SIZES: the operand sizes, b w l q, each also the suffix that the name may
// take (none after =); a dash where size plays no part. A capital letter is the size of an
// operand that shows none, without a warning.
//
// OPERANDS, in AT&T order, dash for none:
//
//	r m rm a       register, memory, either, accumulator, of the operand size
//	r32 rm16 ...   the same, of a fixed size; m always goes unsized
//	v              register in VEX.vvvv
//	rr             register that fills both fields of ModRM
//	i i8s ib iw iq immediate: up to 32 bits; one that sign-extends from a
//	               byte; a byte; a word; 64 bits
//	one cl dx ax fs gs   exactly this
//	sreg cr dr     special registers
//	rel            branch target
//	*rm *m         indirect branch
//	mo mobig       absolute 64-bit address; the same beyond 32 bits
//	xs xd          (%rsi) of any segment, %es:(%rdi)
//
// ENCODING: opcode bytes, where XX+n and XX+8n add the name's number, then
//
//	w              add 1 to the opcode unless the size is b
//	+r             add the register to the opcode
//	/r /0../7 /n   ModRM
//	ib iw id iq    immediate; iz is id, or iw with 16-bit operands
//	rel8 rel32 jmp jcc   displacement; jmp and jcc are relaxed
//	mo             64-bit address
//	p66 pF2 pF3 p67   prefix before REX
//	rexw           REX.W whatever the size
//	nw             no REX.W although the size is q
//	n66            no 66 although the size is w
//	vex.PP.MAP     VEX prefix; .w1 sets W, otherwise the size does
//	lock rep       takes that prefix
type row struct {
	sizes     string // bwlq in lower case; "" where size plays no part
	def       byte   // size without a warning, 0 if none
	bare      bool   // takes no suffix
	operands  []operandSpec
	mandatory []byte // p66 and so on
	opcode    []byte
	wbit      bool // w
	plusR     bool
	modrm     modrmKind
	digit     byte
	imm       []byte // 'b' 'w' 'd' 'q' 'z' per immediate
	branch    string // rel8 rel32 jmp jcc
	moffs     bool
	rexW      bool
	noRexW    bool
	no66      bool
	vex       *vexSpec
	lock      bool
	rep       bool
}

type modrmKind uint8

const (
	modrmNone modrmKind = iota
	modrmReg            // /r
	modrmDigit
)

type vexSpec struct {
	pp, mmmmm byte
	w1        bool
}

// operandSpec is what a row wants as one operand.
type operandSpec struct {
	kind string
	size int // in bytes; 0: the operand size
}

// insnTable is all rows by name, in order of preference.
type insnTable struct {
	rows   map[string][]*row
	names  []string
	byName map[string][]candidate
}

// instructions parses the tables.
func instructions() *insnTable {
	t := &insnTable{rows: map[string][]*row{}}
	for _, text := range []string{tableGeneral, tableString, tableBits, tableBranch, tableSystem} {
		for _, line := range strings.Split(text, "\n") {
			line, _, _ = strings.Cut(line, "#")
			if f := strings.Fields(line); len(f) > 0 {
				if err := t.addLine(f); err != nil {
					panic(fmt.Sprintf("asm: row %q: %v", line, err)) // a typo in our own table
				}
			}
		}
	}
	t.names = sortedKeys(t.rows)
	t.index()
	return t
}

// conditionNames is {cc}: what a condition is called, by its number.
const conditionNames = "o|no|b=c=nae|nb=nc=ae|z=e|nz=ne|na=be|a=nbe|s|ns|p=pe|np=po|l=nge|nl=ge|le=ng|g=nle"

// addLine adds the rows of one line, one for each number.
func (t *insnTable) addLine(f []string) error {
	if len(f) < 4 {
		return fmt.Errorf("has %d columns", len(f))
	}
	names := f[0]
	pre, post, cc := strings.Cut(names, "{cc}")
	if cc {
		names = conditionNames
	}
	for n, alts := range strings.Split(names, "|") {
		if alts == "-" {
			continue
		}
		r, err := parseRow(f[1], f[2], f[3:], byte(n))
		if err != nil {
			return err
		}
		for _, name := range strings.Split(alts, "=") {
			if cc {
				name = pre + name + post
			}
			t.rows[name] = append(t.rows[name], r)
		}
	}
	return nil
}

func parseRow(sizes, operands string, enc []string, n byte) (*row, error) {
	r := &row{}
	sizes, r.bare = strings.TrimPrefix(sizes, "="), strings.HasPrefix(sizes, "=")
	if sizes != "-" {
		r.sizes = strings.ToLower(sizes)
		if i := strings.IndexAny(sizes, "BWLQ"); i >= 0 {
			r.def = r.sizes[i]
		}
	}
	if operands != "-" {
		for _, o := range strings.Split(operands, ",") {
			r.operands = append(r.operands, parseSpec(o))
		}
	}
	for _, tok := range enc {
		if err := r.token(tok, n); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// parseSpec reads r32 and the like.
func parseSpec(s string) operandSpec {
	kind := strings.TrimRight(s, "0123456789")
	bits, err := strconv.Atoi(s[len(kind):])
	if err != nil || kind == "i" { // i8s is no size
		return operandSpec{kind: s}
	}
	return operandSpec{kind: kind, size: bits / 8}
}

// token reads one word of the encoding.
func (r *row) token(tok string, n byte) error {
	switch {
	case tok == "w":
		r.wbit = true
	case tok == "+r":
		r.plusR = true
	case tok == "/r":
		r.modrm = modrmReg
	case tok == "/n":
		r.modrm, r.digit = modrmDigit, n
	case tok[0] == '/':
		r.modrm, r.digit = modrmDigit, tok[1]-'0'
	case len(tok) == 2 && tok[0] == 'i':
		r.imm = append(r.imm, tok[1])
	case tok == "rel8" || tok == "rel32" || tok == "jmp" || tok == "jcc":
		r.branch = tok
	case strings.HasPrefix(tok, "vex."):
		return r.parseVEX(tok)
	case r.flag(tok):
	default:
		return r.hex(tok, n)
	}
	return nil
}

func (r *row) flag(tok string) bool {
	switch tok {
	case "mo":
		r.moffs = true
	case "rexw":
		r.rexW = true
	case "nw":
		r.noRexW = true
	case "n66":
		r.no66 = true
	case "lock":
		r.lock = true
	case "rep":
		r.rep = true
	default:
		return false
	}
	return true
}

// hex reads an opcode byte or a prefix.
func (r *row) hex(tok string, n byte) error {
	prefix := false
	if tok[0] == 'p' {
		prefix, tok = true, tok[1:]
	}
	digits, add, _ := strings.Cut(tok, "+")
	v, err := strconv.ParseUint(digits, 16, 8)
	if err != nil || len(digits) != 2 {
		return fmt.Errorf("bad token %q", tok)
	}
	b := byte(v)
	switch add {
	case "":
	case "n":
		b += n
	case "8n":
		b += 8 * n
	default:
		return fmt.Errorf("bad token %q", tok)
	}
	if prefix {
		r.mandatory = append(r.mandatory, b)
	} else {
		r.opcode = append(r.opcode, b)
	}
	return nil
}

func (r *row) parseVEX(tok string) error {
	f := strings.Split(tok, ".")
	if len(f) < 3 {
		return fmt.Errorf("bad token %q", tok)
	}
	pp := map[string]byte{"np": 0, "66": 1, "F3": 2, "F2": 3}
	maps := map[string]byte{"0f": 1, "0f38": 2, "0f3a": 3}
	p, ok := pp[f[1]]
	m, ok2 := maps[f[2]]
	if !ok || !ok2 {
		return fmt.Errorf("bad token %q", tok)
	}
	r.vex = &vexSpec{pp: p, mmmmm: m, w1: len(f) > 3 && f[3] == "w1"}
	return nil
}
