package machine

import (
	"strings"

	"klpemu/cpu"
)

// ProcEntry is a file or a directory that a guest module has made in /proc.
type ProcEntry struct {
	Name   string
	Dir    bool
	Perm   uint32
	Parent *ProcEntry // nil: /proc itself

	addr uint64 // the guest's struct proc_dir_entry
	data uint64
	show uint64 // int (*)(struct seq_file *, void *): of proc_create_single_data
	seq  uint64 // struct seq_operations: of proc_create_seq_private
	size uint64 // of its private data
	ops  uint64 // struct proc_ops: of proc_create
}

// procEntrySize is the size of what stands for a struct proc_dir_entry.
const procEntrySize = 192

// maxProcEntries bounds what guests can make in /proc.
const maxProcEntries = 4096

// procGates are the functions of fs/proc/generic.c that modules use.
func procGates() []gate {
	return []gate{
		{"proc_mkdir", (*Machine).gateProcMkdir},
		fnGate("proc_create", (*Machine).procCreate),
		fnGate("proc_create_data", (*Machine).procCreate),
		fnGate("proc_create_single_data", (*Machine).procCreateSingle),
		fnGate("proc_create_seq_private", (*Machine).procCreateSeq),
		fnGate("proc_set_size", constant(0)),
		fnGate("proc_set_user", constant(0)),
		fnGate("pde_data", func(m *Machine, _ *Task, a guestArgs) (uint64, error) { return m.inodeData[a[0]], nil }),
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

// newProc makes the entry of a file: its name, mode and parent come first.
func (m *Machine) newProc(a guestArgs, e *ProcEntry) (uint64, error) {
	var err error
	if e.Name, err = m.readString(a[0], 255); err != nil {
		return 0, err
	}
	if e.Perm = uint32(a[1]) & 0o777; e.Perm == 0 {
		e.Perm = 0o444
	}
	e.Parent = m.procAt(a[2])
	return m.addProc(e), nil
}

// procCreate is proc_create_data(name, mode, parent, proc_ops, data);
// proc_create() has no data.
func (m *Machine) procCreate(_ *Task, a guestArgs) (uint64, error) {
	return m.newProc(a, &ProcEntry{ops: a[3], data: a[4]})
}

// procCreateSingle is proc_create_single_data(name, mode, parent, show, data).
func (m *Machine) procCreateSingle(_ *Task, a guestArgs) (uint64, error) {
	return m.newProc(a, &ProcEntry{show: a[3], data: a[4]})
}

// procCreateSeq is proc_create_seq_private(name, mode, parent, ops, size, data).
func (m *Machine) procCreateSeq(_ *Task, a guestArgs) (uint64, error) {
	return m.newProc(a, &ProcEntry{seq: a[3], size: uint64(uint32(a[4])), data: a[5]})
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
