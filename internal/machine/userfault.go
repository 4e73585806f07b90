package machine

import (
	"fmt"

	"klpemu/cpu"
	"klpemu/internal/trace"
)

// userFault is an exception of a process in user mode: the stack grows, or the
// process gets a signal that it cannot block (force_sig_fault).
func (m *Machine) userFault(c *CPU, t *Task, f *cpu.Fault) {
	p := t.proc
	if f.Vector == cpu.VectorPF && f.Code&cpu.CodePresent == 0 && p.growStack(f.Addr) {
		return
	}
	sig, what := faultSignal(f)
	if f.Vector == cpu.VectorBP || f.Vector == cpu.VectorDB {
		c.vcpu.SetRIP(f.RIP + uint64(f.Len)) // a trap: behind the instruction
	}
	handled := p.handlers[sig].handler > sigIgn && p.blocked>>sig&1 == 0
	if !handled {
		p.handlers[sig] = sigAction{}
		p.blocked &^= 1 << sig
		m.showSignal(c, t, f, what)
	}
	t.signals |= 1 << sig
	m.klp.SwitchPoint(&t.Task)
	s := c.vcpu.State()
	if m.deliverSignals(c, t, &s, noSyscall) == goesOn {
		c.vcpu.SetState(s)
	}
}

// faultSignal gives the signal of an exception, and its words in the log.
func faultSignal(f *cpu.Fault) (sig int, what string) {
	switch f.Vector {
	case cpu.VectorPF:
		return sigSegv, "segfault"
	case cpu.VectorUD:
		return sigIll, "trap invalid opcode"
	case cpu.VectorDE:
		return sigFpe, "trap divide error"
	case cpu.VectorBP:
		return sigTrap, "trap int3"
	case cpu.VectorDB:
		return sigTrap, "trap debug"
	case cpu.VectorOF:
		return sigSegv, "trap overflow"
	}
	return sigSegv, "general protection fault"
}

// showSignal is show_signal_msg and its like in arch/x86/kernel/traps.c. An
// instruction that the interpreter does not have gets a line of ours.
func (m *Machine) showSignal(c *CPU, t *Task, f *cpu.Fault, what string) {
	sp := c.vcpu.Reg(cpu.RSP)
	if f.NoFPU {
		m.printk(trace.Warning, fmt.Sprintf("klpemu: %s: %s at %x is not modeled in programs; build without SSE and x87: -mgeneral-regs-only", t, f.Insn, f.RIP))
	}
	if f.Vector == cpu.VectorPF {
		m.printk(trace.Info, fmt.Sprintf("%s[%d]: segfault at %x ip %016x sp %016x error %x likely on CPU %d (core %d, socket 0)",
			t.Comm, t.PID, f.Addr, f.RIP, sp, f.Code, c.id, c.id))
		return
	}
	m.printk(trace.Info, fmt.Sprintf("traps: %s[%d] %s ip:%x sp:%x error:%x", t.Comm, t.PID, what, f.RIP, sp, f.Code))
}
