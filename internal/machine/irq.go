package machine

import (
	"errors"
	"fmt"

	"klpemu/cpu"
	"klpemu/internal/trace"
)

// Context is a kind of interrupt context, by its interrupt_context_level.
type Context uint8

// The contexts of a CPU (include/linux/preempt.h).
const (
	InTask Context = iota
	InSoftirq
	InHardirq
	InNMI
)

// String is the word for the context on the command line.
func (x Context) String() string { return [...]string{"task", "softirq", "irq", "nmi"}[x] }

// entry is the kernel's entry code for an interrupt of that kind.
func (x Context) entry() string {
	return [...]string{"", "asm_sysvec_irq_work", "asm_common_interrupt", "asm_exc_nmi"}[x]
}

// preemptOffset is what preempt_count() has more in that context.
func (x Context) preemptOffset() int32 {
	return [...]int32{0, 0x100, 0x10000, 0x110000}[x]
}

// An interrupt is one that a task is in. Until it returns, the interrupted
// work stands still: guest code because its registers are on the stack, kernel
// work in Go because calls is how much of it was there.
type interrupt struct {
	context Context
	fn      uint64
	calls   int       // coroutines of the task that were interrupted
	user    bool      // it came in user mode
	saved   cpu.State // for the end of an interrupt that has faulted
}

// pendingIRQ is an interrupt that a CPU has not taken yet.
type pendingIRQ struct {
	context Context
	fn      uint64
}

// Inject makes a CPU take an interrupt, or an NMI, before the next instruction
// that it executes: fn runs in that context and returns. Interrupts wait while
// the CPU has them off, an NMI waits for one that is being handled.
func (m *Machine) Inject(onCPU int, x Context, fn uint64) error {
	if onCPU < 0 || onCPU >= len(m.cpus) {
		return fmt.Errorf("there is no cpu %d: the machine has %d", onCPU, len(m.cpus))
	}
	c := m.cpus[onCPU]
	if len(c.pending) >= maxPending {
		return fmt.Errorf("cpu %d has %d interrupts pending; let the world move first", onCPU, len(c.pending))
	}
	c.pending = append(c.pending, pendingIRQ{x, fn})
	return nil
}

const maxPending = 64

// context is the context that a task is in.
func (t *Task) context() Context {
	if n := len(t.irqs); n > 0 {
		return t.irqs[n-1].context
	}
	return InTask
}

// interrupted reports that the innermost kernel work of t stands still because
// an interrupt came in the middle of it.
func (t *Task) interrupted() bool {
	n := len(t.irqs)
	return n > 0 && t.irqs[n-1].calls == len(t.calls)
}

// takes reports whether a task can be interrupted now by x.
func (t *Task) takes(x Context, flags uint64) bool {
	if x == InNMI {
		return t.context() != InNMI
	}
	return t.context() < x && flags&cpu.FlagIF != 0
}

// takeInterrupt delivers the first pending interrupt that the CPU accepts.
func (m *Machine) takeInterrupt(c *CPU, t *Task) {
	for i, p := range c.pending {
		if !t.takes(p.context, c.vcpu.Flags()) {
			continue
		}
		c.pending = append(c.pending[:i:i], c.pending[i+1:]...)
		if err := m.deliver(c, t, p); err != nil {
			m.failures = append(m.failures, err)
		}
		return
	}
}

// Words that the CPU pushes when it takes an interrupt, from the last.
const (
	frameRIP, frameCS, frameFlags, frameRSP, frameSS = 0, 8, 16, 24, 32

	frameSize = 40
)

// Selectors that are pushed (arch/x86/include/asm/segment.h).
const (
	kernelSS = 0x18
	userCS   = 0x33
	userSS   = 0x2b
)

// deliver pushes an interrupt frame and enters the kernel's entry code. An NMI
// has a stack of its own (IST); the others begin on the task's.
func (m *Machine) deliver(c *CPU, t *Task, p pendingIRQ) error {
	s := c.vcpu.State()
	cs, ss, rsp := uint64(kernelCS), uint64(kernelSS), s.R[cpu.RSP]
	if t.inUser {
		cs, ss, rsp = userCS, userSS, t.stack
	}
	if p.context == InNMI {
		top, err := m.irqStack(c, &c.nmiStack)
		if err != nil {
			return err
		}
		rsp = top
	}
	at := (rsp-redZone)&^15 - frameSize
	for off, v := range map[uint64]uint64{
		frameRIP: s.RIP, frameCS: cs, frameFlags: s.Flags, frameRSP: s.R[cpu.RSP], frameSS: ss,
	} {
		if err := m.mem.Store(at+off, 8, v); err != nil {
			return fmt.Errorf("cpu %d: interrupt frame: %w", c.id, err)
		}
	}
	t.irqs = append(t.irqs, interrupt{p.context, p.fn, len(t.calls), t.inUser, s})
	_ = m.addPreempt(t, p.context.preemptOffset())
	t.inUser = false
	in := s
	if s.User { // swapgs
		in.User, in.GSBase, in.KernelGSBase = false, s.KernelGSBase, s.GSBase
	}
	in.RIP, in.R[cpu.RSP] = m.core[p.context.entry()], at
	in.Flags &^= cpu.FlagIF
	c.vcpu.SetState(in)
	return nil
}

// irqStack gives a CPU one of its interrupt stacks.
func (m *Machine) irqStack(c *CPU, stack *uint64) (uint64, error) {
	if *stack == 0 {
		base, err := m.stacks.get(m)
		if err != nil {
			return 0, fmt.Errorf("cpu %d: interrupt stack: %w", c.id, err)
		}
		*stack = base + stackSize
	}
	return *stack, nil
}

// gateIRQHandler is reached in the C part of the entry code: it says which
// function to call (%rax) and on which stack (%rsi). The first interrupt of a
// CPU goes to the interrupt stack, one inside it stays where it is.
func (m *Machine) gateIRQHandler(c *CPU, t *Task) error {
	if t.context() == InTask {
		return errors.New("there is no interrupt")
	}
	irq := &t.irqs[len(t.irqs)-1]
	c.vcpu.SetReg(cpu.RAX, irq.fn)
	c.vcpu.SetReg(cpu.RSI, c.vcpu.Reg(cpu.RSP))
	if irq.context != InNMI && !t.onIRQStack() {
		top, err := m.irqStack(c, &c.irqStack)
		if err != nil {
			return err
		}
		c.vcpu.SetReg(cpu.RSI, top)
	}
	if irq.context == InSoftirq {
		c.vcpu.SetFlags(c.vcpu.Flags() | cpu.FlagIF) // __do_softirq runs with interrupts on
	}
	return nil
}

// onIRQStack is hardirq_stack_inuse.
func (t *Task) onIRQStack() bool {
	for _, irq := range t.irqs[:len(t.irqs)-1] {
		if irq.context != InNMI {
			return true
		}
	}
	return false
}

// gateIRQReturn is the iretq at the end of the entry code. It serialises. The
// way back to user mode is a switch point.
func (m *Machine) gateIRQReturn(c *CPU, t *Task) error {
	if t.context() == InTask {
		return errors.New("there is no interrupt to return from")
	}
	irq := t.irqs[len(t.irqs)-1]
	var word [5]uint64
	for i := range word {
		v, err := m.mem.Load(c.vcpu.Reg(cpu.RSP)+uint64(8*i), 8)
		if err != nil {
			return err
		}
		word[i] = v
	}
	t.irqs = t.irqs[:len(t.irqs)-1]
	_ = m.addPreempt(t, -irq.context.preemptOffset()) // added by deliver
	c.vcpu.SetRIP(word[frameRIP/8])
	c.vcpu.SetFlags(word[frameFlags/8])
	c.vcpu.SetReg(cpu.RSP, word[frameRSP/8])
	if irq.saved.User {
		s := c.vcpu.State()
		s.User, s.GSBase, s.KernelGSBase = true, s.KernelGSBase, s.GSBase
		c.vcpu.SetState(s)
	}
	c.vcpu.Refresh()
	if irq.user {
		t.inUser = true
		m.klp.SwitchPoint(&t.Task)
	}
	if t == c.idle {
		c.woken = true // the idle loop goes round
	}
	return nil
}

// dieInInterrupt is what follows an oops in an interrupt: a real kernel stops.
// Here the interrupt ends, so that the machine stays usable.
func (m *Machine) dieInInterrupt(c *CPU, t *Task) {
	m.printk(trace.Emerg, "Kernel panic - not syncing: Fatal exception in interrupt")
	outer := t.irqs[0]
	for _, irq := range t.irqs {
		_ = m.addPreempt(t, -irq.context.preemptOffset()) // added by deliver
	}
	for len(t.calls) > outer.calls {
		t.top().stop()
		t.calls = t.calls[:len(t.calls)-1]
	}
	t.irqs, t.inUser = nil, outer.user
	c.vcpu.SetState(outer.saved)
}

// atomic refuses what an interrupt or a handler must not do.
func (m *Machine) atomic(t *Task) error {
	if t.context() == InTask && !m.preemptOff(t) {
		return nil
	}
	return &atomicBug{fmt.Sprintf("BUG: scheduling while atomic: %s/%d/0x%08x", t.Comm, t.PID, m.preemptBits(t)+1)}
}

// atomicBug is __schedule_bug. A kernel goes on, as far as it can; here the
// task ends, as after an oops.
type atomicBug struct{ text string }

func (b *atomicBug) Error() string { return b.text }

// preemptBits is preempt_count(); schedule() itself adds one.
func (m *Machine) preemptBits(t *Task) uint32 {
	return m.preemptOf(t)&preemptMask | [...]uint32{0, 1 << 8, 1 << 16, 1<<20 | 1<<16}[t.context()]
}
