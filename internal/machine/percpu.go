package machine

import (
	"fmt"
	"sort"

	"klpemu/mem"
)

// The per-CPU area of each CPU (mm/percpu.c): what is at its beginning is the
// kernel's, the rest is given to modules. A per-CPU symbol is an offset into it.
const (
	percpuStaticEnd = 0x1000  // fixed_percpu_data, this_cpu_off
	percpuHotPage   = 0x35000 // pcpu_hot
	percpuDynamic   = 0x40000
	percpuEnd       = percpuStep

	thisCPUOff    = 0x30
	preemptNoNeed = 1 << 31 // PREEMPT_NEED_RESCHED, inverted
)

func percpuAddr(id int) uint64 { return percpuBase + uint64(id)*percpuStep }

// percpuRange is a piece of the dynamic part that somebody has.
type percpuRange struct{ off, size uint64 }

// percpuSpace hands out the dynamic part, the same offsets on every CPU.
type percpuSpace struct {
	used   []percpuRange // by offset
	mapped uint64        // end of what has pages
}

// setupPercpu makes the area of a CPU.
func (m *Machine) setupPercpu(id int, canary uint64) error {
	area := percpuAddr(id)
	for _, r := range []percpuRange{{0, percpuStaticEnd}, {percpuHotPage, pageSize}} {
		if err := m.mem.Map(area+r.off, r.size, permRW); err != nil {
			return err
		}
	}
	for _, f := range []struct {
		at, v uint64
		size  int
	}{
		{area + canaryOffset, canary, 8},
		{area + thisCPUOff, area, 8},
		{area + percpuHotPage + m.lay.hot.cpuNumber, uint64(id), 4},
		{area + percpuHotPage + m.lay.hot.preemptCount, preemptNoNeed, 4},
		{m.core["__per_cpu_offset"] + 8*uint64(id), area, 8},
	} {
		if err := m.mem.Store(f.at, f.size, f.v); err != nil {
			return err
		}
	}
	return nil
}

// fillCPUMasks writes the masks and the counts of CPUs (kernel/cpu.c).
func (m *Machine) fillCPUMasks() {
	online, possible, n := uint64(0), uint64(0), uint64(0)
	for _, c := range m.cpus {
		possible |= 1 << c.id
		if c.online {
			online |= 1 << c.id
			n++
		}
	}
	for _, f := range []struct {
		name string
		size int
		v    uint64
	}{
		{"__cpu_possible_mask", 8, possible}, {"__cpu_present_mask", 8, possible},
		{"__cpu_online_mask", 8, online}, {"__cpu_active_mask", 8, online},
		{"nr_cpu_ids", 4, uint64(len(m.cpus))}, {"__num_online_cpus", 4, n},
	} {
		_ = m.mem.Store(m.core[f.name], f.size, f.v) // data of the core text
	}
}

// allocPercpu is pcpu_alloc: size zeroed bytes on every CPU, at the offset that
// it returns; 0 where there is no room.
func (m *Machine) allocPercpu(size, align uint64) uint64 {
	p := &m.percpu
	if align&(align-1) != 0 {
		return 0
	}
	align = max(align, 8)
	if size == 0 || size > percpuEnd-percpuDynamic || align > pageSize {
		return 0
	}
	off, at := uint64(percpuDynamic), len(p.used)
	for i, r := range p.used {
		off = (off + align - 1) &^ (align - 1)
		if off+size <= r.off {
			at = i
			break
		}
		off = r.off + r.size
	}
	off = (off + align - 1) &^ (align - 1)
	if off+size > percpuEnd || m.mapPercpu(off+size) != nil {
		return 0
	}
	p.used = append(p.used[:at:at], append([]percpuRange{{off, size}}, p.used[at:]...)...)
	m.fillPercpu(off, make([]byte, size))
	return off
}

// mapPercpu gives the dynamic part pages up to end, on every CPU.
func (m *Machine) mapPercpu(end uint64) error {
	p := &m.percpu
	from := max(p.mapped, percpuDynamic)
	end = (end + pageSize - 1) &^ (pageSize - 1)
	if end <= from {
		return nil
	}
	for i := range m.cpus {
		if err := m.mem.Map(percpuAddr(i)+from, end-from, mem.R|mem.W); err != nil {
			for j := range i {
				_ = m.mem.Unmap(percpuAddr(j)+from, end-from) // mapped just now
			}
			return err
		}
	}
	p.mapped = end
	return nil
}

// fillPercpu writes the same bytes to every CPU's copy.
func (m *Machine) fillPercpu(off uint64, data []byte) {
	for i := range m.cpus {
		_ = m.mem.Write(percpuAddr(i)+off, data) // mapped by allocPercpu
	}
}

// freePercpu is free_percpu; it reports whether the offset was given out.
func (m *Machine) freePercpu(off uint64) bool {
	p := &m.percpu
	i := sort.Search(len(p.used), func(i int) bool { return p.used[i].off >= off })
	if i == len(p.used) || p.used[i].off != off {
		return false
	}
	p.used = append(p.used[:i:i], p.used[i+1:]...)
	return true
}

// setCurrent makes t the current task of c, in Go and in the per-CPU area.
func (m *Machine) setCurrent(c *CPU, t *Task) {
	hot := percpuAddr(c.id) + percpuHotPage
	if prev := c.curr; prev != nil {
		prev.preemptCount = m.loadPreempt(c)
		if prev.state != Dead {
			m.storeTaskState(prev)
		}
	}
	c.curr = t
	for _, f := range []struct {
		at, v uint64
		size  int
	}{
		{hot + m.lay.hot.current, t.handle, 8},
		{hot + m.lay.hot.preemptCount, uint64(t.preemptCount) | preemptNoNeed, 4},
		{hot + m.lay.hot.topOfStack, t.stack, 8},
		{t.handle + m.lay.task.cpu, uint64(c.id), 4},
	} {
		_ = m.mem.Store(f.at, f.size, f.v) // mapped at boot
	}
}

func (m *Machine) preemptAddr(c *CPU) uint64 {
	return percpuAddr(c.id) + percpuHotPage + m.lay.hot.preemptCount
}

func (m *Machine) loadPreempt(c *CPU) uint32 {
	v, _ := m.load32(m.preemptAddr(c)) // mapped at boot
	return v &^ preemptNoNeed
}

// preemptOf is preempt_count() of a task: of the one on a CPU it is in that
// CPU's area, where inline functions change it.
func (m *Machine) preemptOf(t *Task) uint32 {
	if c := m.cpus[t.cpu]; c.curr == t {
		return m.loadPreempt(c)
	}
	return t.preemptCount
}

// preemptMask are the bits of preempt_count() that preempt_disable() counts in.
const preemptMask = 0xff

// preemptOff reports that t has switched preemption off.
func (m *Machine) preemptOff(t *Task) bool { return m.preemptOf(t)&preemptMask != 0 }

// setPreempt changes the count of a task.
func (m *Machine) setPreempt(t *Task, v uint32) {
	if c := m.cpus[t.cpu]; c.curr == t {
		_ = m.store32(m.preemptAddr(c), v|preemptNoNeed) // mapped at boot
		return
	}
	t.preemptCount = v
}

// addPreempt is preempt_count_add; it refuses to go below zero.
func (m *Machine) addPreempt(t *Task, n int32) error {
	v := int64(m.preemptOf(t)) + int64(n)
	if v < 0 {
		return fmt.Errorf("preempt_count of %s underflows", t)
	}
	m.setPreempt(t, uint32(v))
	return nil
}
