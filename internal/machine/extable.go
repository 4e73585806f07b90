package machine

import (
	"encoding/binary"
	"fmt"

	"klpemu/cpu"
	"klpemu/internal/errno"
	"klpemu/internal/obj"
	"klpemu/internal/trace"
)

// Types of entries of __ex_table (asm/extable_fixup_types.h).
const (
	exDefault        = 1
	exFault          = 2
	exUaccess        = 3
	exClearFS        = 5
	exWrmsr          = 8
	exRdmsr          = 9
	exWrmsrSafe      = 10
	exRdmsrSafe      = 11
	exDefaultMCESafe = 14
	exFaultMCESafe   = 15
	exPopReg         = 16
	exImmReg         = 17
	exUcopyLen       = 19

	exEntrySize = 12
	exClearAX   = 1 << 12
	exClearDX   = 1 << 13
)

// exEntry is struct exception_table_entry.
type exEntry struct {
	fixup uint64
	data  uint32
}

func (e exEntry) kind() int    { return int(e.data & 0xff) }
func (e exEntry) reg() cpu.Reg { return cpu.Reg(e.data >> 8 & 0xf) }
func (e exEntry) imm() uint64  { return uint64(int64(int16(e.data >> 16))) }

// fixupException is fixup_exception: an instruction that __ex_table lists may
// fault, and the task goes on where the table says.
func (m *Machine) fixupException(c *CPU, f *cpu.Fault) bool {
	e, ok := m.findExtable(f.RIP)
	if !ok {
		return false
	}
	v := c.vcpu
	switch e.kind() {
	case exDefault, exDefaultMCESafe, exUaccess, exClearFS:
	case exFault, exFaultMCESafe:
		v.SetReg(cpu.RAX, uint64(f.Vector))
	case exWrmsr, exRdmsr:
		m.uncheckedMSR(c, f.RIP, e.kind() == exWrmsr)
	case exRdmsrSafe, exWrmsrSafe:
		if e.kind() == exRdmsrSafe {
			v.SetReg(cpu.RAX, 0)
			v.SetReg(cpu.RDX, 0)
		}
		v.SetReg(e.reg(), errnoResult(errno.EIO))
	case exPopReg:
		v.SetReg(cpu.RSP, v.Reg(cpu.RSP)+8)
		v.SetReg(e.reg(), e.imm())
	case exImmReg:
		v.SetReg(e.reg(), e.imm())
	case exUcopyLen:
		v.SetReg(cpu.RCX, e.imm()*v.Reg(cpu.RCX)+v.Reg(e.reg()))
	default:
		return false // FPU and SGX state, MCE, FRED: nothing here has those
	}
	if e.data&exClearAX != 0 {
		v.SetReg(cpu.RAX, 0)
	}
	if e.data&exClearDX != 0 {
		v.SetReg(cpu.RDX, 0)
	}
	v.SetRIP(e.fixup)
	return true
}

// uncheckedMSR is ex_handler_msr for an access that nobody expected to fail:
// said once for reads, once for writes.
func (m *Machine) uncheckedMSR(c *CPU, rip uint64, write bool) {
	v, said := c.vcpu, &m.msrReads
	text := fmt.Sprintf("unchecked MSR access error: RDMSR from 0x%x at rIP: 0x%x (%s)", uint32(v.Reg(cpu.RCX)), rip, m.syms.Format(rip))
	if write {
		said = &m.msrWrites
		text = fmt.Sprintf("unchecked MSR access error: WRMSR to 0x%x (tried to write 0x%08x%08x) at rIP: 0x%x (%s)",
			uint32(v.Reg(cpu.RCX)), uint32(v.Reg(cpu.RDX)), uint32(v.Reg(cpu.RAX)), rip, m.syms.Format(rip))
	} else {
		v.SetReg(cpu.RAX, 0)
		v.SetReg(cpu.RDX, 0)
	}
	if !*said {
		*said = true
		m.printk(trace.Warning, text)
	}
}

// findExtable is search_exception_tables.
func (m *Machine) findExtable(addr uint64) (exEntry, bool) {
	for _, im := range m.images() {
		for i := range im.Sections {
			if p := &im.Sections[i]; p.Section.Name == "__ex_table" {
				if e, ok := m.searchExtable(p, addr); ok {
					return e, true
				}
			}
		}
	}
	return exEntry{}, false
}

func (m *Machine) searchExtable(p *obj.Placed, addr uint64) (exEntry, bool) {
	table, le := m.unwind.bytes(p), binary.LittleEndian
	for off := 0; off+exEntrySize <= len(table); off += exEntrySize {
		b, at := table[off:], p.Addr+uint64(off)
		if at+uint64(int64(int32(le.Uint32(b)))) == addr {
			return exEntry{at + 4 + uint64(int64(int32(le.Uint32(b[4:])))), le.Uint32(b[8:])}, true
		}
	}
	return exEntry{}, false
}
