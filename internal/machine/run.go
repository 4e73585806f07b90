package machine

import (
	"errors"
	"fmt"

	"klpemu/internal/smp"
)

// RunOptions says how far the world moves.
type RunOptions struct {
	CPU   int    // the only vCPU that moves; -1: all
	Count uint64 // rounds; 0: until all are idle or Until holds
	// Until is asked after each round; nil never stops.
	Until func() bool
	// UntilPoint stops where kernel work passes this yield point.
	UntilPoint string
	// Each is told about every instruction before it is executed.
	Each func(c *CPU)
	// Stop ends the run early where Each has nobody left to tell; nil never.
	Stop func() bool
}

// ErrNotMet says that a run ended before its condition held.
var ErrNotMet = errors.New("condition not met")

// Run moves the world by rounds of one instruction for each vCPU that has
// something to run. Errors: ErrNotMet where the condition did not hold in the
// end, *LimitError.
func (m *Machine) Run(o RunOptions) error {
	if o.CPU >= len(m.cpus) {
		return fmt.Errorf("there is no cpu %d: the machine has %d", o.CPU, len(m.cpus))
	}
	if m.running != nil {
		return errors.New("only the shell itself can move the world; a job moves with it")
	}
	r := runState{RunOptions: o, m: m}
	defer r.install()()
	step := uint64(1 << 62)
	if r.conditional() || o.Each != nil {
		step = 1
	}
	err := m.moveRun(&r, step)
	if err != nil {
		return err
	}
	if r.conditional() && !r.met {
		return fmt.Errorf("%w: %s", ErrNotMet, m.Standing())
	}
	return nil
}

// runState is one Run in progress.
type runState struct {
	RunOptions
	m      *Machine
	rounds uint64
	moved  bool // kernel work takes no rounds, but moves
	met    bool
}

func (r *runState) conditional() bool { return r.Until != nil || r.UntilPoint != "" }

// install sets the hooks of the run and returns what takes them away.
func (r *runState) install() func() {
	m := r.m
	if r.CPU >= 0 {
		m.only = m.cpus[r.CPU]
	}
	m.onInsn = r.Each
	if r.UntilPoint != "" {
		m.halt, m.halted = smp.Point(r.UntilPoint), false
		m.bus.SetHook(m.atPoint)
	}
	return func() {
		m.only, m.onInsn, m.halt = nil, nil, ""
		m.bus.SetHook(nil)
	}
}

// atPoint is the hook of a run that stops at a yield point. Kernel work in a
// coroutine stops right there; a gate stops when it is through.
func (m *Machine) atPoint(_ smp.Op, p smp.Point) {
	if p != m.halt || m.halted {
		return
	}
	m.halted = true
	if m.running != nil {
		m.running.held = true
		m.parkFor(parkPoint)
	}
}

// moveRun is the loop of Run: it differs from Sleep in that it counts rounds
// and that it ends when nothing is runnable.
func (m *Machine) moveRun(r *runState, step uint64) error {
	idle := false
	return m.moveWorldStep(func() (bool, error) {
		switch {
		case r.Stop != nil && r.Stop():
			return true, nil
		case r.moved && r.holds():
			r.met = true
			return true, nil
		case r.Count > 0 && r.rounds >= r.Count, idle:
			return true, nil
		}
		return false, nil
	}, func() {
		n := step
		if r.Count > 0 {
			n = min(n, r.Count-r.rounds)
		}
		if r.Count == 0 && !r.conditional() && m.quiet() {
			idle = true
			return
		}
		r.moved = true
		ran, nothing := m.round(n, forever-1)
		r.rounds += ran
		if ran == 0 {
			m.used += idleCost
		}
		idle = nothing
	})
}

// idleCost is what a step of a run costs in which no instruction is executed, of
// the limit of instructions: time that passes for ever ends at the limit, too.
const idleCost = 100

// quiet reports that no CPU has anything to run now.
func (m *Machine) quiet() bool {
	m.expire()
	m.startWork()
	for _, c := range m.cpus {
		m.passIdle(c)
	}
	return len(m.busyCPUs()) == 0
}

func (r *runState) holds() bool {
	if r.UntilPoint != "" && r.m.halted {
		return true
	}
	return r.Until != nil && r.Until()
}

// About reports whether a CPU that the run moves is about to execute addr.
func (m *Machine) About(addr uint64) bool {
	for _, c := range m.cpus {
		if m.only != nil && m.only != c {
			continue
		}
		t := c.curr
		inGuest := !c.Idle() && (t.top() == nil || t.top().inCall) || t.interrupted()
		if inGuest && !t.inUser && c.vcpu.RIP() == addr {
			return true
		}
	}
	return false
}

// Exited reports whether a task of that pid has existed and ended.
func (m *Machine) Exited(pid int) bool { return m.exited[pid] != nil }
