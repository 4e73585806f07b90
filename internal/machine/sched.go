package machine

import (
	"sort"
	"time"

	"klpemu/cpu"
)

// CPU is one vCPU of the machine with its run queue.
type CPU struct {
	vcpu  *cpu.VCPU
	id    int
	curr  *Task
	idle  *Task
	queue []*Task // runnable, not running; in the order in which they will run
	woken bool    // wake_up_if_idle: the idle loop passes its switch point

	pending  []pendingIRQ
	nmiStack uint64 // top of its NMI stack; 0 until it is needed
	irqStack uint64 // top of its interrupt stack; 0 until it is needed

	kprobe *Kprobe // current_kprobe

	expired []uint64 // timers of guest code whose functions are to be called

	online bool
	passes uint64 // context switches, also those that find nobody else to run
	kicked bool   // a grace period waits for one
	turn   uint64 // place among the CPUs that run in turn
	// lastTick is the jiffy at which code in user mode was last looked at.
	lastTick uint64
	tsc      uint64 // instructions of the current Run that the clock has not counted yet
}

// ID is the CPU's number.
func (c *CPU) ID() int { return c.id }

// Current is the task on the CPU.
func (c *CPU) Current() *Task { return c.curr }

// VCPU is the interpreter's CPU.
func (c *CPU) VCPU() *cpu.VCPU { return c.vcpu }

// Idle reports whether the CPU runs its idle task.
func (c *CPU) Idle() bool { return c.curr == c.idle }

// timeSlice is how long a task keeps its CPU while others wait for it.
const timeSlice = jiffy

// enqueue makes a runnable task wait for its CPU behind those of its priority.
func (m *Machine) enqueue(t *Task) {
	c := m.cpus[t.cpu]
	if c.curr == t || c.queued(t) {
		return
	}
	i := len(c.queue)
	for i > 0 && c.queue[i-1].prio < t.prio {
		i--
	}
	c.queue = append(c.queue[:i:i], append([]*Task{t}, c.queue[i:]...)...)
}

// enqueueFirst puts a preempted task in front of those of its priority.
func (m *Machine) enqueueFirst(t *Task) {
	c := m.cpus[t.cpu]
	i := 0
	for i < len(c.queue) && c.queue[i].prio > t.prio {
		i++
	}
	c.queue = append(c.queue[:i:i], append([]*Task{t}, c.queue[i:]...)...)
}

func (c *CPU) queued(t *Task) bool {
	for _, q := range c.queue {
		if q == t {
			return true
		}
	}
	return false
}

func (c *CPU) dequeue(t *Task) {
	for i, q := range c.queue {
		if q == t {
			c.queue = append(c.queue[:i:i], c.queue[i+1:]...)
			return
		}
	}
}

// switchTo is context_switch: next runs on c from here on.
func (m *Machine) switchTo(c *CPU, next *Task) {
	if c.curr == next {
		return
	}
	if c.curr != nil {
		c.curr.regs = c.vcpu.State()
	}
	c.dequeue(next)
	m.setCurrent(c, next)
	next.runSince = m.Now()
	if next.proc != nil { // a kernel thread keeps the space that is there
		c.vcpu.SetSpace(next.proc.kernel, next.proc.user)
	}
	c.vcpu.SetState(next.regs)
}

// schedule is __schedule: the CPU's task gives way. A task that is still
// runnable goes behind the others.
func (m *Machine) schedule(c *CPU) {
	c.passes++
	c.kicked = false
	prev := c.curr
	again := prev != c.idle && prev.state == Running && !prev.inLimbo()
	if prev.state != Running {
		prev.quiesced++
	}
	next := c.idle
	if len(c.queue) > 0 {
		next = c.queue[0]
	} else if again {
		return
	}
	m.switchTo(c, next)
	if again {
		m.enqueue(prev)
	}
	if prev == c.idle && next != c.idle {
		m.leaveIdle(prev)
	}
}

// inLimbo reports that a task has nothing to run: the shell's between commands.
func (t *Task) inLimbo() bool {
	return t.inUser && t.proc == nil && t.entry.fn == 0 && len(t.calls) == 0 && len(t.irqs) == 0
}

// leaveIdle is the switch point at the end of do_idle.
func (m *Machine) leaveIdle(idle *Task) { m.klp.SwitchPoint(&idle.Task) }

// needResched reports that the task on c is to give way: a grace period waits
// for its CPU, a more urgent task does, or its slice is used up and others wait.
func (m *Machine) needResched(c *CPU) bool {
	return c.kicked || len(c.queue) > 0 && (c.queue[0].prio > c.curr.prio || m.Now()-c.curr.runSince >= timeSlice)
}

// wake makes a sleeping task runnable.
func (m *Machine) wake(t *Task) {
	if !t.sleeps() {
		return
	}
	t.state, t.wakeAt, t.waitsOn = Running, 0, ""
	m.waitOn(t, nil)
	t.sleepBits = 0
	m.setWant(t, 0)
	m.enqueue(t)
}

// sleep takes the task off its CPU until it is woken, for at most d; a
// negative d is for ever. The caller schedules.
func (m *Machine) sleep(t *Task, state TaskState, d time.Duration, on string) {
	t.state, t.waitsOn, t.wakeAt = state, on, 0
	if d >= 0 {
		m.setWake(t, m.Now()+max(d, 1))
	}
}

// expire wakes every task whose sleep is over, by the time and then the pid,
// and every task whose condition holds.
func (m *Machine) expire() {
	now := m.Now()
	if m.nextWake != 0 && m.nextWake <= now {
		m.wakeSleepers(now)
	}
	if m.waiters > 0 {
		m.wakeWaiters()
	}
	m.runTimers(now)
}

// wakeSleepers wakes who is due and finds when the next one is. nextWake may be
// too early, because a task that was woken by something else does not change it.
func (m *Machine) wakeSleepers(now time.Duration) {
	var due []*Task
	m.nextWake = 0
	for _, t := range m.tasks {
		switch {
		case t.wakeAt == 0:
		case t.wakeAt <= now:
			due = append(due, t)
		case m.nextWake == 0 || t.wakeAt < m.nextWake:
			m.nextWake = t.wakeAt
		}
	}
	sort.SliceStable(due, func(i, j int) bool { return due[i].wakeAt < due[j].wakeAt })
	for _, t := range due {
		m.wake(t)
	}
}

func (m *Machine) wakeWaiters() {
	for _, t := range m.tasks {
		if t.waitFor != nil && t.waitFor() {
			m.wake(t)
		}
	}
}
