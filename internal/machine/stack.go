package machine

import (
	"errors"
	"fmt"

	"klpemu/internal/obj"
	"klpemu/internal/unwind"
)

// unwinder is the unwind data of everything that is loaded.
type unwinder struct {
	m      *Machine
	tables unwind.Tables
	text   func(uint64) bool
	trace  unwind.Trace // of the last stack that was looked at for a transition
}

func unwindName(addr uint64) string { return fmt.Sprintf("%x", addr) }

func (u *unwinder) add(f obj.FrameTable) error {
	if f.Debug {
		t, err := unwind.ParseDebug(f.Object, f.Data)
		if err == nil {
			u.tables.AddDebug(frameName(f), t)
		}
		return err
	}
	t, err := unwind.Parse(f.Object, f.Addr, f.Data)
	if err != nil {
		return err
	}
	u.tables.Add(frameName(f), t)
	return nil
}

// frameName is what a table is removed by.
func frameName(f obj.FrameTable) string {
	if f.Debug {
		return "debug " + unwindName(f.Addr)
	}
	return unwindName(f.Addr)
}

// addORC adds the ORC data of an image whose sections are in memory: each file
// of it has a pair of sections of its own.
func (u *unwinder) addORC(im *obj.Image) error {
	for i := range im.Sections {
		p := &im.Sections[i]
		if p.Section.Name != orcIPSection || p.Section.Size == 0 {
			continue
		}
		entries := orcEntriesOf(im, p.File)
		if entries == nil {
			return fmt.Errorf("%s: it has %s but no %s", p.File, orcIPSection, orcSection)
		}
		t, err := unwind.ParseORC(p.File, p.Addr, u.bytes(p), u.bytes(entries), textEnd(im))
		if err != nil {
			return err
		}
		u.tables.AddORC(unwindName(im.Base), t)
	}
	return nil
}

const (
	orcIPSection = ".orc_unwind_ip"
	orcSection   = ".orc_unwind"
)

func orcEntriesOf(im *obj.Image, file string) *obj.Placed {
	for i := range im.Sections {
		if p := &im.Sections[i]; p.File == file && p.Section.Name == orcSection {
			return p
		}
	}
	return nil
}

// bytes are the contents of a section in memory, relocated.
func (u *unwinder) bytes(p *obj.Placed) []byte {
	b := make([]byte, p.Section.Size)
	if u.m.mem.Read(p.Addr, b) != nil {
		return nil
	}
	return b
}

// textEnd is where the executable part of an image ends.
func textEnd(im *obj.Image) uint64 {
	end := im.Base
	for _, s := range im.Segments {
		if s.Perm&obj.PermX != 0 {
			end = max(end, s.Addr+s.Size)
		}
	}
	return end
}

func (u *unwinder) removeORC(im *obj.Image) { u.tables.Remove(unwindName(im.Base)) }

func (u *unwinder) remove(f obj.FrameTable) { u.tables.Remove(frameName(f)) }

// alias makes the unwind data of original serve for a copy of it at addr.
func (u *unwinder) alias(addr, original, size uint64) error {
	return u.tables.Alias(unwindName(addr), addr, size, original)
}

func (u *unwinder) unalias(addr uint64) { u.tables.Remove(unwindName(addr)) }

// isText is __kernel_text_address: text of the kernel, of modules and of
// ftrace trampolines.
func (m *Machine) isText(addr uint64) bool {
	r, ok := m.syms.Lookup(addr)
	if !ok { // a call that never returns may end its function
		r, ok = m.syms.Lookup(addr - 1)
	}
	return ok && (r.Type == 't' || r.Type == 'T' || r.Type == 'W' || r.Type == 'w')
}

// walk unwinds a task's stack from where it stands.
func (m *Machine) walk(t *Task) unwind.Trace {
	if t.inUser || t.state == Dead {
		return unwind.Trace{Reliable: true}
	}
	var tr unwind.Trace
	m.walkInto(&tr, t)
	return tr
}

func (m *Machine) walkInto(tr *unwind.Trace, t *Task) {
	s := m.TaskRegs(t)
	o := unwind.WalkOptions{Text: m.unwind.text}
	if len(t.retStack) > 0 {
		o.Return = m.realReturn(t)
	}
	if o.Text == nil {
		m.unwind.text = m.isText
		o.Text = m.unwind.text
	}
	m.followStack(tr, t, unwind.Top(s.RIP, s.R, !m.atGate(s.RIP)), o)
}

// atGate reports that a task stopped at rip has called into the kernel there
// rather than being interrupted.
func (m *Machine) atGate(rip uint64) bool {
	_, ok := m.gates[rip]
	return ok
}

// reliableStack is stack_trace_save_tsk_reliable.
func (m *Machine) reliableStack(t *Task) ([]uint64, error) {
	if c := m.cpus[t.cpu]; c.curr == t && t != m.current() && !t.IsIdle {
		return nil, fmt.Errorf("it runs on cpu %d", c.id)
	}
	if t.inUser || t.state == Dead {
		return nil, nil
	}
	tr := &m.unwind.trace
	m.walkInto(tr, t)
	if !tr.Reliable {
		return nil, errors.New(tr.Why)
	}
	return tr.Entries, nil
}

// Stack is /proc/PID/stack: the frames of a task that does not run, innermost
// first, without those of the scheduler (stack_trace_consume_entry_nosched); for
// a running task the kernel prints nothing.
func (m *Machine) Stack(t *Task) []string {
	if c := m.cpus[t.cpu]; c.curr == t {
		return nil
	}
	return m.backtrace(t, m.inSchedFunctions)
}

// Backtrace returns a task's frames wherever it is, as name+0xOFF/0xSIZE.
func (m *Machine) Backtrace(t *Task) []string {
	return m.backtrace(t, func(uint64) bool { return false })
}

func (m *Machine) backtrace(t *Task, skip func(addr uint64) bool) []string {
	tr := m.walk(t)
	var lines []string
	for i, addr := range tr.Entries {
		switch {
		case skip(addr):
		case i == 0:
			lines = append(lines, m.syms.Format(addr))
		default:
			lines = append(lines, m.syms.FormatReturn(addr))
		}
	}
	return lines
}
