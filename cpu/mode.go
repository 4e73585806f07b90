package cpu

import "klpemu/mem"

// The selectors of Linux's user mode.
const (
	userCS = 0x33
	userSS = 0x2b
)

// A space is the memory of the process that a CPU runs: as the kernel sees it,
// and as the process does. Both are nil where there is none.
type space struct{ kernel, user *mem.Memory }

// SetSpace makes the CPU use the address space of a process, or with nil the
// kernel's alone. It is a write of CR3: code and translations of the low half
// are looked up again.
func (c *VCPU) SetSpace(kernel, user *mem.Memory) {
	if c.space.kernel == kernel {
		return
	}
	if c.root == nil {
		c.root = c.mem
	}
	c.space = space{kernel, user}
	c.useSpace()
	c.jumps.flush()
	c.sync()
}

// User reports whether the CPU is at privilege level 3.
func (c *VCPU) User() bool { return c.user }

// setMode changes the privilege level. User mode sees nothing of the kernel's
// half; kernel mode executes nothing of the other (SMEP).
func (c *VCPU) setMode(user bool) {
	if c.user == user {
		return
	}
	c.rip, c.cur = c.RIP(), nil
	c.user = user
	c.seg[CS], c.seg[SS] = uint16(c.codeSelector()), selectorSS
	if user {
		c.seg[SS] = userSS
	}
	c.useSpace()
	c.rtlb.flush()
	c.wtlb.flush()
	c.jumps.flush()
}

// useSpace picks the memory that the mode sees.
func (c *VCPU) useSpace() {
	m, half := c.root, anyHalf
	switch {
	case c.space.kernel == nil:
		if m == nil {
			m = c.mem // no space was ever set
		}
	case c.user:
		m, half = c.space.user, lowHalf
	default:
		m, half = c.space.kernel, highHalf
	}
	c.mem, c.view.mem, c.view.half = m, m, half
	c.view.whole = m
	if c.space.kernel != nil {
		c.view.whole = c.space.kernel
	}
}

func (c *VCPU) codeSelector() uint64 {
	if c.user {
		return userCS
	}
	return selectorCS
}

// executeUser is execute at privilege level 3.
func (c *VCPU) executeUser(in *Inst) *Fault {
	if in.attr&priv != 0 {
		return fault(VectorGP, 0)
	}
	if in.Name == "vmcall" {
		return fault(VectorUD, 0) // only the kernel has gates
	}
	f := in.exec(c, in)
	if f != nil && f.Vector == VectorPF {
		f.Code |= CodeUser
	}
	return f
}

// userFlags are the flags that popf and iret can change at privilege level 3.
const userFlags = restorable &^ (FlagIF | iopl)

func (c *VCPU) restorableNow() uint64 {
	if c.user {
		return userFlags
	}
	return restorable
}

// A codeHalf is the half of the address space whose code may be executed.
type codeHalf uint8

const (
	anyHalf codeHalf = iota
	lowHalf
	highHalf
)

func (h codeHalf) bars(rip uint64) bool {
	return h == lowHalf && rip>>63 != 0 || h == highHalf && rip>>63 == 0
}

// barred is the fault of a fetch from the other half.
func (v *view) barred(rip uint64) *Fault {
	f := &Fault{Vector: VectorPF, Code: CodeFetch, Addr: rip, RIP: rip}
	if v.half == lowHalf {
		f.Code |= CodeUser
	} else if v.mem.Page(rip) != nil {
		f.Code |= CodePresent
	}
	if !mem.Canonical(rip) {
		f.Vector, f.Code, f.Addr = VectorGP, 0, 0
	}
	return f
}

// syscallRegs are the registers that syscall reads (SDM volume 3, 5.8.8).
type syscallRegs struct{ lstar, star, fmask uint64 }

const (
	msrStar  = 0xc0000081
	msrLStar = 0xc0000082
	msrFMask = 0xc0000084
)

func (s *syscallRegs) reg(n uint32) *uint64 {
	switch n {
	case msrStar:
		return &s.star
	case msrLStar:
		return &s.lstar
	case msrFMask:
		return &s.fmask
	}
	return nil
}

// SetSyscallEntry enables syscall and sysret (EFER.SCE): where system calls
// enter the kernel, and the flags that are cleared there.
func (c *VCPU) SetSyscallEntry(lstar, fmask uint64) {
	c.sys = syscallRegs{lstar: lstar, star: selectorCS << 32, fmask: fmask}
}

// execSyscall enters the kernel at IA32_LSTAR. Without an entry it is invalid,
// as with EFER.SCE clear.
func execSyscall(c *VCPU, _ *Inst) *Fault {
	if c.sys.lstar == 0 {
		return fault(VectorUD, 0)
	}
	flags := c.Flags() &^ FlagRF
	c.r[RCX], c.r[R11] = c.rip, flags
	c.SetFlags(flags &^ c.sys.fmask)
	c.rip = c.sys.lstar
	c.setMode(false)
	return nil
}

// execSysret returns to user mode at RCX with the flags in R11. The form for
// 32-bit code does not exist here, and without a space there is no user mode.
func execSysret(c *VCPU, in *Inst) *Fault {
	if c.sys.lstar == 0 || in.REX&8 == 0 {
		return fault(VectorUD, 0)
	}
	if !mem.Canonical(c.r[RCX]) || c.space.kernel == nil {
		return fault(VectorGP, 0)
	}
	c.SetFlags(c.r[R11])
	c.rip = c.r[RCX]
	c.setMode(true)
	return nil
}
