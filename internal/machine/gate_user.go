package machine

import (
	"klpemu/cpu"
	"klpemu/internal/errno"
)

// userGates are how kernel code reaches the memory of a process
// (arch/x86/lib/getuser.S and putuser.S, lib/usercopy.c).
func userGates() []gate {
	gates := []gate{
		fnGate("_copy_from_user", func(m *Machine, t *Task, a guestArgs) (uint64, error) {
			return m.copyUser(t, a[1], a[0], a[2], false)
		}),
		fnGate("_copy_to_user", func(m *Machine, t *Task, a guestArgs) (uint64, error) {
			return m.copyUser(t, a[0], a[1], a[2], true)
		}),
		fnGate("clear_user", func(m *Machine, t *Task, a guestArgs) (uint64, error) {
			if !userRange(a[0], a[1]) || m.userMem(t).Write(a[0], make([]byte, min(a[1], maxText))) != nil {
				return a[1], nil
			}
			return 0, nil
		}),
		fnGate("strncpy_from_user", (*Machine).strncpyFromUser),
		fnGate("strnlen_user", (*Machine).strnlenUser),
		fnGate("__check_object_size", func(*Machine, *Task, guestArgs) (uint64, error) { return 0, nil }),
		fnGate("memdup_user", func(m *Machine, t *Task, a guestArgs) (uint64, error) { return m.memdupUser(t, a[0], a[1], 0) }),
		fnGate("memdup_user_nul", func(m *Machine, t *Task, a guestArgs) (uint64, error) { return m.memdupUser(t, a[0], a[1], 1) }),
		fnGate("simple_read_from_buffer", (*Machine).simpleRead),
		fnGate("simple_write_to_buffer", (*Machine).simpleWrite),
	}
	for _, size := range []int{1, 2, 4, 8} {
		n := string(rune('0' + size))
		gates = append(gates,
			gate{"__get_user_" + n, getUser(size)}, gate{"__get_user_nocheck_" + n, getUser(size)},
			gate{"__put_user_" + n, putUser(size)}, gate{"__put_user_nocheck_" + n, putUser(size)})
	}
	return gates
}

// taskSizeMax is TASK_SIZE_MAX.
const taskSizeMax = 1<<47 - pageSize

// userRange is access_ok().
func userRange(addr, size uint64) bool { return addr < taskSizeMax && size <= taskSizeMax-addr }

// copyUser copies and returns how much it could not copy.
func (m *Machine) copyUser(t *Task, user, kernel, n uint64, to bool) (uint64, error) {
	if !userRange(user, n) || n > kmallocMax {
		return n, nil
	}
	from, into := m.userMem(t), m.mem
	src, dst := user, kernel
	if to {
		from, into, src, dst = into, from, kernel, user
	}
	buf := make([]byte, n)
	if err := from.Read(src, buf); err != nil {
		if to {
			return 0, err
		}
		return n, m.mem.Write(kernel, make([]byte, n)) // what is not copied is zeroed
	}
	if err := into.Write(dst, buf); err != nil {
		if to {
			return n, nil
		}
		return 0, err
	}
	return 0, nil
}

// getUser is __get_user_N: %rax is the address; the value goes to %rdx, the error
// to %rax.
func getUser(size int) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, t *Task) error {
		addr := c.vcpu.Reg(cpu.RAX)
		v, err := m.userMem(t).Load(addr, size)
		if err != nil || !userRange(addr, uint64(size)) {
			c.vcpu.SetReg(cpu.RDX, 0)
			c.vcpu.SetReg(cpu.RAX, negErrno(int(errno.EFAULT)))
			return nil
		}
		c.vcpu.SetReg(cpu.RDX, v)
		c.vcpu.SetReg(cpu.RAX, 0)
		return nil
	}
}

// putUser is __put_user_N: %rax is the value, %rcx the address and then the error.
func putUser(size int) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, t *Task) error {
		addr := c.vcpu.Reg(cpu.RCX)
		if !userRange(addr, uint64(size)) || m.userMem(t).Store(addr, size, c.vcpu.Reg(cpu.RAX)) != nil {
			c.vcpu.SetReg(cpu.RCX, negErrno(int(errno.EFAULT)))
			return nil
		}
		c.vcpu.SetReg(cpu.RCX, 0)
		return nil
	}
}

// userString reads a string of at most n bytes from a process.
func (m *Machine) userString(t *Task, addr, n uint64) ([]byte, bool) {
	var s []byte
	for uint64(len(s)) < min(n, maxText) {
		at := addr + uint64(len(s))
		v, err := m.userMem(t).Load(at, 1)
		if err != nil || !userRange(at, 1) {
			return nil, false
		}
		if v == 0 {
			break
		}
		s = append(s, byte(v))
	}
	return s, true
}

func (m *Machine) strncpyFromUser(t *Task, a guestArgs) (uint64, error) {
	s, ok := m.userString(t, a[1], a[2])
	if !ok {
		return negErrno(int(errno.EFAULT)), nil
	}
	n := uint64(len(s))
	if n < a[2] {
		s = append(s, 0)
	}
	return n, m.mem.Write(a[0], s)
}

// strnlenUser counts the NUL; 0 is an address that cannot be read.
func (m *Machine) strnlenUser(t *Task, a guestArgs) (uint64, error) {
	s, ok := m.userString(t, a[0], a[1])
	if !ok {
		return 0, nil
	}
	return uint64(len(s)) + 1, nil
}

func (m *Machine) memdupUser(t *Task, src, n, nul uint64) (uint64, error) {
	addr := m.kmalloc(n + nul)
	if addr == 0 {
		return negErrno(int(errno.ENOMEM)), nil
	}
	left, err := m.copyUser(t, src, addr, n, false)
	if err != nil || left != 0 {
		m.release(addr)
		return negErrno(int(errno.EFAULT)), err
	}
	return addr, nil
}

// simpleRead is simple_read_from_buffer(to, count, ppos, from, available).
func (m *Machine) simpleRead(t *Task, a guestArgs) (uint64, error) {
	return m.simpleCopy(t, a[0], a[3], a, true)
}

// simpleWrite is simple_write_to_buffer(to, available, ppos, from, count).
func (m *Machine) simpleWrite(t *Task, a guestArgs) (uint64, error) {
	return m.simpleCopy(t, a[3], a[0], guestArgs{0, a[4], a[2], 0, a[1]}, false)
}

// simpleCopy has the count in a[1], the position's address in a[2] and the
// buffer's size in a[4].
func (m *Machine) simpleCopy(t *Task, user, buf uint64, a guestArgs, to bool) (uint64, error) {
	pos, err := m.mem.Load(a[2], 8)
	switch {
	case err != nil:
		return 0, err
	case int64(pos) < 0:
		return negErrno(int(errno.EINVAL)), nil
	case pos >= a[4], a[1] == 0:
		return 0, nil
	}
	n := min(a[1], a[4]-pos)
	left, err := m.copyUser(t, user, buf+pos, n, to)
	if err != nil {
		return 0, err
	}
	if left == n {
		return negErrno(int(errno.EFAULT)), nil
	}
	return n - left, m.mem.Store(a[2], 8, pos+n-left)
}
