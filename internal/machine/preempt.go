package machine

import (
	"fmt"

	"klpemu/cpu"
)

// Preemption is the kernel's preemption model (preempt= on its command line).
type Preemption uint8

// The models.
const (
	PreemptVoluntary Preemption = iota // at cond_resched() and where a function may sleep
	PreemptNone                        // at cond_resched() only
	PreemptFull                        // at any instruction, unless preemption is switched off
)

// String is the model's name as preempt= takes it.
func (p Preemption) String() string {
	switch p {
	case PreemptVoluntary:
		return "voluntary"
	case PreemptNone:
		return "none"
	case PreemptFull:
		return "full"
	}
	return fmt.Sprintf("Preemption(%d)", uint8(p))
}

// ParsePreemption reads the name of a model.
func ParsePreemption(name string) (Preemption, error) {
	for _, p := range []Preemption{PreemptNone, PreemptVoluntary, PreemptFull} {
		if p.String() == name {
			return p, nil
		}
	}
	return 0, fmt.Errorf("unknown preemption model '%s'; take none, voluntary or full", name)
}

// preempt is the timer tick and the wake-up of a task that is more urgent: it
// gives the CPU to who waits for it, if the one that runs may be preempted.
// The shell takes its CPU from everyone: it is what moves the scenario.
func (m *Machine) preempt(c *CPU) {
	t := c.curr
	switch {
	case len(c.queue) == 0:
		if c.kicked && m.cfg.Preempt == PreemptFull && m.preemptible(t) {
			c.passes, c.kicked = c.passes+1, false // to a kworker and back
		}
	case c.Idle(), t.inLimbo():
		m.schedule(c)
	case c.queue[0].prio == prioShell && t.prio < prioShell:
		m.switchTo(c, c.queue[0])
		if t.state == Running {
			m.enqueueFirst(t)
		}
	case !m.needResched(c):
	case t.inUser:
		m.schedule(c)
	case t.context() != InTask:
	case m.cfg.Preempt == PreemptFull && m.preemptible(t):
		m.interrupt(c, t)
	}
}

// preemptible reports whether a task in the kernel may lose its CPU here: not
// with preemption switched off, not on the way out of an interrupt, and not in
// kernel work that is done in Go.
func (m *Machine) preemptible(t *Task) bool {
	co := t.top()
	return !m.preemptOff(t) && !t.inInterrupt && !t.block.again && (co == nil || co.inCall)
}

// Places in struct pt_regs (arch/x86/include/asm/ptrace.h).
func ptRegsLayout() []struct {
	reg cpu.Reg
	at  uint64
} {
	return []struct {
		reg cpu.Reg
		at  uint64
	}{
		{cpu.R15, 0x00}, {cpu.R14, 0x08}, {cpu.R13, 0x10}, {cpu.R12, 0x18}, {cpu.RBP, 0x20}, {cpu.RBX, 0x28},
		{cpu.R11, 0x30}, {cpu.R10, 0x38}, {cpu.R9, 0x40}, {cpu.R8, 0x48}, {cpu.RAX, 0x50}, {cpu.RCX, 0x58},
		{cpu.RDX, 0x60}, {cpu.RSI, 0x68}, {cpu.RDI, 0x70}, {cpu.RSP, 0x98},
	}
}

const (
	ptRegsIP    = 0x80
	ptRegsCS    = 0x88
	ptRegsFlags = 0x90
	kernelCS    = 0x10
	redZone     = 128 // below the stack pointer of code compiled with one
)

// interrupt makes the task that runs on c take the timer interrupt: its
// registers go on its stack, and it runs into preempt_schedule_irq. A stack
// without room for that is left alone.
func (m *Machine) interrupt(c *CPU, t *Task) {
	s := c.vcpu.State()
	frame := s.R[cpu.RSP] - redZone - ptRegsSize
	regs := make([]byte, ptRegsSize)
	if m.mem.Write(frame, regs) != nil {
		return
	}
	put := func(at, v uint64) { _ = m.mem.Store(frame+at, 8, v) } // written above
	for _, r := range ptRegsLayout() {
		put(r.at, s.R[r.reg])
	}
	put(ptRegsIP, s.RIP)
	put(ptRegsCS, kernelCS)
	put(ptRegsFlags, s.Flags)
	s.R[cpu.RSP] = frame
	s.RIP = m.sym.timer
	c.vcpu.SetState(s)
	t.inInterrupt = true
}

// gatePreemptScheduleIrq is where an interrupted task loses its CPU.
func (m *Machine) gatePreemptScheduleIrq(c *CPU, _ *Task) error {
	m.schedule(c)
	return nil
}

// gateIret is the iretq at the end of the timer interrupt.
func (m *Machine) gateIret(c *CPU, t *Task) error {
	s := c.vcpu.State()
	frame := s.R[cpu.RSP]
	regs := make([]uint64, ptRegsSize/8)
	for i := range regs {
		v, err := m.mem.Load(frame+uint64(i)*8, 8)
		if err != nil {
			return err
		}
		regs[i] = v
	}
	for _, r := range ptRegsLayout() {
		s.R[r.reg] = regs[r.at/8]
	}
	s.RIP, s.Flags = regs[ptRegsIP/8], regs[ptRegsFlags/8]
	c.vcpu.SetState(s)
	t.inInterrupt = false
	return nil
}

// voluntary is might_sleep(): with voluntary preemption a function that may
// sleep first gives way to who waits. It reports that it did; the gate runs
// again afterwards.
func (m *Machine) voluntary(c *CPU, t *Task) bool {
	if m.cfg.Preempt != PreemptVoluntary || t.block.active || m.preemptOff(t) || !m.needResched(c) {
		return false
	}
	t.block.again = true
	m.schedule(c)
	return true
}
