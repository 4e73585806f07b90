package ftrace

import "klpemu/mem"

// Offsets in the save area, a struct pt_regs (arch/x86/include/asm/ptrace.h).
const (
	regsOrigAX = 0x78
	regsIP     = 0x80
	regsCS     = 0x88
	regsSP     = 0x98
)

// Regs is struct ftrace_regs: the save area on the guest's stack.
type Regs struct {
	Addr uint64
	mem  *mem.Memory
}

// NewRegs returns the save area at addr.
func NewRegs(m *mem.Memory, addr uint64) *Regs { return &Regs{Addr: addr, mem: m} }

// IP is ftrace_regs_get_instruction_pointer.
func (r *Regs) IP() (uint64, error) { return r.mem.Load(r.Addr+regsIP, 8) }

// SetIP is ftrace_regs_set_instruction_pointer: where the trampoline returns.
func (r *Regs) SetIP(ip uint64) error { return r.mem.Store(r.Addr+regsIP, 8, ip) }

// SetDirectCaller is arch_ftrace_set_direct_caller: ftrace_regs_caller goes on
// to that function, which returns to where IP says.
func (r *Regs) SetDirectCaller(addr uint64) error { return r.mem.Store(r.Addr+regsOrigAX, 8, addr) }

// Full reports whether the whole register file was saved: ftrace_get_regs
// returns NULL where CS is 0.
func (r *Regs) Full() bool {
	cs, err := r.mem.Load(r.Addr+regsCS, 8)
	return err == nil && cs != 0
}

// SP is kernel_stack_pointer: at a call site, where the return address of the
// traced function stands.
func (r *Regs) SP() (uint64, error) { return r.mem.Load(r.Addr+regsSP, 8) }
