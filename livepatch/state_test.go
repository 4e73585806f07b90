package livepatch

import "testing"

func withStates(p *Patch, at uint64, states ...State) *Patch {
	p.StatesAddr, p.States = at, states
	return p
}

func TestStateAddr(t *testing.T) {
	p := withStates(&Patch{}, 0x1000, State{ID: 5, Version: 1}, State{ID: 9, Version: 1})
	for id, want := range map[uint64]uint64{5: 0x1000, 9: 0x1018, 7: 0, 0: 0} {
		if got := p.StateAddr(id); got != want {
			t.Errorf("klp_get_state(%d) = %x, want %x", id, got, want)
		}
	}
}

// TestPrevState: the newest installed patch before the one in transition.
func TestPrevState(t *testing.T) {
	r := newRig(t)
	if s := r.core.PrevStateAddr(5); s != 0 {
		t.Errorf("klp_get_prev_state outside of a transition = %x", s)
	}
	r.core.PrevStateAddr(5)
	r.wantLog("WARNING: klp_get_prev_state: !klp_transition_patch") // once
	r.enabled(withStates(patch("p1", "read", 0), 0x1000, State{ID: 5, Version: 1}))
	r.enabled(withStates(patch("p2", "read", 1), 0x2000, State{ID: 5, Version: 1}, State{ID: 6, Version: 1}))
	r.hold()
	r.must(r.core.Enable(withStates(patch("p3", "read", 2), 0x3000, State{ID: 5, Version: 1}, State{ID: 8, Version: 1})))
	for id, want := range map[uint64]uint64{5: 0x2000, 6: 0x2018, 8: 0} {
		if got := r.core.PrevStateAddr(id); got != want {
			t.Errorf("klp_get_prev_state(%d) = %x, want %x", id, got, want)
		}
	}
}
