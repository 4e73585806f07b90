package machine

import (
	"errors"
	"time"

	"klpemu/cpu"
	"klpemu/ftrace"
)

// newTracer makes the tracers of tracefs.
func (m *Machine) newTracer() {
	m.tracer = ftrace.NewTracer(m.ftrace, ftrace.TracerConfig{
		Context:  func() ftrace.TraceContext { return traceContext{handlerContext{m, m.current()}} },
		Now:      func() time.Duration { return m.Now() },
		FuncGate: m.core["function_trace_call"], GraphGate: m.core["ftrace_graph_func"],
		StackGate: m.core["function_stack_trace_call"],
		FuncOps:   m.core["global_ops"], GraphOps: m.core["graph_ops"],
		PIDGate: m.core["ftrace_pid_func"], ProbeGate: m.core["function_trace_probe_call"],
		ProbeOps:   func() uint64 { return m.alloc(ftraceOpsSize) },
		ReturnHook: m.core["return_to_handler"],
	})
}

// ftraceOpsSize is sizeof(struct ftrace_ops) of 6.12.
const ftraceOpsSize = 216

// TracePlace is where the shell's task stands, as a trace records it.
func (m *Machine) TracePlace() ftrace.Place {
	return traceContext{handlerContext{m, m.shell}}.Place()
}

// Tracer is the tracers of tracefs and their buffer.
func (m *Machine) Tracer() *ftrace.Tracer { return m.tracer }

// traceContext is what a tracer records of where it runs.
type traceContext struct{ handlerContext }

func (x traceContext) RetStack() *[]ftrace.RetFrame { return &x.t.retStack }

func (x traceContext) Place() ftrace.Place {
	t := x.t
	c := x.m.cpus[t.cpu]
	comm := t.Comm
	if t == c.idle {
		comm = "<idle>"
	}
	return ftrace.Place{
		CPU: t.cpu, PID: t.PID, Comm: comm, Level: int(t.context()), Preempt: int(x.m.preemptOf(t) & preemptMask),
		IRQsOff: x.m.TaskRegs(t).Flags&cpu.FlagIF == 0, Resched: x.m.needResched(c),
	}
}

// Stack is stack_trace_save in a handler: the handler itself is left out.
func (x traceContext) Stack() []uint64 {
	entries := x.m.walk(x.t).Entries
	return append([]uint64(nil), entries[min(1, len(entries)):]...)
}

// gateReturnToHandler is called by return_to_handler: %rax becomes the address
// that the traced function returns to.
func (m *Machine) gateReturnToHandler(c *CPU, _ *Task) error {
	ret, ok := m.tracer.ReturnToHandler()
	if !ok {
		return errors.New("no traced function returns here")
	}
	c.vcpu.SetReg(cpu.RAX, ret)
	return nil
}

// realReturn is unwind_recover_ret_addr.
func (m *Machine) realReturn(t *Task) func(addr, slot uint64) uint64 {
	hook := m.core["return_to_handler"]
	return func(addr, slot uint64) uint64 {
		if addr != hook {
			return addr
		}
		if ret, ok := ftrace.RealReturn(t.retStack, slot); ok {
			return ret
		}
		return addr
	}
}
