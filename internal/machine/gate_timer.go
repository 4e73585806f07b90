package machine

import (
	"fmt"
	"time"

	"klpemu/cpu"
)

// timerGates are kernel/time/timer.c on the struct timer_list of modules, and
// the delayed work that is built of it.
func timerGates() []gate {
	return []gate{
		{"expire_timers", (*Machine).gateExpireTimers},
		fnGate("init_timer_key", (*Machine).initTimer),
		fnGate("add_timer", addTimer(noArg)),
		fnGate("add_timer_on", addTimer(1)),
		fnGate("mod_timer", modTimer(func(bool, bool) bool { return true })),
		fnGate("mod_timer_pending", modTimer(func(pending, _ bool) bool { return pending })),
		fnGate("timer_reduce", modTimer(func(pending, sooner bool) bool { return !pending || sooner })),
		fnGate("timer_delete", (*Machine).deleteTimer),
		fnGate("timer_delete_sync", (*Machine).deleteTimer),
		fnGate("try_to_del_timer_sync", (*Machine).deleteTimer),
		fnGate("timer_shutdown", (*Machine).shutdownTimer),
		fnGate("timer_shutdown_sync", (*Machine).shutdownTimer),
		{"delayed_work_timer_fn", (*Machine).gateDelayedTimer},
		{"queue_delayed_work_on", queueDelayed(cpu.RDX, cpu.RSI, cpu.RDI, cpu.RCX, false)},
		{"mod_delayed_work_on", queueDelayed(cpu.RDX, cpu.RSI, cpu.RDI, cpu.RCX, true)},
		{"schedule_delayed_work", queueDelayed(cpu.RDI, noReg, noReg, cpu.RSI, false)},
	}
}

// Places in struct timer_list and struct delayed_work.
const (
	timerPprev, timerExpires, timerFunction, timerFlags = 8, 16, 24, 32

	delayedTimerAt, delayedWq, delayedCPU = 32, 72, 80

	noArg = -1

	// initialJiffies is INITIAL_JIFFIES: the 32-bit counter wraps five minutes
	// after boot.
	initialJiffies = 1<<32 - 300*Hz
)

// guestTimer is a timer_list that is pending.
type guestTimer struct {
	addr, expires uint64
	cpu           int
}

// jiffiesOf is the tick count at a time since boot.
func jiffiesOf(now time.Duration) uint64 { return initialJiffies + uint64(now/jiffy) }

// bucketExpiry is calc_wheel_index: when a timer of the wheel fires. Later timers
// have a coarser granularity.
func bucketExpiry(expires, now uint64) uint64 {
	const levels, levelBits, shift = 9, 6, 3
	delta := int64(expires - now)
	if delta < 0 {
		return now
	}
	level := 0
	for level < levels-1 && uint64(delta) >= (1<<levelBits-1)<<(level*shift) {
		level++
	}
	gran := uint(level * shift)
	return (expires>>gran + 1) << gran
}

func timerName(addr uint64) string { return fmt.Sprintf("timer %x", addr) }

// startTimer is internal_add_timer: the timer's entry is marked as pending.
func (m *Machine) startTimer(g guestTimer) error {
	if err := m.mem.Store(g.addr+timerPprev, 8, g.addr); err != nil {
		return err
	}
	if err := m.mem.Store(g.addr+timerExpires, 8, g.expires); err != nil {
		return err
	}
	at := bucketExpiry(g.expires, jiffiesOf(m.Now()))
	due := time.Duration(min(at-initialJiffies, uint64(maxTimeout/jiffy))) * jiffy
	m.queueDelayed(timerName(g.addr), due, func() { m.fireTimer(g) })
	return nil
}

// fireTimer makes the CPU run the timers that have expired, as a softirq; that
// of a delayed work only queues it.
func (m *Machine) fireTimer(g guestTimer) {
	fn, err := m.mem.Load(g.addr+timerFunction, 8)
	if err != nil {
		return // its memory is gone
	}
	if fn == m.core["delayed_work_timer_fn"] {
		m.detachTimer(g.addr)
		m.queueDelayedWork(g.addr - delayedTimerAt)
		return
	}
	c := m.cpus[g.cpu]
	c.expired = append(c.expired, g.addr)
	if len(c.expired) == 1 {
		c.pending = append(c.pending, pendingIRQ{InSoftirq, m.core["run_timer_softirq"]})
	}
}

func (m *Machine) detachTimer(addr uint64) { _ = m.mem.Store(addr+timerPprev, 8, 0) }

// gateExpireTimers gives run_timer_softirq the next function to call, and its
// argument.
func (m *Machine) gateExpireTimers(c *CPU, _ *Task) error {
	c.vcpu.SetReg(cpu.RAX, 0)
	if len(c.expired) == 0 {
		return nil
	}
	addr := c.expired[0]
	c.expired = c.expired[1:]
	fn, err := m.mem.Load(addr+timerFunction, 8)
	if err != nil {
		return err
	}
	m.detachTimer(addr)
	c.vcpu.SetReg(cpu.RAX, fn)
	c.vcpu.SetReg(cpu.RDI, addr)
	return nil
}

// initTimer is init_timer_key(timer, func, flags, name, key).
func (m *Machine) initTimer(t *Task, a guestArgs) (uint64, error) {
	for _, f := range [][3]uint64{{timerPprev, 0, 8}, {timerFunction, a[1], 8}, {timerFlags, a[2]&0xffffffff | uint64(t.cpu), 4}} {
		if err := m.mem.Store(a[0]+f[0], int(f[2]), f[1]); err != nil {
			return 0, err
		}
	}
	return 0, nil
}

// stopTimer takes a timer back and reports whether it was pending.
func (m *Machine) stopTimer(addr uint64) bool {
	was := m.cancelTimer(timerName(addr))
	for _, c := range m.cpus {
		for i, x := range c.expired {
			if x == addr {
				c.expired = append(c.expired[:i:i], c.expired[i+1:]...)
				was = true
				break
			}
		}
	}
	if was {
		m.detachTimer(addr)
	}
	return was
}

// addTimer is add_timer(timer), and add_timer_on(timer, cpu).
func addTimer(cpuArg int) func(*Machine, *Task, guestArgs) (uint64, error) {
	return func(m *Machine, t *Task, a guestArgs) (uint64, error) {
		f := &fields{m: m}
		expires, fn := f.word(a[0]+timerExpires), f.word(a[0]+timerFunction)
		switch {
		case f.err != nil:
			return 0, f.err
		case m.src.WarnOn(m.timerPending(timerName(a[0])), "add_timer", "timer_pending(timer)"):
			return 0, nil
		case fn == 0: // after timer_shutdown()
			return 0, nil
		}
		on := t.cpu
		if cpuArg != noArg && a[cpuArg] < uint64(len(m.cpus)) {
			on = int(a[cpuArg])
		}
		return 0, m.startTimer(guestTimer{a[0], expires, on})
	}
}

// modTimer is mod_timer(timer, expires): it reports whether the timer was
// pending.
func modTimer(change func(pending, sooner bool) bool) func(*Machine, *Task, guestArgs) (uint64, error) {
	return func(m *Machine, t *Task, a guestArgs) (uint64, error) {
		f := &fields{m: m}
		old, fn := f.word(a[0]+timerExpires), f.word(a[0]+timerFunction)
		pending := m.timerPending(timerName(a[0]))
		if f.err != nil || fn == 0 || !change(pending, int64(a[1]-old) < 0) {
			return boolReg(pending), f.err
		}
		m.stopTimer(a[0])
		return boolReg(pending), m.startTimer(guestTimer{a[0], a[1], t.cpu})
	}
}

func (m *Machine) deleteTimer(_ *Task, a guestArgs) (uint64, error) {
	return boolReg(m.stopTimer(a[0])), nil
}

// shutdownTimer is timer_shutdown: nothing arms the timer again.
func (m *Machine) shutdownTimer(_ *Task, a guestArgs) (uint64, error) {
	was := m.stopTimer(a[0])
	return boolReg(was), m.mem.Store(a[0]+timerFunction, 8, 0)
}

// gateDelayedTimer is delayed_work_timer_fn(timer), where guest code calls it.
func (m *Machine) gateDelayedTimer(c *CPU, _ *Task) error {
	m.queueDelayedWork(c.vcpu.Reg(cpu.RDI) - delayedTimerAt)
	return nil
}

// queueDelayedWork queues a delayed work whose time has come.
func (m *Machine) queueDelayedWork(work uint64) {
	f := &fields{m: m}
	wq, on := f.word(work+delayedWq), int(int32(f.word(work+delayedCPU)))
	if f.err != nil {
		return
	}
	if m.workqueues[wq] == nil {
		wq = 0
	}
	if on < 0 || on >= len(m.cpus) || !m.cpus[on].online {
		on = 0
	}
	m.queueGuestWork(guestWork{work, on, wq})
}

// takeDelayed stops the timer of a delayed work, and says where it was to run.
func (m *Machine) takeDelayed(work uint64) (guestWork, bool) {
	if !m.timerPending(timerName(work + delayedTimerAt)) {
		return guestWork{}, false
	}
	m.stopTimer(work + delayedTimerAt)
	f := &fields{m: m}
	w := guestWork{addr: work, wq: f.word(work + delayedWq), cpu: int(int32(f.word(work + delayedCPU)))}
	if m.workqueues[w.wq] == nil {
		w.wq = 0
	}
	w.cpu = min(max(w.cpu, 0), len(m.cpus)-1)
	return w, true
}

// queueDelayed is queue_delayed_work_on(cpu, wq, work, delay), and with change
// mod_delayed_work_on.
func queueDelayed(work, wq, on, delay cpu.Reg, change bool) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, _ *Task) error {
		v := c.vcpu
		addr, w := v.Reg(work), guestWork{v.Reg(work), m.workCPU(c, on), m.workQueue(c, wq)}
		was := change && m.grabPending(addr)
		free, err := m.setPending(addr)
		if err != nil {
			return err
		}
		result := free
		if change {
			result = was || !free
		}
		v.SetReg(cpu.RAX, boolReg(result))
		if !free {
			return nil
		}
		if v.Reg(delay) == 0 {
			m.queueGuestWork(w)
			return nil
		}
		for _, f := range [][3]uint64{
			{delayedWq, w.wq, 8}, {delayedCPU, uint64(uint32(w.cpu)), 4},
			{delayedTimerAt + timerFunction, m.core["delayed_work_timer_fn"], 8},
		} {
			if err := m.mem.Store(addr+f[0], int(f[2]), f[1]); err != nil {
				return err
			}
		}
		expires := jiffiesOf(m.Now()) + v.Reg(delay)
		return m.startTimer(guestTimer{addr + delayedTimerAt, expires, w.cpu})
	}
}
