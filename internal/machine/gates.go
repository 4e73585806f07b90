package machine

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"klpemu/cpu"
	"klpemu/ftrace"
	"klpemu/mem"
)

// A gate is a kernel function that is modeled in Go: a symbol of the core text
// whose body traps with vmcall.
type gate struct {
	name string
	run  func(m *Machine, c *CPU, t *Task) error
}

// gateTable is every gate of the core text. An error from a gate is a fault of
// the guest that called it.
func gateTable() []gate {
	all := coreGates()
	for _, gates := range [][]gate{
		taskGates(), completionGates(), waitqueueGates(), lockGates(), workGates(), klpGates(), paramGates(), procGates(),
		moduleGates(), notifierGates(), signalGates(), sysGates(), forkGates(), ftraceGates(), kprobeGates(),
		slabGates(), listDebugGates(), formatGates(), printkGates(), seqGates(), sysfsGates(), pidGates(), timerGates(),
		rwsemGates(), rcuGates(), userGates(), timeGates(), randomGates(), miscGates(), scanGates(), jumpLabelGates(),
	} {
		all = append(all, gates...)
	}
	return all
}

func coreGates() []gate {
	return []gate{
		{"entry_SYSCALL_64_after_hwframe", (*Machine).gateSyscallExit},
		{"kthread", (*Machine).gateKthreadExit},
		{"klpemu_guest_call", (*Machine).gateGuestReturn},
		{"default_idle", (*Machine).gateIdle},
		{"asm_exc_nmi", (*Machine).gateIRQReturn},
		{"asm_common_interrupt", (*Machine).gateIRQReturn},
		{"asm_sysvec_irq_work", (*Machine).gateIRQReturn},
		{"exc_nmi", (*Machine).gateIRQHandler},
		{"common_interrupt", (*Machine).gateIRQHandler},
		{"__do_softirq", (*Machine).gateIRQHandler},
		{"klp_ftrace_handler", (*Machine).gateFtrace},
		{"ftrace_ops_assist_func", (*Machine).gateFtrace},
		{"function_trace_call", (*Machine).gateFtrace},
		{"function_stack_trace_call", (*Machine).gateFtrace},
		{"call_direct_funcs", (*Machine).gateFtrace},
		{"ftrace_pid_func", (*Machine).gateFtrace},
		{"function_trace_probe_call", (*Machine).gateFtrace},
		{"ftrace_graph_func", (*Machine).gateFtrace},
		{"ftrace_return_to_handler", (*Machine).gateReturnToHandler},
		{"arch_ftrace_ops_list_func", (*Machine).gateFtrace},

		{"asm_sysvec_apic_timer_interrupt", (*Machine).gateIret},
		{"preempt_schedule_irq", (*Machine).gatePreemptScheduleIrq},

		{"schedule", (*Machine).gateSchedule},
		{"schedule_timeout", (*Machine).gateScheduleTimeout},
		{"schedule_timeout_interruptible", timeoutGate(taskInterruptible)},
		{"schedule_timeout_uninterruptible", timeoutGate(taskUninterruptible)},
		{"schedule_timeout_killable", timeoutGate(taskKillable)},
		{"msleep", sleepGate(taskUninterruptible, millisecond)},
		{"msleep_interruptible", sleepGate(taskInterruptible, millisecond)},
		{"ssleep", sleepGate(taskUninterruptible, second)},
		{"__cond_resched", (*Machine).gateCondResched},
		{"cond_resched", (*Machine).gateCondResched},
		{"__stack_chk_fail", (*Machine).gateStackCheck},
		{"panic", (*Machine).gatePanic},
		{"kmalloc", (*Machine).gateKmalloc},
		{"kzalloc", (*Machine).gateKmalloc},
		{"kfree", (*Machine).gateKfree},
	}
}

// vmcallBytes is the instruction that traps.
var vmcallBytes = []byte{0x0f, 0x01, 0xc1}

// bindGates finds the trap in each gate's symbol. A symbol without a trap, or a
// trap without Go code, is a fault of the build.
func (m *Machine) bindGates() error {
	m.gates = make(map[uint64]gate)
	for _, g := range gateTable() {
		sym, ok := m.core[g.name]
		if !ok {
			return fmt.Errorf("core text has no symbol for gate %s", g.name)
		}
		size := m.FuncEnd(sym) - sym
		code := make([]byte, size)
		if err := m.mem.Read(sym, code); err != nil {
			return err
		}
		i := bytes.Index(code, vmcallBytes)
		if i < 0 {
			return fmt.Errorf("core text: gate %s has no trap", g.name)
		}
		m.gates[sym+uint64(i+len(vmcallBytes))] = g
	}
	return nil
}

// gate runs the gate whose trap the CPU has just executed.
func (m *Machine) gate(c *CPU, t *Task) {
	rip := c.vcpu.RIP()
	g, ok := m.gates[rip]
	if !ok {
		c.vcpu.SetRIP(rip - uint64(len(vmcallBytes)))
		m.fault(c, t, &cpu.Fault{Vector: cpu.VectorUD, RIP: c.vcpu.RIP(), Len: len(vmcallBytes), Insn: "vmcall"})
		return
	}
	if err := g.run(m, c, t); err != nil {
		m.guestError(c, t, fmt.Errorf("%s: %w", g.name, pageFault(c, err)))
	}
}

// pageFault turns an access by a gate that memory refused into the exception
// that the kernel's own code would have taken.
func pageFault(c *CPU, err error) error {
	var f *mem.Fault
	if !errors.As(err, &f) {
		return err
	}
	code := uint32(0)
	if f.Present {
		code |= cpu.CodePresent
	}
	if f.Access == mem.Write {
		code |= cpu.CodeWrite
	}
	return &cpu.Fault{Vector: cpu.VectorPF, Code: code, Addr: f.Addr, RIP: c.vcpu.RIP()}
}

// gateFtrace is what a trampoline calls: %rdi the site, %rsi the caller of the
// traced function, %rdx the ops, %rcx the saved registers.
func (m *Machine) gateFtrace(c *CPU, t *Task) error {
	fn := m.core[m.gates[c.vcpu.RIP()].name]
	v := c.vcpu
	regs := ftrace.NewRegs(m.mem, v.Reg(cpu.RCX))
	ip, parent, ops := v.Reg(cpu.RDI), v.Reg(cpu.RSI), v.Reg(cpu.RDX)
	handle := func() { m.ftrace.Dispatch(fn, ip, parent, ops, regs) }
	if (m.bus.Hooked() || m.guestHandlers > 0) && m.running == nil {
		m.begin(t, m.gates[v.RIP()].name, handle) // it may have to stop in its middle, or to call guest code
		return nil
	}
	handle()
	return nil
}

// gateSyscallExit is the kernel exit: the switch point of user tasks
// (exit_to_user_mode_loop).
func (m *Machine) gateSyscallExit(c *CPU, t *Task) error {
	rax := c.vcpu.Reg(cpu.RAX)
	t.exitStatus = rax
	t.inUser = true
	t.quiesced++
	m.klp.SwitchPoint(&t.Task)
	m.setWant(t, 0)
	if t.stopPending() && t.signals&fatalSignals == 0 && t.job == nil {
		m.enterStop(c, t, stoppedInSyscall, rax)
		return nil
	}
	dies, restart := t.deliver(rax)
	switch {
	case dies && t != m.shell:
		m.exitTask(t)
		m.schedule(c)
	case restart:
		if m.needResched(c) {
			m.schedule(c)
		}
	case t == m.shell:
		t.entry = entryPoint{}
		t.returned = true
	case t.job != nil && len(t.calls) > 0:
		t.top().guestReturned(t.exitStatus, nil)
	case !t.entry.loop:
		m.exitTask(t)
		m.schedule(c)
	case m.needResched(c):
		m.schedule(c)
	}
	return nil
}

// gateKthreadExit is what follows a kthread's function.
func (m *Machine) gateKthreadExit(c *CPU, t *Task) error {
	t.exitStatus = c.vcpu.Reg(cpu.RAX)
	if !t.entry.loop {
		m.exitTask(t)
		m.schedule(c)
		return nil
	}
	m.startKthread(c, t)
	return m.gateCondResched(c, t)
}

// gateGuestReturn ends a guest function that kernel work in Go has called.
func (m *Machine) gateGuestReturn(c *CPU, t *Task) error {
	co := t.top()
	if co == nil || !co.inCall {
		return fmt.Errorf("nobody has called")
	}
	co.guestReturned(c.vcpu.Reg(cpu.RAX), nil)
	return nil
}

// gateIdle is reached by idle tasks at boot, once; from then on an idle CPU
// runs no instructions.
func (m *Machine) gateIdle(*CPU, *Task) error { return nil }

func (m *Machine) gateStackCheck(c *CPU, t *Task) error {
	return &kernelPanic{"stack-protector: Kernel stack is corrupted in: " + m.syms.Format(m.returnAddress(c))}
}

func (m *Machine) gatePanic(c *CPU, t *Task) error {
	text, err := m.sprintf(c, cpu.RDI, 1)
	if err != nil {
		return err
	}
	return &kernelPanic{strings.TrimRight(text, "\n")}
}

// returnAddress is where the gate that c is in returns to.
func (m *Machine) returnAddress(c *CPU) uint64 {
	ret, err := m.mem.Load(c.vcpu.Reg(cpu.RBP)+8, 8)
	if err != nil {
		return 0
	}
	return ret
}
