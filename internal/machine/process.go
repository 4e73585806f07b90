package machine

import (
	"fmt"
	"path"
	"time"

	"klpemu/cpu"
	"klpemu/internal/errno"
	"klpemu/mem"
)

// Files are the open files of a process, by descriptor. Errors are an
// errno.Errno.
type Files interface {
	Read(fd int, p []byte) (int, error)
	Write(fd int, p []byte) (int, error)
	// Close is told that the process has ended.
	Close()
}

// Program is what execve takes.
type Program struct {
	Path  string // as it was called: AT_EXECFN, and the task's name
	Image []byte // the ELF file
	Args  []string
	Env   []string
	Files Files
}

// process is the part of a user task that has a program of its own: its
// mm_struct, its signal handlers and its files.
type process struct {
	kernel, user *mem.Memory // its address space, as the kernel and as itself sees it

	exe       string
	brk       memRange // from the end of the program up
	mmapTop   uint64   // mappings grow down from here
	stackLow  uint64   // lowest page of the stack that is mapped
	files     Files
	handlers  [maxSignal + 1]sigAction
	blocked   uint64
	deadline  time.Duration // of the sleep that restart_syscall goes on with
	remainder uint64        // where that sleep stores what is left; 0: nowhere
	start     cpu.State     // where it begins
	started   bool
	resume    cpu.State // while it is stopped: where it goes on
}

// memRange is [from, to).
type memRange struct{ from, to uint64 }

// The user half of the address space, without randomization.
const (
	userStackTop   = 0x7ffffffff000
	userStackSize  = 128 << 10 // mapped at once; the rest as it is touched
	userStackLimit = 8 << 20   // RLIMIT_STACK
	userMmapTop    = 0x7ffff7fff000
	userPIEBase    = 0x555555554000
	userEnd        = 0x7ffffffff000 // TASK_SIZE_MAX
)

// StartProgram makes a task that runs a program, and returns its pid. It starts
// when the world next moves; WaitJob waits for its end. Errors: ENOEXEC and
// others with what is wrong with the file.
func (m *Machine) StartProgram(p Program) (int, error) {
	proc, err := m.newProcess(p)
	if err != nil {
		return 0, err
	}
	parent := m.shell
	if m.running != nil {
		parent = m.running.task
	}
	t, err := m.newTask(m.nextPID, path.Base(p.Path), m.emptiestCPU())
	if err != nil {
		proc.user.ClearLow()
		return 0, err
	}
	m.nextPID++
	t.job = &job{}
	if m.jobs == nil {
		m.jobs = map[int]*job{}
	}
	m.jobs[t.PID] = t.job
	m.engine.Fork(&parent.Task, &t.Task)
	m.setParent(t, parent)
	t.proc, t.inUser = proc, true
	t.regs = m.userState(t, proc)
	m.enqueue(t)
	return t.PID, nil
}

// Exec is execve of a job: when its work has returned, its task runs the
// program, and has ended when the program has.
func (m *Machine) Exec(p Program) error {
	if !m.InJob() {
		return errno.EINVAL
	}
	proc, err := m.newProcess(p)
	if err != nil {
		return err
	}
	t := m.running.task
	t.proc = proc
	m.setComm(t, path.Base(p.Path))
	return nil
}

// enterProgram starts the program that a job has become.
func (m *Machine) enterProgram(t *Task) {
	t.inUser = true
	s := m.userState(t, t.proc)
	if c := m.cpus[t.cpu]; c.curr == t {
		c.vcpu.SetSpace(t.proc.kernel, t.proc.user)
		c.vcpu.SetState(s)
		return
	}
	t.regs = s
}

// userState is the state in which a program begins.
func (m *Machine) userState(t *Task, p *process) cpu.State {
	p.started = true
	s := p.start
	s.KernelGSBase = percpuAddr(t.cpu)
	return s
}

// newProcess loads a program into an address space of its own.
func (m *Machine) newProcess(p Program) (*process, error) {
	if m.cfg.LowBase {
		return nil, fmt.Errorf("%s: %w: the kernel image is linked into the half of the address space that programs have", p.Path, errno.ENOEXEC)
	}
	proc := &process{exe: p.Path, files: p.Files, mmapTop: userMmapTop}
	proc.kernel, proc.user = m.mem.NewSpace()
	if err := proc.load(p, m.cfg.Seed); err != nil {
		proc.user.ClearLow()
		return nil, fmt.Errorf("%s: %w", p.Path, err)
	}
	return proc, nil
}

// endProcess is do_exit of a process: its memory and files go.
func (m *Machine) endProcess(t *Task) {
	p := t.proc
	if p == nil {
		return
	}
	for _, c := range m.cpus {
		if c.curr == t {
			c.vcpu.SetSpace(nil, nil)
		}
	}
	p.user.ClearLow()
	if p.files != nil {
		p.files.Close()
	}
	t.proc = nil
	if t.job != nil {
		t.job.done = true
	}
}

// exitProcess ends the running process with a status as wait gives it to a
// shell: the code, or 128 and the signal.
func (m *Machine) exitProcess(c *CPU, t *Task, status int) {
	if t.job != nil {
		t.job.status = status
	}
	t.exitStatus = uint64(status)
	m.exitTask(t)
	m.schedule(c)
}

// setComm names a task.
func (m *Machine) setComm(t *Task, name string) {
	t.Comm = clipComm(name)
	b := make([]byte, commLen+1)
	copy(b, t.Comm)
	_ = m.mem.Write(t.handle+m.lay.task.comm, b) // mapped with the task
}

// runsUser reports that c executes code of a process in user mode.
func (c *CPU) runsUser() bool {
	return c.curr.proc != nil && c.curr.inUser && len(c.curr.irqs) == 0 && c.vcpu.User()
}

// userWork is the way through the kernel that a process in user mode is made to
// take by an interrupt: at each tick, and when it is sent a signal. It is a
// switch point, and signals are delivered.
func (m *Machine) userWork(c *CPU) {
	j := uint64(m.Now() / jiffy)
	tick := j != c.lastTick
	c.lastTick = j
	if !c.runsUser() {
		return
	}
	t := c.curr
	if !tick && !t.signalPending() {
		return
	}
	m.klp.SwitchPoint(&t.Task)
	s := c.vcpu.State()
	if m.deliverSignals(c, t, &s, noSyscall) == goesOn {
		c.vcpu.SetState(s)
	}
}
