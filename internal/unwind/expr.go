package unwind

import (
	"errors"
	"fmt"
)

// Bounds of a DWARF expression.
const (
	maxExprSteps = 256
	maxExprStack = 32
)

// expr evaluates a DWARF expression (DWARF 5, 2.5) over the registers of a
// frame and the guest's memory. The CFA is pushed first where the rule says so.
type expr struct {
	f     *Frame
	m     Memory
	stack []uint64
	r     *reader
}

func evaluate(code []byte, f *Frame, m Memory, start ...uint64) (uint64, error) {
	e := &expr{f: f, m: m, stack: start, r: &reader{b: code}}
	for n := 0; e.r.left() > 0; n++ {
		if n == maxExprSteps {
			return 0, fmt.Errorf("an expression of more than %d steps", maxExprSteps)
		}
		if err := e.step(); err != nil {
			return 0, err
		}
		if e.r.err != nil {
			return 0, e.r.err
		}
		if len(e.stack) > maxExprStack {
			return 0, fmt.Errorf("an expression needs more than %d places", maxExprStack)
		}
	}
	return e.peek(0)
}

func (e *expr) push(v uint64) { e.stack = append(e.stack, v) }

// peek is the n-th value from the top.
func (e *expr) peek(n int) (uint64, error) {
	if n >= len(e.stack) {
		return 0, errors.New("an expression takes more than it has")
	}
	return e.stack[len(e.stack)-1-n], nil
}

func (e *expr) pop() (uint64, error) {
	v, err := e.peek(0)
	if err == nil {
		e.stack = e.stack[:len(e.stack)-1]
	}
	return v, err
}

// register pushes a register plus an offset.
func (e *expr) register(n uint64) error {
	off := uint64(e.r.sleb())
	reg, ok := dwarfReg(n)
	if !ok {
		return fmt.Errorf("an expression uses register %d", n)
	}
	v, ok := e.f.get(reg)
	if !ok {
		return fmt.Errorf("an expression uses %s, which is not known here", regName(reg))
	}
	e.push(v + off)
	return nil
}

// step executes one operation.
func (e *expr) step() error {
	r := e.r
	op := r.byte()
	switch {
	case op >= 0x30 && op <= 0x4f: // DW_OP_lit0..31
		e.push(uint64(op - 0x30))
		return nil
	case op >= 0x70 && op <= 0x8f: // DW_OP_breg0..31
		return e.register(uint64(op - 0x70))
	}
	switch op {
	case 0x03, 0x0e, 0x0f: // DW_OP_addr, const8u, const8s
		e.push(r.uint(8))
	case 0x08: // DW_OP_const1u
		e.push(r.uint(1))
	case 0x09: // DW_OP_const1s
		e.push(uint64(r.int(1)))
	case 0x0a:
		e.push(r.uint(2))
	case 0x0b:
		e.push(uint64(r.int(2)))
	case 0x0c:
		e.push(r.uint(4))
	case 0x0d:
		e.push(uint64(r.int(4)))
	case 0x10: // DW_OP_constu
		e.push(r.uleb())
	case 0x11: // DW_OP_consts
		e.push(uint64(r.sleb()))
	case 0x92: // DW_OP_bregx
		return e.register(r.uleb())
	case 0x96: // DW_OP_nop
	case 0x12, 0x13, 0x14, 0x15, 0x16, 0x17:
		return e.shuffle(op)
	case 0x06, 0x94, 0x1f, 0x20, 0x23:
		return e.unary(op)
	case 0x28, 0x2f:
		return e.jump(op)
	default:
		return e.binary(op)
	}
	return nil
}

// shuffle executes dup, drop, over, pick, swap and rot.
func (e *expr) shuffle(op byte) error {
	n := 0
	switch op {
	case 0x14: // DW_OP_over
		n = 1
	case 0x15: // DW_OP_pick
		n = int(e.r.byte())
	case 0x16: // DW_OP_swap
		n = 1
	case 0x17: // DW_OP_rot
		n = 2
	}
	v, err := e.peek(n)
	if err != nil {
		return err
	}
	top := len(e.stack) - 1
	switch op {
	case 0x13: // DW_OP_drop
		e.stack = e.stack[:top]
	case 0x16:
		e.stack[top], e.stack[top-1] = e.stack[top-1], e.stack[top]
	case 0x17: // the top goes below the next two
		e.stack[top], e.stack[top-1], e.stack[top-2] = e.stack[top-1], e.stack[top-2], e.stack[top]
	default:
		e.push(v)
	}
	return nil
}

// unary executes deref, deref_size, neg, not and plus_uconst.
func (e *expr) unary(op byte) error {
	size := 8
	if op == 0x94 {
		size = int(e.r.byte())
	}
	v, err := e.pop()
	if err != nil {
		return err
	}
	switch op {
	case 0x06, 0x94:
		if size != 1 && size != 2 && size != 4 && size != 8 {
			return fmt.Errorf("an expression reads %d bytes", size)
		}
		if v, err = e.m.Load(v, size); err != nil {
			return err
		}
	case 0x1f:
		v = -v
	case 0x20:
		v = ^v
	case 0x23:
		v += e.r.uleb()
	}
	e.push(v)
	return nil
}

// jump executes bra and skip.
func (e *expr) jump(op byte) error {
	to := int(e.r.int(2)) + e.r.off
	if e.r.err != nil {
		return e.r.err
	}
	if op == 0x28 {
		v, err := e.pop()
		if err != nil || v == 0 {
			return err
		}
	}
	if to < 0 || to > len(e.r.b) {
		return errors.New("an expression jumps out of itself")
	}
	e.r.off = to
	return nil
}

// binary executes the operations on two values.
func (e *expr) binary(op byte) error {
	b, err := e.pop()
	if err != nil {
		return err
	}
	a, err := e.pop()
	if err != nil {
		return err
	}
	flag := func(c bool) uint64 {
		if c {
			return 1
		}
		return 0
	}
	var v uint64
	switch op {
	case 0x1a:
		v = a & b
	case 0x1c:
		v = a - b
	case 0x1e:
		v = a * b
	case 0x21:
		v = a | b
	case 0x22:
		v = a + b
	case 0x24:
		v = a << b
	case 0x25:
		v = a >> b
	case 0x26:
		v = uint64(int64(a) >> b)
	case 0x27:
		v = a ^ b
	case 0x29:
		v = flag(a == b)
	case 0x2a:
		v = flag(int64(a) >= int64(b))
	case 0x2b:
		v = flag(int64(a) > int64(b))
	case 0x2c:
		v = flag(int64(a) <= int64(b))
	case 0x2d:
		v = flag(int64(a) < int64(b))
	case 0x2e:
		v = flag(a != b)
	default:
		return fmt.Errorf("unknown operation %#x in an expression", op)
	}
	e.push(v)
	return nil
}
