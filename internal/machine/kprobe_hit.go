package machine

import (
	"klpemu/cpu"
	"klpemu/ftrace"
)

// kprobeFtraceHandler is kprobe_ftrace_handler (arch/x86/kernel/kprobes/ftrace.c):
// the handlers see the registers as if an int3 had been met, and afterwards as if
// the nop of the site had been executed.
func (m *Machine) kprobeFtraceHandler(ip, _ uint64, _ *ftrace.Ops, regs *ftrace.Regs) {
	t := m.current()
	h := handlerContext{m, t}
	bit := ftrace.TestRecursionTrylock(h)
	if bit < 0 {
		return
	}
	defer ftrace.TestRecursionUnlock(h, bit)
	p := m.kprobeAt(ip)
	if p == nil || p.Disabled() {
		return
	}
	c := m.cpus[t.cpu]
	if c.kprobe != nil { // kprobe_running
		m.missKprobe(p)
		return
	}
	orig, err := regs.IP()
	if err != nil || regs.SetIP(ip+1) != nil {
		return
	}
	c.kprobe = p
	defer func() { c.kprobe = nil }()
	if m.preHandlers(p, t, regs.Addr) {
		return // it has changed regs->ip
	}
	if m.mayPost(p) && regs.SetIP(ip+siteSize) == nil {
		m.postHandlers(p, regs.Addr)
	}
	_ = regs.SetIP(orig) // written above
}

// missKprobe is kprobes_inc_nmissed_count.
func (m *Machine) missKprobe(p *Kprobe) {
	for _, u := range p.users {
		u.missed++
		if u.addr != 0 {
			_ = m.mem.Store(u.addr+kprobeMissedAt, 8, u.missed) // read at registration
		}
		if u.event != nil {
			u.event.Missed++
		}
	}
}

// preHandlers is aggr_pre_handler: one that returns other than 0 has decided
// where the task goes on, and ends it.
func (m *Machine) preHandlers(p *Kprobe, t *Task, regs uint64) bool {
	for _, u := range p.users {
		switch {
		case u.disabled:
		case u.event != nil:
			m.recordKprobe(u.event, p, t)
		case u.pre != 0:
			ret, err := m.callGuest(u.pre, u.addr, regs)
			if err != nil {
				m.failures = append(m.failures, err)
				return false
			}
			if int32(ret) != 0 {
				return true
			}
		}
	}
	return false
}

// mayPost reports that somebody has a post_handler.
func (m *Machine) mayPost(p *Kprobe) bool {
	for _, u := range p.users {
		if u.post != 0 && !u.disabled {
			return true
		}
	}
	return false
}

// postHandlers is aggr_post_handler.
func (m *Machine) postHandlers(p *Kprobe, regs uint64) {
	for _, u := range p.users {
		if u.post == 0 || u.disabled {
			continue
		}
		if _, err := m.callGuest(u.post, u.addr, regs, 0); err != nil {
			m.failures = append(m.failures, err)
		}
	}
}

// guestKprobe reports that a handler of the probe is guest code.
func (p *Kprobe) guestKprobe() bool {
	for _, u := range p.users {
		if u.addr != 0 && !u.disabled && (u.pre != 0 || u.post != 0) {
			return true
		}
	}
	return false
}

// kprobeInt3 is kprobe_int3_handler: whether the breakpoint at addr is that of a
// probe.
func (m *Machine) kprobeInt3(c *CPU, t *Task, addr uint64) bool {
	p := m.kprobeAt(addr)
	if p == nil || p.Ftrace {
		return false
	}
	if !p.armed { // it has been taken away meanwhile: the instruction is there again
		c.vcpu.SetRIP(addr)
		c.vcpu.Refresh()
		return true
	}
	c.vcpu.SetRIP(addr)
	c.vcpu.Refresh() // the iretq of the exception
	if c.kprobe != nil {
		m.missKprobe(p)
		t.stepOver = addr
		return true
	}
	if !p.guestKprobe() {
		m.preHandlers(p, t, 0)
		t.stepOver = addr
		return true
	}
	m.begin(t, "kprobe_int3_handler", func() {
		if !m.onException(t, p, addr+1, func(regs uint64) bool { return m.preHandlers(p, t, regs) }) {
			m.cpus[t.cpu].vcpu.SetRIP(addr)
			t.stepOver = addr
		}
	})
	return true
}

// onException calls handlers with the registers of the CPU as a struct pt_regs on
// the stack of t, ip in place of its RIP, and takes over what they have changed.
func (m *Machine) onException(t *Task, p *Kprobe, ip uint64, handlers func(regs uint64) bool) (moved bool) {
	c := m.cpus[t.cpu]
	s := c.vcpu.State()
	at := (s.R[cpu.RSP]-redZone)&^15 - ptRegsSize
	if m.mem.Write(at, make([]byte, ptRegsSize)) != nil {
		return false
	}
	put := func(off, v uint64) { _ = m.mem.Store(at+off, 8, v) } // written above
	for _, r := range ptRegsLayout() {
		put(r.at, s.R[r.reg])
	}
	put(ptRegsIP, ip)
	put(ptRegsCS, kernelCS)
	put(ptRegsFlags, s.Flags)
	inside := s
	inside.R[cpu.RSP] = at
	c.vcpu.SetState(inside)
	c.kprobe = p
	defer func() { c.kprobe = nil }()
	moved = handlers(at)
	get := func(off uint64) uint64 { v, _ := m.mem.Load(at+off, 8); return v }
	for _, r := range ptRegsLayout() {
		s.R[r.reg] = get(r.at)
	}
	s.RIP, s.Flags = get(ptRegsIP), get(ptRegsFlags)
	c.vcpu.SetState(s)
	return moved
}

// stepKprobe executes the instruction that the int3 of a probe stands for
// (setup_singlestep). A real kernel has a copy of it elsewhere; here no other CPU
// runs while the original stands in its place for the one instruction.
func (m *Machine) stepKprobe(c *CPU, t *Task) cpu.Stop {
	addr := t.stepOver
	t.stepOver = 0
	p := m.kprobeAt(addr)
	if p == nil || !p.armed || c.vcpu.RIP() != addr {
		return c.vcpu.Run(1)
	}
	_ = m.mem.Poke(addr, []byte{p.saved}) // it was there
	c.vcpu.Refresh()
	stop := c.vcpu.Run(1)
	_ = m.mem.Poke(addr, []byte{int3Opcode})
	c.vcpu.Refresh()
	if stop.Kind == cpu.StopBudget && m.mayPost(p) {
		ip := c.vcpu.RIP()
		m.begin(t, "kprobe_post_process", func() {
			m.onException(t, p, ip, func(regs uint64) bool { m.postHandlers(p, regs); return false })
		})
	}
	return stop
}
