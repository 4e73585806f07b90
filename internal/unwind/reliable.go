package unwind

import "fmt"

// MaxEntries is MAX_STACK_ENTRIES of kernel/livepatch/transition.c.
const MaxEntries = 100

// WalkOptions says what a walk may believe.
type WalkOptions struct {
	// Text is __kernel_text_address: an entry outside of kernel and module
	// text, such as in a trampoline, makes the stack unreliable. Nil accepts all.
	Text func(addr uint64) bool
	// Return gives the true return address for one that a tracer replaced
	// (unwind_recover_ret_addr); slot is where it was found. Nil changes none.
	Return func(addr, slot uint64) uint64
	// Max is the most entries; 0 is MaxEntries.
	Max int
}

// Trace is the result of a walk.
type Trace struct {
	Entries  []uint64 // RIP of each frame, the topmost first
	Frames   []Frame
	Reliable bool
	Why      string // why it is not reliable
	At       uint64 // the entry at which that was found
}

// Reliable walks the stack from its topmost frame to its end, as
// arch_stack_walk_reliable and stack_trace_save_tsk_reliable do. The entries
// found before something went wrong are returned as well.
func (ts *Tables) Reliable(f Frame, m Memory, o WalkOptions) Trace {
	var t Trace
	ts.Walk(&t, f, m, o)
	return t
}

// Walk is Reliable into a Trace whose slices are used again.
func (ts *Tables) Walk(t *Trace, f Frame, m Memory, o WalkOptions) {
	*t = Trace{Entries: t.Entries[:0], Frames: t.Frames[:0]}
	limit := o.Max
	if limit <= 0 {
		limit = MaxEntries
	}
	for {
		if o.Text != nil && !o.Text(f.RIP) {
			t.bad(f.RIP, "%x is not kernel text", f.RIP)
			return
		}
		if len(t.Entries) == limit {
			t.bad(f.RIP, "there are more than %d entries", limit)
			return
		}
		t.Entries = append(t.Entries, f.RIP)
		t.Frames = append(t.Frames, f)
		if f.Guess {
			t.bad(f.RIP, "the frame of %x was found by its frame pointer only", f.RIP)
		}
		r := ts.Step(f, m)
		if r.NoData {
			// Code that no data describes: its frame pointer is followed, so
			// that the rest can be shown, but not believed.
			t.bad(f.RIP, "%s", r.Why)
			r = FramePointer(f, m)
		}
		switch r.Outcome {
		case End:
			t.Reliable = t.Why == ""
			return
		case Unreliable:
			t.bad(f.RIP, "%s", r.Why)
			return
		}
		f = r.Next
		if o.Return != nil && f.Slot != 0 && !f.RegsFrame {
			f.RIP = o.Return(f.RIP, f.Slot)
		}
	}
}

// bad keeps the first reason why a stack is not reliable.
func (t *Trace) bad(at uint64, format string, args ...any) {
	if t.Why == "" {
		t.Why, t.At = fmt.Sprintf(format, args...), at
	}
}
