package machine

import (
	"fmt"

	"klpemu/cpu"
)

// SpawnOptions describes a new task.
type SpawnOptions struct {
	Comm    string
	CPU     int // -1: the CPU with the fewest tasks
	Kthread bool
	Loop    bool // call the function again after each return
	Parent  int  // pid of the task that forks; 0: the shell, or kthreadd
	Fn      uint64
	Args    []uint64
}

// Spawn makes a new task and returns its pid. It starts when the world next
// moves. A task that is made during a transition inherits the state of the
// shell's task (klp_copy_process).
func (m *Machine) Spawn(o SpawnOptions) (int, error) {
	if o.CPU < 0 {
		o.CPU = m.emptiestCPU()
	}
	if o.CPU >= len(m.cpus) || !m.cpus[o.CPU].online {
		return 0, fmt.Errorf("cpu %d is not online", o.CPU)
	}
	parent, err := m.parentOf(o)
	if err != nil {
		return 0, err
	}
	t, err := m.newTask(m.nextPID, o.Comm, o.CPU)
	if err != nil {
		return 0, err
	}
	m.nextPID++
	t.Kthread = o.Kthread
	t.entry = entryPoint{fn: o.Fn, loop: o.Loop}
	copy(t.entry.args[:], o.Args)
	m.engine.Fork(&parent.Task, &t.Task)
	m.setParent(t, parent)
	if o.Kthread {
		m.placeOnStack(t, m.sym.fork)
		t.regs.R[cpu.RBX] = o.Fn
		for i, a := range t.entry.args {
			t.regs.R[argRegs[i]] = a
		}
	} else {
		t.inUser = true
		m.placeOnStack(t, m.sym.syscall)
	}
	m.enqueue(t)
	return t.PID, nil
}

// parentOf is the task that forks a new one: it passes on its patch state.
func (m *Machine) parentOf(o SpawnOptions) (*Task, error) {
	switch {
	case o.Parent != 0:
		if t := m.Task(o.Parent); t != nil {
			return t, nil
		}
		return nil, fmt.Errorf("there is no task with pid %d", o.Parent)
	case o.Kthread:
		return m.kthreadd(), nil
	}
	return m.shell, nil
}

// emptiestCPU is the first online CPU with the fewest spawned tasks and the shell.
func (m *Machine) emptiestCPU() int {
	counts := make([]int, len(m.cpus))
	for _, t := range m.tasks {
		if !t.isBootTask() {
			counts[t.cpu]++
		}
	}
	best := 0
	for i, n := range counts {
		if m.cpus[i].online && n < counts[best] {
			best = i
		}
	}
	return best
}

// enterSyscall takes a task from user mode into the kernel: the registers are
// those of the entry code, the stack is empty.
func (m *Machine) enterSyscall(c *CPU, t *Task) {
	t.inUser = false
	v := c.vcpu
	m.placeInSyscall(t, 0)
	v.SetReg(cpu.RAX, t.entry.fn)
	for i, a := range t.entry.args {
		v.SetReg(argRegs[i], a)
	}
}

// startKthread calls a looping kthread's function once more, from kthread().
func (m *Machine) startKthread(c *CPU, t *Task) {
	t.quiesced++ // such a loop says cond_resched_tasks_rcu_qs()
	v := c.vcpu
	v.SetRIP(m.sym.fork)
	v.SetReg(cpu.RSP, t.stack-ptRegsSize-8)
	v.SetReg(cpu.RBX, t.entry.fn)
	for i, a := range t.entry.args {
		v.SetReg(argRegs[i], a)
	}
}
