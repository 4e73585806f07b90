package machine

import (
	"errors"
	"fmt"

	"klpemu/cpu"
	"klpemu/internal/trace"
)

// GuestFault says that guest code has failed: the task was killed, as after a
// kernel oops. The oops itself is in the log.
type GuestFault struct {
	Task  string
	Where string // function+offset of the instruction
	Err   error  // *cpu.Fault, or what a gate refused
}

// Error names the place and the cause.
func (e *GuestFault) Error() string {
	return fmt.Sprintf("guest fault in task %s at %s: %v", e.Task, e.Where, e.Err)
}

// Unwrap gives the cause.
func (e *GuestFault) Unwrap() error { return e.Err }

// fault delivers an exception: a breakpoint that a text poke put there is
// emulated, a WARN is printed, what __ex_table lists is fixed up; everything
// else is the end of the task.
func (m *Machine) fault(c *CPU, t *Task, f *cpu.Fault) {
	if t.proc != nil && c.vcpu.User() {
		m.userFault(c, t, f)
		return
	}
	if f.Vector == cpu.VectorBP && (m.slowInt3(c, t, f) || m.emulateInt3(c, f.RIP) || m.kprobeInt3(c, t, f.RIP)) {
		return
	}
	if m.reportBug(c, t, f) || m.fixupException(c, f) || m.debugKernel(c, t, f) {
		return
	}
	m.guestError(c, t, f)
}

// debugKernel is exc_debug_kernel for a single step that nobody asked for: a
// warning, and TF is cleared.
func (m *Machine) debugKernel(c *CPU, t *Task, f *cpu.Fault) bool {
	if f.Vector != cpu.VectorDB || f.Len != 0 {
		return false
	}
	c.vcpu.SetFlags(c.vcpu.Flags() &^ cpu.FlagTF)
	if !m.log.debugged { // WARN_ON_ONCE
		m.log.debugged = true
		m.warn(c, t, " at exc_debug, behind a single step", taintWarn)
	}
	return true
}

// slowInt3 is poke_int3_handler where a run may stop in its middle.
func (m *Machine) slowInt3(c *CPU, t *Task, f *cpu.Fault) bool {
	if !m.bus.Hooked() || m.running != nil || !m.ftrace.Poked(f.RIP) {
		return false
	}
	m.begin(t, "poke_int3_handler", func() {
		if c := m.cpus[t.cpu]; !m.emulateInt3(c, f.RIP) {
			m.failures = append(m.failures, &GuestFault{Task: t.String(), Where: m.syms.Format(f.RIP), Err: f})
		}
	})
	return true
}

// emulateInt3 is poke_int3_handler.
func (m *Machine) emulateInt3(c *CPU, addr uint64) bool {
	next, push, isCall, ok := m.ftrace.HandleInt3(addr)
	if !ok {
		return false
	}
	if isCall {
		rsp := c.vcpu.Reg(cpu.RSP) - 8
		if m.mem.Store(rsp, 8, push) != nil {
			return false
		}
		c.vcpu.SetReg(cpu.RSP, rsp)
	}
	c.vcpu.SetRIP(next)
	c.vcpu.Refresh() // the iretq of the exception
	return true
}

// guestError prints an oops and ends what the task was doing: guest code that
// Go had called fails there, a system call of the shell returns, any other
// task is killed.
func (m *Machine) guestError(c *CPU, t *Task, err error) {
	where := m.syms.Format(c.vcpu.RIP())
	m.oops(c, t, err)
	failure := &GuestFault{Task: t.String(), Where: where, Err: err}
	if co := t.top(); co != nil && co.inCall && !t.interrupted() {
		co.guestReturned(0, failure)
		return
	}
	m.failures = append(m.failures, failure)
	if t.context() != InTask {
		m.dieInInterrupt(c, t)
		return
	}
	if t == m.shell {
		t.inUser, t.entry, t.returned, t.oopsed = true, entryPoint{}, true, true
		t.block, t.inInterrupt = blocking{}, false
		m.setPreempt(t, 0)
		m.setWant(t, 0)
		t.retStack = nil
		m.klp.SwitchPoint(&t.Task)
		return
	}
	if t.proc != nil && t.job != nil {
		t.job.status = killedStatus + sigSegv // make_task_dead
	}
	m.exitTask(t)
	m.schedule(c)
}

// oops prints what the kernel prints when it dies in a task (arch/x86,
// __die and show_regs).
func (m *Machine) oops(c *CPU, t *Task, err error) {
	say := func(format string, args ...any) { m.printk(trace.Alert, fmt.Sprintf(format, args...)) }
	var f *cpu.Fault
	code := uint32(0)
	if errors.As(err, &f) {
		code = f.Code
	}
	name := oopsName(f, err)
	if low, ok := t.guardPage(f); ok {
		name, code = "stack guard page", 0
		say("BUG: TASK stack guard page was hit at %016x (stack is %016x..%016x)", f.Addr, low, low+stackSize)
	} else {
		for _, line := range oopsHead(f, err) {
			say("%s", line)
		}
	}
	var panicked *kernelPanic
	if !errors.As(err, &panicked) && name != "" {
		m.oopses++
		say("Oops: %s: %04x [#%d] PREEMPT SMP", name, code, m.oopses)
	}
	m.showTask(c, t, say)
	m.taint, m.locksOff = m.taint|taintDie, true
	m.showRegs(c, say)
	m.showTrace(t, say)
	if panicked != nil {
		say("---[ end %v ]---", panicked)
		return
	}
	say("---[ end trace 0000000000000000 ]---")
}

// dumpStack is dump_stack.
func (m *Machine) dumpStack(c *CPU, t *Task) {
	say := func(format string, args ...any) { m.printk(trace.Warning, fmt.Sprintf(format, args...)) }
	m.showTask(c, t, say)
	m.showTrace(t, say)
}

// kernelPanic is a call of panic(). A real machine stops there; ours ends the
// task, as after an oops, and goes on.
type kernelPanic struct{ text string }

// Error is the line that the kernel prints.
func (p *kernelPanic) Error() string { return "Kernel panic - not syncing: " + p.text }

func oopsHead(f *cpu.Fault, err error) []string {
	var (
		panicked *kernelPanic
		bug      *kernelBug
		atomic   *atomicBug
	)
	switch {
	case errors.As(err, &atomic):
		return []string{atomic.Error()}
	case errors.As(err, &panicked):
		return []string{panicked.Error()}
	case errors.As(err, &bug):
		return []string{cutHere, bug.Error()}
	case f == nil:
		return []string{"klpemu: refused: " + err.Error()} // no kernel says so
	case f.Vector == cpu.VectorPF:
		return pageFaultHead(f)
	}
	return nil // the line that begins with Oops names the exception
}

// guardPage reports whether a fault is in the page below t's stack, and where
// the stack begins (get_stack_guard_info).
func (t *Task) guardPage(f *cpu.Fault) (low uint64, ok bool) {
	low = t.stack - stackSize
	return low, f != nil && f.Vector == cpu.VectorPF && f.Addr < low && f.Addr >= low-pageSize
}

// pageFaultHead is show_fault_oops.
func pageFaultHead(f *cpu.Fault) []string {
	what, why := "read access", "not-present page"
	switch {
	case f.Code&cpu.CodeFetch != 0:
		what = "instruction fetch"
	case f.Code&cpu.CodeWrite != 0:
		what = "write access"
	}
	if f.Code&cpu.CodePresent != 0 {
		why = "permissions violation"
	}
	head := fmt.Sprintf("BUG: unable to handle page fault for address: %016x", f.Addr)
	if f.Addr < pageSize {
		head = fmt.Sprintf("BUG: kernel NULL pointer dereference, address: %016x", f.Addr)
	}
	return []string{
		head,
		"#PF: supervisor " + what + " in kernel mode",
		fmt.Sprintf("#PF: error_code(0x%04x) - %s", f.Code, why),
	}
}

func oopsName(f *cpu.Fault, err error) string {
	var bug *kernelBug
	if errors.As(err, &bug) {
		return "invalid opcode"
	}
	if f == nil {
		return "" // no exception, so no oops: the line above says what it was
	}
	switch f.Vector {
	case cpu.VectorUD:
		return "invalid opcode"
	case cpu.VectorDE:
		return "divide error"
	case cpu.VectorGP:
		return "general protection fault"
	case cpu.VectorBP:
		return "int3"
	}
	return "Oops"
}

// showRegs is show_regs: the instruction pointer, the bytes around it and the
// registers.
func (m *Machine) showRegs(c *CPU, say func(string, ...any)) {
	s := c.vcpu.State()
	say("RIP: %04x:%s", kernelCS, m.syms.Format(s.RIP))
	say("Code: %s", m.codeBytes(s.RIP))
	say("%s", stackLine(&s))
	for _, line := range generalRegs(&s) {
		say("%s", line)
	}
}

func stackLine(s *cpu.State) string {
	ss := kernelSS
	if s.User {
		ss = userSS
	}
	return fmt.Sprintf("RSP: %04x:%016x EFLAGS: %08x", ss, s.R[cpu.RSP], s.Flags)
}

// RegLines prints the registers in the order of show_regs, without the code.
func (m *Machine) RegLines(s *cpu.State) []string {
	cs := kernelCS
	if s.User {
		cs = userCS
	}
	return append([]string{fmt.Sprintf("RIP: %04x:%s", cs, m.syms.Format(s.RIP)), stackLine(s)}, generalRegs(s)...)
}

// generalRegs prints the general registers in that order.
func generalRegs(s *cpu.State) []string {
	r := s.R
	row := func(a string, x uint64, b string, y uint64, d string, z uint64) string {
		return fmt.Sprintf("%s: %016x %s: %016x %s: %016x", a, x, b, y, d, z)
	}
	return []string{
		row("RAX", r[cpu.RAX], "RBX", r[cpu.RBX], "RCX", r[cpu.RCX]),
		row("RDX", r[cpu.RDX], "RSI", r[cpu.RSI], "RDI", r[cpu.RDI]),
		row("RBP", r[cpu.RBP], "R08", r[cpu.R8], "R09", r[cpu.R9]),
		row("R10", r[cpu.R10], "R11", r[cpu.R11], "R12", r[cpu.R12]),
		row("R13", r[cpu.R13], "R14", r[cpu.R14], "R15", r[cpu.R15]),
	}
}

// codeBytes is show_opcodes: the byte at RIP stands in angle brackets.
func (m *Machine) codeBytes(rip uint64) string {
	const before, after = 42, 22 // PROLOGUE_SIZE, EPILOGUE_SIZE with the opcode
	code := make([]byte, before+after)
	if err := m.mem.Read(rip-before, code); err != nil {
		return fmt.Sprintf("Unable to access opcode bytes at 0x%x.", rip-before)
	}
	return fmt.Sprintf("% x <%02x> % x", code[:before], code[before], code[before+1:])
}
