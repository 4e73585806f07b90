package machine

import (
	"time"
)

// workItem is a work_struct that is queued.
type workItem struct {
	name string
	f    func()
}

// timer is a delayed work that is not due yet.
type timer struct {
	due  time.Duration
	name string
	f    func() // runs in timer context: it queues, it does not block
}

// isWorker reports whether t is the kworker that runs queued work.
func (t *Task) isWorker() bool { return t.prio == prioWorker }

// queueWork is schedule_work.
func (m *Machine) queueWork(name string, f func()) {
	m.work = append(m.work, workItem{name, f})
}

// queueDelayed is schedule_delayed_work; a work that is pending already keeps
// its time.
func (m *Machine) queueDelayed(name string, due time.Duration, f func()) {
	for _, t := range m.timers {
		if t.name == name {
			return
		}
	}
	m.timers = append(m.timers, timer{due, name, f})
}

func (m *Machine) nextTimer() (time.Duration, bool) {
	var (
		next time.Duration
		ok   bool
	)
	for _, t := range m.timers {
		if !ok || t.due < next {
			next, ok = t.due, true
		}
	}
	return next, ok
}

// runTimers queues the delayed work that is due, in the order of time.
func (m *Machine) runTimers(now time.Duration) {
	for {
		first := -1
		for i, t := range m.timers {
			if t.due <= now && (first < 0 || t.due < m.timers[first].due) {
				first = i
			}
		}
		if first < 0 {
			return
		}
		t := m.timers[first]
		m.timers = append(m.timers[:first:first], m.timers[first+1:]...)
		t.f()
	}
}

// startWork gives the queued work to the kworker, one item at a time: an
// ordered queue.
func (m *Machine) startWork() {
	w := m.worker
	if len(m.work) == 0 || len(w.calls) > 0 {
		return
	}
	item := m.work[0]
	m.work = m.work[1:]
	m.begin(w, item.name, item.f)
	w.state = Running
	m.enqueue(w)
}

// finishWorker puts a kworker without work back to sleep in worker_thread.
func (m *Machine) finishWorker(t *Task) {
	if t.isWorker() && len(t.calls) == 0 && t.state == Running {
		t.state = Interruptible
	}
}
