package asm

import "math"

// encodeBranch emits a direct jump or call.
func (e *encoder) encodeBranch() *Error {
	target := e.ops[0].mem.disp
	head, err := e.head()
	if err != nil {
		return err
	}
	e.opcodeBytes(0)
	op := e.row.opcode
	switch e.branch {
	case "rel8":
		e.number(target, 1, fixBranch, e.ops[0].col)
		e.fixConstant(target, 1)
		e.emit(append(head, op...))
	case "rel32":
		e.number(target, 4, fixBranch, e.ops[0].col)
		e.fixConstant(target, 4)
		e.emit(append(head, op...))
	default:
		e.elastic(head, op[0], target)
	}
	return nil
}

// fixConstant makes a branch to a number a matter of the linker: the number
// is an address, not a distance.
func (e *encoder) fixConstant(target parsed, size int) {
	if len(e.fixes) > 0 {
		return
	}
	e.fixes = append(e.fixes, &fixup{
		off: int64(len(e.tail) - size), size: size, x: target.expr, kind: fixBranch, st: e.st, col: e.ops[0].col,
	})
	clear(e.tail)
}

// elastic ends the frag with a jump that relaxation sizes.
func (e *encoder) elastic(head []byte, opcode byte, target parsed) {
	sec := e.a.cur
	sec.emit(head...)
	j := &jump{opcode: opcode, x: target}
	v, ok := target.linear(fixedDistance)
	if target.reloc == "" && ok && v.add != nil && v.sub == nil {
		// An equate stays itself here: it may yet become weak.
		j.target, j.off = v.add, v.off
		if target.op == opSym {
			j.target, j.off = target.sym, 0
		}
	}
	f := sec.tail()
	f.end, f.st, f.col, f.jump = endJump, e.st, e.ops[0].col, j
	sec.open(false, 0)
}

// longJump is the opcode of the four-byte form.
func longJump(opcode byte) []byte {
	if opcode == 0xeb {
		return []byte{0xe9}
	}
	return []byte{0x0f, opcode + 0x10}
}

// jumpBytes is the jump's final encoding, given where it ends up.
func (f *frag) jumpBytes(a *assembler, sec *section) []byte {
	j := f.jump
	if !j.long {
		d := j.target.addr() + j.off - (f.addr + int64(len(f.data)) + 2)
		return []byte{j.opcode, byte(d)}
	}
	op := longJump(j.opcode)
	out := append(op, 0, 0, 0, 0)
	if j.fixed {
		sec.fixups = append(sec.fixups, &fixup{
			frag: f, off: int64(len(f.data) + len(op)), size: 4, x: j.expr(), kind: fixBranch, reloc: j.x.reloc,
			adj: -4, st: f.st, col: f.col,
		})
		return out
	}
	d := j.target.addr() + j.off - (f.addr + int64(len(f.data)+len(out)))
	if d < math.MinInt32 || d > math.MaxInt32 {
		a.report(newError(f.st, f.col, "the jump is too far"))
	}
	copy(out[len(op):], littleEndian(d, 0, 4))
	return out
}

// expr is the target of a jump that a fixup fills.
func (j *jump) expr() *expr {
	if j.target == nil {
		return j.x.expr
	}
	x := &expr{op: opSym, sym: j.target}
	if j.off != 0 {
		x = &expr{op: opAdd, l: x, r: constant(j.off), nest: 1}
	}
	return x
}
