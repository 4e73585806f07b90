package machine

import (
	"klpemu/cpu"
	"klpemu/internal/errno"
)

// tasklistLocked reports that a transition is in the middle of the task list
// and has been stopped there: who forks spins in write_lock(&tasklist_lock).
func (m *Machine) tasklistLocked() bool { return m.tasklistReaders > 0 }

// WaitTasklist lets the world move until a command may fork.
func (m *Machine) WaitTasklist() error {
	if !m.tasklistLocked() {
		return nil
	}
	return m.Do("copy_process", func() {
		m.waitUntil("tasklist_lock", func() bool { return !m.tasklistLocked() })
	})
}

// spin makes the gate at which c stands run once more, the CPU busy meanwhile.
func (c *CPU) spin() { c.vcpu.SetRIP(c.vcpu.RIP() - uint64(len(vmcallBytes))) }

// forkGates are kernel/fork.c.
func forkGates() []gate {
	return []gate{{"kernel_clone", (*Machine).gateKernelClone}}
}

// gateKernelClone is kernel_clone() for a fork without flags: a child that
// returns from the same system call with 0. Flag and state are copied when the
// lock is held, which is at once, or as soon as a transition that is in the
// middle of the task list has let go of it.
func (m *Machine) gateKernelClone(c *CPU, t *Task) error {
	if m.tasklistLocked() {
		c.spin()
		return nil
	}
	if t.Kthread || t.job != nil || t == m.shell {
		c.vcpu.SetReg(cpu.RAX, negErrno(int(errno.EINVAL)))
		return nil
	}
	pid, err := m.Spawn(SpawnOptions{Comm: t.Comm, CPU: -1, Parent: t.PID, Fn: t.entry.fn, Loop: t.entry.loop})
	if err != nil {
		c.vcpu.SetReg(cpu.RAX, negErrno(int(errno.EAGAIN)))
		return nil
	}
	child := m.Task(pid)
	child.entry.args = t.entry.args
	child.inUser = false
	m.placeOnStack(child, m.sym.syscall+callSize) // behind do_syscall_64, with 0
	child.regs.R[cpu.RAX] = 0
	c.vcpu.SetReg(cpu.RAX, uint64(pid))
	return nil
}
