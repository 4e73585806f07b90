package unwind

// ChainEnd is where a stack ends for the frame-pointer unwinder.
type ChainEnd struct {
	// Last is where the outermost function has saved its caller's frame
	// pointer (is_last_task_frame).
	Last uint64
	// Top is the end of the stack's memory.
	Top uint64
	// Regs says that the task was interrupted where it stands: its registers
	// are on the stack, and no call.
	Regs bool
}

// Chain is the frame-pointer unwinder (arch/x86/kernel/unwind_frame.c): it
// believes every function to save its caller's %rbp and to make %rbp point
// there. A function that does not do so hides who has called it, which this
// unwinder cannot see. Registers of the kernel's own code on a stack, those of
// an interrupt, make it unreliable: the code may have been anywhere in its
// prologue.
func (ts *Tables) Chain(t *Trace, f Frame, m Memory, o WalkOptions, end ChainEnd) {
	*t = Trace{Entries: t.Entries[:0], Frames: t.Frames[:0]}
	limit := o.Max
	if limit <= 0 {
		limit = MaxEntries
	}
	if end.Regs {
		t.bad(f.RIP, "the registers of an interrupt at %x are on it", f.RIP)
	}
	low := f.SP()
	for {
		switch {
		case o.Text != nil && !o.Text(f.RIP):
			t.bad(f.RIP, "%x is not kernel text", f.RIP)
			return
		case len(t.Entries) == limit:
			t.bad(f.RIP, "there are more than %d entries", limit)
			return
		case f.Slot != 0 && ts.interrupted(f.RIP):
			t.bad(f.RIP, "the registers of an interrupt are on it, at %x", f.RIP)
		}
		t.Entries = append(t.Entries, f.RIP)
		t.Frames = append(t.Frames, f)
		bp := f.Regs[RBP]
		if f.Slot == end.Last+8 || f.Slot == 0 && f.SP() >= end.Last+16 {
			t.Reliable = t.Why == ""
			return
		}
		if bp%8 != 0 || bp < low || bp > end.Top-16 {
			t.bad(f.RIP, "the frame pointer %x, below %x, is not on it", bp, f.RIP)
			return
		}
		saved, err := m.Load(bp, 8)
		if err != nil {
			t.bad(f.RIP, "the frame pointer %x cannot be followed: %v", bp, err)
			return
		}
		ret, err := m.Load(bp+8, 8)
		if err != nil {
			t.bad(f.RIP, "the frame pointer %x cannot be followed: %v", bp, err)
			return
		}
		f = Frame{RIP: ret, Slot: bp + 8}
		f.set(RBP, saved)
		f.set(RSP, bp+16)
		low = bp + 16
		if o.Return != nil {
			f.RIP = o.Return(f.RIP, f.Slot)
		}
	}
}

// interrupted reports that ret is in entry code that has saved registers, by its
// unwind data.
func (ts *Tables) interrupted(ret uint64) bool {
	d, _ := ts.find(ret - 1)
	return d != nil && d.cie.signal
}

// Guess is the unwinder that has no data (arch/x86/kernel/unwind_guess.c): all
// text addresses from the stack pointer up. No kernel calls what it finds
// reliable.
func Guess(t *Trace, f Frame, m Memory, o WalkOptions, top uint64) {
	*t = Trace{Entries: t.Entries[:0], Frames: t.Frames[:0]}
	t.bad(f.RIP, "the unwinder only guesses")
	limit := o.Max
	if limit <= 0 {
		limit = MaxEntries
	}
	t.Entries = append(t.Entries, f.RIP)
	t.Frames = append(t.Frames, f)
	for at := f.SP() &^ 7; at < top && len(t.Entries) < limit; at += 8 {
		v, err := m.Load(at, 8)
		if err != nil {
			return
		}
		if o.Return != nil {
			v = o.Return(v, at)
		}
		if o.Text == nil || !o.Text(v) {
			continue
		}
		t.Entries = append(t.Entries, v)
		t.Frames = append(t.Frames, Frame{RIP: v, Slot: at})
	}
}
