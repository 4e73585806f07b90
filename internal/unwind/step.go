package unwind

import "fmt"

func regName(r int) string {
	return [...]string{"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
		"r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"}[r]
}

func unreliable(format string, args ...any) Result {
	return Result{Outcome: Unreliable, Why: fmt.Sprintf(format, args...)}
}

// Step finds the caller of f (unwind_next_frame).
func (ts *Tables) Step(f Frame, m Memory) Result {
	if o := ts.findORC(f.lookup()); o != nil {
		return o.step(&f, m)
	}
	d, pc := ts.find(f.lookup())
	if d == nil {
		r := unreliable("there is no unwind data for %x", f.RIP)
		r.NoData = true
		return r
	}
	w, err := ts.row(d, pc)
	if err != nil {
		return unreliable("the unwind data for %x is broken: %v", f.RIP, err)
	}
	if w.regs[dwarfRA].kind == ruleUndefined {
		return Result{Outcome: End}
	}
	cfa, err := w.cfa(&f, m)
	if err != nil {
		return unreliable("the frame of %x cannot be found: %v", f.RIP, err)
	}
	next := Frame{Regs: f.Regs, Known: f.Known & calleeSaved, Signal: d.cie.signal, RegsFrame: d.cie.signal, Guess: f.Guess}
	next.set(RSP, cfa)
	for r := 0; r < numRegs; r++ {
		if err := w.restore(r, cfa, &f, &next, m); err != nil {
			return unreliable("%s of the caller of %x is lost: %v", regName(r), f.RIP, err)
		}
	}
	if err := w.returnAddress(cfa, &f, &next, m); err != nil {
		return unreliable("the return address of %x is lost: %v", f.RIP, err)
	}
	for r := range next.Regs {
		if _, ok := next.get(r); !ok {
			next.Regs[r] = 0
		}
	}
	// An entry stub may have switched stacks; calls only go down.
	if !d.cie.signal && next.SP() <= f.SP() || next.SP() == f.SP() && next.RIP == f.RIP {
		return unreliable("the stack of %x does not come to an end: its caller's is at %x, its own at %x", f.RIP, next.SP(), f.SP())
	}
	return Result{Next: next}
}

// cfa computes the canonical frame address: the caller's stack pointer.
func (w *row) cfa(f *Frame, m Memory) (uint64, error) {
	switch {
	case !w.cfaSet:
		return 0, fmt.Errorf("its unwind data does not say where it is")
	case w.cfaExpr != nil:
		return evaluate(w.cfaExpr, f.copy(), m)
	}
	v, ok := f.get(w.cfaReg)
	if !ok {
		return 0, fmt.Errorf("it is counted from %s, which is not known here", regName(w.cfaReg))
	}
	return v + uint64(w.cfaOff), nil
}

// restore applies the rule of register r.
func (w *row) restore(r int, cfa uint64, f, next *Frame, m Memory) error {
	rule := &w.regs[r]
	switch rule.kind {
	case ruleDefault:
		return nil
	case ruleUndefined:
		if r == RSP {
			return fmt.Errorf("it is undefined")
		}
		next.forget(r)
		return nil
	case ruleSame:
		if v, ok := f.get(r); ok {
			next.set(r, v)
		}
		return nil
	}
	v, _, known, err := rule.value(cfa, f, m)
	switch {
	case err != nil:
		return err
	case known:
		next.set(r, v)
	case r == RSP:
		return fmt.Errorf("it was in a register that is not known here")
	default:
		next.forget(r)
	}
	return nil
}

// returnAddress finds the caller's RIP.
func (w *row) returnAddress(cfa uint64, f, next *Frame, m Memory) error {
	rule := &w.regs[dwarfRA]
	if rule.kind == ruleDefault || rule.kind == ruleSame {
		return fmt.Errorf("the unwind data does not say where it is")
	}
	v, slot, known, err := rule.value(cfa, f, m)
	switch {
	case err != nil:
		return err
	case !known:
		return fmt.Errorf("it was in %s, which is not known here", regName(rule.reg))
	}
	next.RIP, next.Slot = v, slot
	return nil
}

// value evaluates a rule that fetches a value from somewhere. slot is the
// address it was read from, if it was.
func (rule *regRule) value(cfa uint64, f *Frame, m Memory) (v, slot uint64, known bool, err error) {
	switch rule.kind {
	case ruleValOffset:
		return cfa + uint64(rule.off), 0, true, nil
	case ruleRegister:
		v, known = f.get(rule.reg)
		return v, 0, known, nil
	case ruleValExpr:
		v, err = evaluate(rule.expr, f.copy(), m, cfa)
		return v, 0, true, err
	case ruleExpr:
		if slot, err = evaluate(rule.expr, f.copy(), m, cfa); err != nil {
			return 0, 0, false, err
		}
	default:
		slot = cfa + uint64(rule.off)
	}
	v, err = m.Load(slot, 8)
	return v, slot, true, err
}

// FramePointer finds the caller of f by believing that RBP points at the saved
// RBP and the return address, as code compiled with -fno-omit-frame-pointer has
// it. The frame it gives is marked as a guess: unwind_orc.c falls back to this
// for code without unwind data and calls the stack unreliable from there on.
func FramePointer(f Frame, m Memory) Result {
	bp, ok := f.get(RBP)
	if !ok || bp%8 != 0 || bp < f.SP() {
		return unreliable("rbp of %x is no frame pointer", f.RIP)
	}
	saved, err := m.Load(bp, 8)
	if err != nil {
		return unreliable("rbp of %x is no frame pointer: %v", f.RIP, err)
	}
	ret, err := m.Load(bp+8, 8)
	if err != nil {
		return unreliable("rbp of %x is no frame pointer: %v", f.RIP, err)
	}
	next := Frame{RIP: ret, Slot: bp + 8, Guess: true}
	if bp+16 <= f.SP() {
		return unreliable("rbp of %x is no frame pointer", f.RIP)
	}
	next.set(RSP, bp+16)
	next.set(RBP, saved)
	return Result{Next: next}
}
