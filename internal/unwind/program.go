package unwind

import (
	"errors"
	"fmt"
)

// ruleKind says how to get a register's value in the caller (DWARF 5, 6.4.1).
type ruleKind uint8

const (
	ruleDefault   ruleKind = iota // the psABI's: callee-saved registers keep their value
	ruleUndefined                 // lost
	ruleSame                      // unchanged
	ruleOffset                    // in memory at CFA+off
	ruleValOffset                 // CFA+off itself
	ruleRegister                  // in another register
	ruleExpr                      // in memory where the expression says
	ruleValExpr                   // the value of the expression
)

type regRule struct {
	kind ruleKind
	reg  int
	off  int64
	expr []byte
}

// row is one row of the table that call frame instructions describe.
type row struct {
	cfaExpr []byte // if not nil, instead of the next two
	cfaReg  int
	cfaOff  int64
	cfaSet  bool
	regs    [dwarfRA + 1]regRule // by hardware number; [dwarfRA] is the return address
}

// maxRemembered bounds DW_CFA_remember_state.
const maxRemembered = 16

// machine runs call frame instructions up to an address.
type machine struct {
	cie     *cie
	loc, pc uint64
	row     row
	initial row
	stack   []row
}

// rowFor computes the row that is in force at pc.
func (f *fde) rowFor(pc uint64) (*row, error) {
	m := &machine{cie: f.cie, loc: f.start, pc: pc}
	if _, err := m.run(f.cie.program); err != nil {
		return nil, err
	}
	m.initial = m.row
	m.loc = f.start
	if _, err := m.run(f.program); err != nil {
		return nil, err
	}
	return &m.row, nil
}

// run executes instructions until one moves the location past pc. Each takes
// at least one byte, so the length of the program bounds the work.
func (m *machine) run(program []byte) (done bool, err error) {
	r := &reader{b: program}
	for r.left() > 0 {
		at := r.off
		done, err := m.step(r)
		if err == nil {
			err = r.err
		}
		if err != nil {
			return false, fmt.Errorf("call frame instruction at +%#x: %w", at, err)
		}
		if done {
			return true, nil
		}
	}
	return false, nil
}

// advance moves the location; the rows before pc are over.
func (m *machine) advance(delta uint64) bool {
	loc := m.loc + delta*m.cie.codeAlign
	if loc < m.loc || loc > m.pc {
		return true
	}
	m.loc = loc
	return false
}

// step executes one instruction. done means that the row for pc is complete.
func (m *machine) step(r *reader) (done bool, err error) {
	op := r.byte()
	low := uint64(op & 0x3f)
	switch op >> 6 {
	case 1: // DW_CFA_advance_loc
		return m.advance(low), nil
	case 2: // DW_CFA_offset
		return false, m.set(low, regRule{kind: ruleOffset, off: int64(r.uleb()) * m.cie.dataAlign})
	case 3: // DW_CFA_restore
		return false, m.restore(low)
	}
	switch op {
	case 0x00: // DW_CFA_nop
		return false, nil
	case 0x01: // DW_CFA_set_loc: its encoding depends on the section; gas never writes it
		return false, errors.New("DW_CFA_set_loc is not supported")
	case 0x02: // DW_CFA_advance_loc1
		return m.advance(r.uint(1)), nil
	case 0x03: // DW_CFA_advance_loc2
		return m.advance(r.uint(2)), nil
	case 0x04: // DW_CFA_advance_loc4
		return m.advance(r.uint(4)), nil
	case 0x0a: // DW_CFA_remember_state
		if len(m.stack) == maxRemembered {
			return false, fmt.Errorf("more than %d remembered states", maxRemembered)
		}
		m.stack = append(m.stack, m.row)
		return false, nil
	case 0x0b: // DW_CFA_restore_state
		n := len(m.stack)
		if n == 0 {
			return false, errors.New("no state was remembered")
		}
		// The CFA too, as every producer means it.
		m.row, m.stack = m.stack[n-1], m.stack[:n-1]
		return false, nil
	case 0x2e: // DW_CFA_GNU_args_size: for exception handling only
		r.uleb()
		return false, nil
	case 0x0c, 0x0d, 0x0e, 0x0f, 0x12, 0x13:
		return false, m.defineCFA(op, r)
	}
	return false, m.registerRule(op, r)
}

// defineCFA executes the instructions that say where the frame begins.
func (m *machine) defineCFA(op byte, r *reader) error {
	w := &m.row
	if op == 0x0f { // DW_CFA_def_cfa_expression
		w.cfaExpr, w.cfaSet = r.take(r.uleb()), true
		return nil
	}
	if op != 0x0c && op != 0x12 && (!w.cfaSet || w.cfaExpr != nil) {
		return errors.New("the CFA to change is not a register and an offset")
	}
	if op == 0x0c || op == 0x0d || op == 0x12 { // with a register
		n := r.uleb()
		reg, ok := dwarfReg(n)
		if !ok {
			return fmt.Errorf("the CFA is counted from register %d", n)
		}
		w.cfaReg = reg
	}
	switch op {
	case 0x0c, 0x0e: // DW_CFA_def_cfa, DW_CFA_def_cfa_offset
		w.cfaOff = int64(r.uleb())
	case 0x12, 0x13: // DW_CFA_def_cfa_sf, DW_CFA_def_cfa_offset_sf
		w.cfaOff = r.sleb() * m.cie.dataAlign
	}
	w.cfaSet, w.cfaExpr = true, nil
	return nil
}

// registerRule executes the instructions that say where a register was saved.
func (m *machine) registerRule(op byte, r *reader) error {
	var rule regRule
	n := uint64(0)
	if op >= 0x05 && op <= 0x16 || op == 0x2f {
		n = r.uleb()
	}
	align := m.cie.dataAlign
	switch op {
	case 0x05: // DW_CFA_offset_extended
		rule = regRule{kind: ruleOffset, off: int64(r.uleb()) * align}
	case 0x06: // DW_CFA_restore_extended
		return m.restore(n)
	case 0x07: // DW_CFA_undefined
		rule = regRule{kind: ruleUndefined}
	case 0x08: // DW_CFA_same_value
		rule = regRule{kind: ruleSame}
	case 0x09: // DW_CFA_register
		from := r.uleb()
		reg, ok := dwarfReg(from)
		if !ok {
			return fmt.Errorf("register %d is said to be in register %d", n, from)
		}
		rule = regRule{kind: ruleRegister, reg: reg}
	case 0x10: // DW_CFA_expression
		rule = regRule{kind: ruleExpr, expr: r.take(r.uleb())}
	case 0x11: // DW_CFA_offset_extended_sf
		rule = regRule{kind: ruleOffset, off: r.sleb() * align}
	case 0x14: // DW_CFA_val_offset
		rule = regRule{kind: ruleValOffset, off: int64(r.uleb()) * align}
	case 0x15: // DW_CFA_val_offset_sf
		rule = regRule{kind: ruleValOffset, off: r.sleb() * align}
	case 0x16: // DW_CFA_val_expression
		rule = regRule{kind: ruleValExpr, expr: r.take(r.uleb())}
	case 0x2f: // DW_CFA_GNU_negative_offset_extended
		rule = regRule{kind: ruleOffset, off: -int64(r.uleb()) * align}
	default:
		return fmt.Errorf("unknown instruction %#x", op)
	}
	return m.set(n, rule)
}

// set gives a register a rule. Registers that we do not follow (xmm, x87) are
// accepted and forgotten.
func (m *machine) set(n uint64, rule regRule) error {
	switch {
	case n == dwarfRA:
		m.row.regs[dwarfRA] = rule
	case n < dwarfRA:
		reg, _ := dwarfReg(n)
		m.row.regs[reg] = rule
	case n > 1<<16:
		return fmt.Errorf("register %d", n)
	}
	return nil
}

func (m *machine) restore(n uint64) error {
	if n > dwarfRA {
		return m.set(n, regRule{})
	}
	i := dwarfRA
	if n < dwarfRA {
		i, _ = dwarfReg(n)
	}
	m.row.regs[i] = m.initial.regs[i]
	return nil
}
