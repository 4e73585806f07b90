package machine

import (
	"fmt"

	"klpemu/cpu"
	"klpemu/internal/errno"
)

// taskGates are what guest code does with tasks: its own, and kernel threads
// (kernel/kthread.c).
func taskGates() []gate {
	return []gate{
		{"get_current", func(m *Machine, c *CPU, t *Task) error {
			c.vcpu.SetReg(cpu.RAX, t.handle)
			return nil
		}},
		{"set_current_state", func(m *Machine, c *CPU, t *Task) error {
			m.setWant(t, uint32(c.vcpu.Reg(cpu.RDI)))
			return nil
		}},
		{"signal_pending", (*Machine).gateSignalPending},
		{"wake_up_process", (*Machine).gateWakeUpProcess},
		{"wake_up_state", (*Machine).gateWakeUpState},
		{"yield", (*Machine).gateSchedule},
		{"__might_sleep", func(m *Machine, c *CPU, t *Task) error { m.voluntary(c, t); return nil }},
		{"kthread_create_on_node", (*Machine).gateKthreadCreate},
		{"kthread_bind", (*Machine).gateKthreadBind},
		{"kthread_should_stop", (*Machine).gateKthreadShouldStop},
		{"kthread_stop", (*Machine).gateKthreadStop},
	}
}

// taskOf finds the task whose task_struct an argument points at.
func (m *Machine) taskOf(addr uint64) (*Task, error) {
	if t := m.handles[addr]; t != nil {
		return t, nil
	}
	return nil, fmt.Errorf("%x is no task_struct", addr)
}

func (m *Machine) gateSignalPending(c *CPU, _ *Task) error {
	t, err := m.taskOf(c.vcpu.Reg(cpu.RDI))
	if err != nil {
		return err
	}
	c.vcpu.SetReg(cpu.RAX, boolReg(t.signalPending()))
	return nil
}

func (m *Machine) gateWakeUpProcess(c *CPU, _ *Task) error { return m.wakeGate(c, taskNormal) }

func (m *Machine) gateWakeUpState(c *CPU, _ *Task) error {
	return m.wakeGate(c, uint32(c.vcpu.Reg(cpu.RSI)))
}

func (m *Machine) wakeGate(c *CPU, mask uint32) error {
	t, err := m.taskOf(c.vcpu.Reg(cpu.RDI))
	if err != nil {
		return err
	}
	c.vcpu.SetReg(cpu.RAX, boolReg(m.wakeState(t, mask)))
	return nil
}

// gateKthreadCreate is kthread_create_on_node(fn, data, node, namefmt, ...): a
// thread that waits to be woken. It is forked by kthreadd and so inherits
// kthreadd's patch state.
func (m *Machine) gateKthreadCreate(c *CPU, _ *Task) error {
	if m.tasklistLocked() {
		c.spin() // kthreadd cannot fork
		return nil
	}
	name, err := m.sprintf(c, cpu.RCX, 4)
	if err != nil {
		return err
	}
	fn, data := c.vcpu.Reg(cpu.RDI), c.vcpu.Reg(cpu.RSI)
	pid, err := m.Spawn(SpawnOptions{Comm: name, CPU: -1, Kthread: true, Fn: fn, Args: []uint64{data}})
	if err != nil {
		c.vcpu.SetReg(cpu.RAX, negErrno(int(errno.ENOMEM)))
		return nil
	}
	t := m.Task(pid)
	m.cpus[t.cpu].dequeue(t)
	t.setSleep(taskUninterruptible)
	t.waitsOn = "its first wake-up"
	c.vcpu.SetReg(cpu.RAX, t.handle)
	return nil
}

func (m *Machine) gateKthreadBind(c *CPU, _ *Task) error {
	t, err := m.taskOf(c.vcpu.Reg(cpu.RDI))
	if err != nil {
		return err
	}
	n := int(uint32(c.vcpu.Reg(cpu.RSI)))
	if n < len(m.cpus) && m.cpus[n].online && t.sleeps() {
		t.moveTo(n)
	}
	return nil
}

func (m *Machine) gateKthreadShouldStop(c *CPU, t *Task) error {
	c.vcpu.SetReg(cpu.RAX, boolReg(t.shouldStop))
	return nil
}

// gateKthreadStop is kthread_stop: it tells the thread, wakes it and waits for
// its end, whose status it returns.
func (m *Machine) gateKthreadStop(c *CPU, t *Task) error {
	addr := c.vcpu.Reg(cpu.RDI)
	other, err := m.taskOf(addr)
	if err != nil {
		return err
	}
	m.startWait(t, maxTimeout)
	if other.state == Dead {
		m.freeTaskStruct(other)
		return endWait(c, t, uint64(int64(int32(other.exitStatus))))
	}
	if !other.shouldStop {
		other.shouldStop = true
		m.wakeState(other, taskNormal)
	}
	return m.blockOn(c, t, taskUninterruptible, addr)
}
