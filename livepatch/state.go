package livepatch

// This file is kernel/livepatch/state.c: what patches change in the system
// beyond code, and which patch may follow which.

// compatible is klp_is_patch_compatible: every state of every installed patch
// must be known to the new one in at least that version; a patch that does not
// replace may leave a state out.
func (c *Core) compatible(p *Patch) bool {
	for _, old := range c.patches {
		for _, s := range old.States {
			if !p.supports(s) {
				return false
			}
		}
	}
	return true
}

// supports is klp_is_state_compatible.
func (p *Patch) supports(old State) bool {
	for _, s := range p.States {
		if s.ID == old.ID {
			return s.Version >= old.Version
		}
	}
	return !p.Replace
}

// StateAddr is klp_get_state: the guest's struct klp_state of that id, or 0. An
// id of 0 ends the array in the kernel, so no state can have it.
func (p *Patch) StateAddr(id uint64) uint64 {
	size := uint64(StateSize)
	if p.Layout != nil {
		size = p.Layout.State.Size
	}
	for i, s := range p.States {
		if s.ID == id {
			return p.StatesAddr + uint64(i)*size
		}
	}
	return 0
}

// PrevStateAddr is klp_get_prev_state: the state of that id of the newest patch
// that was installed before the one in transition, or 0. It has a meaning
// during a transition only.
func (c *Core) PrevStateAddr(id uint64) uint64 {
	if c.warnOnceIn(c.stateLog, c.transitionPatch == nil, "klp_get_prev_state", "!klp_transition_patch") {
		return 0
	}
	last := uint64(0)
	for _, p := range c.patches {
		if p == c.transitionPatch {
			break
		}
		if s := p.StateAddr(id); s != 0 {
			last = s
		}
	}
	return last
}
