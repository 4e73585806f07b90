package machine

import (
	"strings"

	"klpemu/cpu"
	"klpemu/internal/errno"
)

// ProcEntry is a file or a directory that a guest module has made in /proc.
type ProcEntry struct {
	Name   string
	Dir    bool
	Perm   uint32
	Parent *ProcEntry // nil: /proc itself

	addr uint64 // the guest's struct proc_dir_entry
	show uint64 // int (*)(struct seq_file *, void *)
}

// procEntrySize is the size of what stands for a struct proc_dir_entry.
const procEntrySize = 192

// maxProcEntries bounds what guests can make in /proc.
const maxProcEntries = 4096

// procGates are the functions of fs/proc/generic.c that modules use.
func procGates() []gate {
	return []gate{
		{"proc_mkdir", (*Machine).gateProcMkdir},
		{"proc_create_single_data", (*Machine).gateProcCreateSingle},
		{"proc_remove", (*Machine).gateProcRemove},
		{"remove_proc_entry", (*Machine).gateRemoveProcEntry},
		{"remove_proc_subtree", (*Machine).gateRemoveProcEntry},
	}
}

// ProcEntries are the entries of a directory, in the order of making; parent
// nil is /proc itself.
func (m *Machine) ProcEntries(parent *ProcEntry) []*ProcEntry {
	var entries []*ProcEntry
	for _, e := range m.procs {
		if e.Parent == parent {
			entries = append(entries, e)
		}
	}
	return entries
}

// ReadProc is the read of a file that a module has made.
func (m *Machine) ReadProc(e *ProcEntry) ([]byte, error) {
	if e.show == 0 {
		return nil, errno.EIO
	}
	return m.readSeq(e.show, 0, e.addr)
}

// addProc makes an entry; the name is relative to parent.
func (m *Machine) addProc(e *ProcEntry) uint64 {
	if e.Name == "" || strings.Contains(e.Name, "/") || len(m.procs) >= maxProcEntries {
		return 0
	}
	for _, other := range m.procs {
		if other.Parent == e.Parent && other.Name == e.Name {
			m.src.WarnOn(true, "proc_register", "proc_dir_entry '"+e.dir()+"/"+e.Name+"' already registered")
			return 0
		}
	}
	if e.addr = m.alloc(procEntrySize); e.addr != 0 {
		m.procs = append(m.procs, e)
	}
	return e.addr
}

func (e *ProcEntry) dir() string {
	if e.Parent == nil {
		return "/proc"
	}
	return e.Parent.Name
}

func (m *Machine) procAt(addr uint64) *ProcEntry {
	for _, e := range m.procs {
		if addr != 0 && e.addr == addr {
			return e
		}
	}
	return nil
}

// gateProcMkdir is proc_mkdir(name, parent).
func (m *Machine) gateProcMkdir(c *CPU, t *Task) error {
	name, err := m.readString(c.vcpu.Reg(cpu.RDI), 255)
	if err != nil {
		return err
	}
	c.vcpu.SetReg(cpu.RAX, m.addProc(&ProcEntry{Name: name, Dir: true, Perm: 0o555, Parent: m.procAt(c.vcpu.Reg(cpu.RSI))}))
	return nil
}

// gateProcCreateSingle is proc_create_single_data(name, mode, parent, show, data).
func (m *Machine) gateProcCreateSingle(c *CPU, t *Task) error {
	name, err := m.readString(c.vcpu.Reg(cpu.RDI), 255)
	if err != nil {
		return err
	}
	mode := uint32(c.vcpu.Reg(cpu.RSI)) & 0o777
	if mode == 0 {
		mode = 0o444
	}
	c.vcpu.SetReg(cpu.RAX, m.addProc(&ProcEntry{
		Name: name, Perm: mode, Parent: m.procAt(c.vcpu.Reg(cpu.RDX)), show: c.vcpu.Reg(cpu.RCX),
	}))
	return nil
}

// gateProcRemove is proc_remove(entry).
func (m *Machine) gateProcRemove(c *CPU, t *Task) error {
	if e := m.procAt(c.vcpu.Reg(cpu.RDI)); e != nil {
		m.removeProc(e)
	}
	return nil
}

// gateRemoveProcEntry is remove_proc_entry(name, parent), and for directories
// with what they hold remove_proc_subtree.
func (m *Machine) gateRemoveProcEntry(c *CPU, t *Task) error {
	name, err := m.readString(c.vcpu.Reg(cpu.RDI), 255)
	if err != nil {
		return err
	}
	for _, e := range m.ProcEntries(m.procAt(c.vcpu.Reg(cpu.RSI))) {
		if e.Name == name {
			m.removeProc(e)
			c.vcpu.SetReg(cpu.RAX, 0)
			return nil
		}
	}
	m.src.WarnOn(true, "remove_proc_entry", "name '"+name+"'")
	return nil
}

func (m *Machine) removeProc(e *ProcEntry) {
	for _, child := range m.ProcEntries(e) {
		m.removeProc(child)
	}
	for i, other := range m.procs {
		if other == e {
			m.procs = append(m.procs[:i:i], m.procs[i+1:]...)
			break
		}
	}
	m.release(e.addr)
}
