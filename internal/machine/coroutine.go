package machine

import (
	"iter"

	"klpemu/cpu"
)

// A coroutine is kernel work in Go on behalf of a task: a system call of the
// shell, a work item, a gate that can block. It runs until it parks, and what
// it parks for says who goes on. Nothing runs in parallel: a coroutine runs
// only inside resume.
type coroutine struct {
	name   string
	task   *Task
	next   func() (park, bool)
	stop   func()
	done   bool
	inCall bool   // guest code that it called is running
	held   bool   // stopped at a yield point: it goes on when the world moves
	result uint64 // of that guest code
	failed error  // why the guest code did not return
	saved  cpu.State
	yield  func(park) bool
}

// park is what a coroutine stops for.
type park uint8

const (
	parkGuest park = iota // guest code is to run on the task
	parkSleep             // the task sleeps; see Task.waitFor and wakeAt
	parkPoint             // a yield point at which the command wants to stop
)

// closed unwinds a coroutine whose machine is being closed.
type closed struct{}

// begin pushes work onto t; it starts when the task next runs.
func (m *Machine) begin(t *Task, name string, work func()) *coroutine {
	co := &coroutine{name: name, task: t}
	seq := func(yield func(park) bool) {
		co.yield = yield
		defer func() {
			if r := recover(); r != nil {
				if _, ok := r.(closed); !ok {
					panic(r)
				}
			}
		}()
		work()
	}
	co.next, co.stop = iter.Pull(iter.Seq[park](seq))
	t.calls = append(t.calls, co)
	return co
}

// resume runs the innermost coroutine of t until it parks or ends.
func (m *Machine) resume(co *coroutine) {
	outer := m.running
	m.running, co.held = co, false
	_, alive := co.next()
	m.running = outer
	if !alive {
		co.done = true
		co.task.calls = co.task.calls[:len(co.task.calls)-1]
	}
}

// parkFor stops the running coroutine.
func (m *Machine) parkFor(p park) {
	if !m.running.yield(p) {
		panic(closed{})
	}
}

// waitUntil blocks the running kernel work until cond holds. on says what it
// waits for, in reports. Outside of a coroutine nothing can wait: there the
// condition holds already, or the model is broken.
func (m *Machine) waitUntil(on string, cond func() bool) {
	for !cond() {
		if m.running == nil {
			panic("machine: " + on + ": kernel work waits outside of a task")
		}
		t := m.running.task
		t.state, t.waitsOn = Uninterruptible, on
		m.waitOn(t, cond)
		m.parkFor(parkSleep)
	}
}

// callGuest runs a guest function on the task of the running kernel work and
// returns RAX. The function runs on the same stack, above what is there.
func (m *Machine) callGuest(fn uint64, args ...uint64) (uint64, error) {
	co := m.running
	t := co.task
	c := m.cpus[t.cpu]
	co.saved = c.vcpu.State()
	s := co.saved
	s.R[cpu.RSP] = s.R[cpu.RSP]&^15 - 8
	if err := m.mem.Store(s.R[cpu.RSP], 8, s.RIP); err != nil {
		return 0, err
	}
	s.RIP = m.sym.guestCall
	s.R[cpu.RAX] = fn
	for i, a := range args {
		s.R[argRegs[i]] = a
	}
	c.vcpu.SetState(s)
	co.inCall, co.failed = true, nil
	m.parkFor(parkGuest)
	m.cpus[t.cpu].vcpu.SetState(co.saved)
	return co.result, co.failed
}

// guestReturned ends a callGuest: the guest function has returned, or has
// failed with err.
func (co *coroutine) guestReturned(rax uint64, err error) {
	co.inCall, co.result, co.failed = false, rax, err
}

// Close ends all kernel work that is parked. The machine must not be used
// afterwards.
func (m *Machine) Close() {
	for _, t := range append(m.IdleTasks(), m.tasks...) {
		for i := len(t.calls) - 1; i >= 0; i-- {
			t.calls[i].stop()
		}
		t.calls = nil
	}
}
