package machine

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"

	"klpemu/cpu"
	"klpemu/internal/errno"
)

// numberParam is a STANDARD_PARAM_DEF of kernel/params.c.
type numberParam struct {
	name   string
	size   int
	signed bool
	format string
}

// paramGates are the set and get functions of the types of parameters.
func paramGates() []gate {
	var gates []gate
	for _, p := range []numberParam{
		{"byte", 1, false, "%d\n"},
		{"short", 2, true, "%d\n"},
		{"ushort", 2, false, "%d\n"},
		{"int", 4, true, "%d\n"},
		{"uint", 4, false, "%d\n"},
		{"long", 8, true, "%d\n"},
		{"ulong", 8, false, "%d\n"},
		{"ullong", 8, false, "%d\n"},
		{"hexint", 4, false, "0x%06x\n"},
	} {
		gates = append(gates, gate{"param_set_" + p.name, p.set}, gate{"param_get_" + p.name, p.get})
	}
	return append(gates,
		gate{"param_set_charp", (*Machine).gateSetCharp}, gate{"param_get_charp", (*Machine).gateGetCharp},
		gate{"param_set_bool", setBool(1, false)}, gate{"param_get_bool", getBool(false)},
		gate{"param_set_invbool", setBool(1, true)}, gate{"param_get_invbool", getBool(true)},
		gate{"param_set_bint", setBool(4, false)}, gate{"param_get_bint", numberParam{"int", 4, true, "%d\n"}.get},
		gate{"param_array_set", (*Machine).gateSetArray}, gate{"param_array_get", (*Machine).gateGetArray},
	)
}

// paramText reads the value that a set function gets in %rdi.
func (m *Machine) paramText(c *CPU) (string, error) {
	return m.readString(c.vcpu.Reg(cpu.RDI), pageSize)
}

func setResult(c *CPU, e errno.Errno) error {
	c.vcpu.SetReg(cpu.RAX, uint64(-int64(e)))
	return nil
}

// set is param_set_int and its like.
func (p numberParam) set(m *Machine, c *CPU, t *Task) error {
	text, err := m.paramText(c)
	if err != nil {
		return err
	}
	v, e := parseKernelNumber(text, p.size, p.signed)
	if e != 0 {
		return setResult(c, e)
	}
	arg, err := m.paramArg(c)
	if err != nil {
		return err
	}
	if err := m.mem.Store(arg, p.size, v); err != nil {
		return err
	}
	return setResult(c, 0)
}

// get is param_get_int and its like.
func (p numberParam) get(m *Machine, c *CPU, t *Task) error {
	arg, err := m.paramArg(c)
	if err != nil {
		return err
	}
	v, err := m.mem.Load(arg, p.size)
	if err != nil {
		return err
	}
	if p.signed {
		return m.paramShow(c, fmt.Sprintf(p.format, signExtend(v, p.size)))
	}
	return m.paramShow(c, fmt.Sprintf(p.format, v))
}

// paramShow is scnprintf(buffer, PAGE_SIZE, ...): the text goes to %rdi, its
// length to %rax.
func (m *Machine) paramShow(c *CPU, text string) error {
	text = text[:min(len(text), pageSize-1)]
	c.vcpu.SetReg(cpu.RAX, uint64(len(text)))
	return m.mem.Write(c.vcpu.Reg(cpu.RDI), append([]byte(text), 0))
}

// parseKernelNumber is kstrtoint and its like with base 0: 0x and 0 choose the
// base, one newline may follow, everything else is refused.
func parseKernelNumber(text string, size int, signed bool) (uint64, errno.Errno) {
	text = strings.TrimSuffix(text, "\n")
	negative := false
	if digits, ok := strings.CutPrefix(text, "-"); ok && signed {
		text, negative = digits, true
	} else {
		text = strings.TrimPrefix(text, "+")
	}
	base := 10
	switch lower := strings.ToLower(text); {
	case strings.HasPrefix(lower, "0x") && len(text) > 2:
		text, base = text[2:], 16
	case strings.HasPrefix(lower, "0") && len(text) > 1:
		base = 8
	}
	v, err := strconv.ParseUint(text, base, 64)
	if err != nil {
		if strings.Contains(err.Error(), strconv.ErrRange.Error()) {
			return 0, errno.ERANGE
		}
		return 0, errno.EINVAL
	}
	width := 8 * size
	if signed {
		width--
	}
	limit := width
	if bits.Len64(v) > limit && !(negative && v == 1<<uint(width)) {
		return 0, errno.ERANGE
	}
	if negative {
		v = -v
	}
	return v, 0
}

// kernelBool is kstrtobool.
func kernelBool(text string) (bool, bool) {
	s := strings.ToLower(text)
	switch {
	case s == "":
	case strings.IndexByte("yt1", s[0]) >= 0, strings.HasPrefix(s, "on"):
		return true, true
	case strings.IndexByte("nf0", s[0]) >= 0, strings.HasPrefix(s, "of"):
		return false, true
	}
	return false, false
}

// setBool is param_set_bool; a parameter without a value is true.
func setBool(size int, invert bool) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, t *Task) error {
		on, ok := true, true
		if c.vcpu.Reg(cpu.RDI) != 0 {
			text, err := m.paramText(c)
			if err != nil {
				return err
			}
			if on, ok = kernelBool(text); !ok {
				return setResult(c, errno.EINVAL)
			}
		}
		arg, err := m.paramArg(c)
		if err != nil {
			return err
		}
		v := uint64(0)
		if on != invert {
			v = 1
		}
		if err := m.mem.Store(arg, size, v); err != nil {
			return err
		}
		return setResult(c, 0)
	}
}

// getBool is param_get_bool.
func getBool(invert bool) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, t *Task) error {
		arg, err := m.paramArg(c)
		if err != nil {
			return err
		}
		v, err := m.mem.Load(arg, 1)
		if err != nil {
			return err
		}
		if (v != 0) != invert {
			return m.paramShow(c, "Y\n")
		}
		return m.paramShow(c, "N\n")
	}
}

// maxCharp is the longest string that param_set_charp takes.
const maxCharp = 1024

// gateSetCharp is param_set_charp: the variable points at a copy.
func (m *Machine) gateSetCharp(c *CPU, t *Task) error {
	text, err := m.paramText(c)
	if err != nil {
		return err
	}
	if len(text) > maxCharp {
		name, _ := m.mem.Load(c.vcpu.Reg(cpu.RSI)+kparamName, 8)
		s, _ := m.readString(name, maxName)
		m.printk(3, s+": string parameter too long")
		return setResult(c, errno.ENOSPC)
	}
	arg, err := m.paramArg(c)
	if err != nil {
		return err
	}
	old, err := m.mem.Load(arg, 8)
	if err != nil {
		return err
	}
	addr := m.alloc(uint64(len(text)) + 1)
	if addr == 0 {
		return setResult(c, errno.ENOMEM)
	}
	if err := m.mem.Write(addr, append([]byte(text), 0)); err != nil {
		return err
	}
	if m.paramTexts[old] { // maybe_kfree_parameter
		delete(m.paramTexts, old)
		m.release(old)
	}
	if m.paramTexts == nil {
		m.paramTexts = make(map[uint64]bool)
	}
	m.paramTexts[addr] = true
	if err := m.mem.Store(arg, 8, addr); err != nil {
		return err
	}
	return setResult(c, 0)
}

// gateGetCharp is param_get_charp.
func (m *Machine) gateGetCharp(c *CPU, t *Task) error {
	arg, err := m.paramArg(c)
	if err != nil {
		return err
	}
	ptr, err := m.mem.Load(arg, 8)
	if err != nil {
		return err
	}
	text, err := m.formatString(fmtSpec{prec: -1}, ptr)
	if err != nil {
		return err
	}
	return m.paramShow(c, text+"\n")
}

// Layout of struct kparam_array.
const (
	arrayMax, arrayElemSize, arrayNum, arrayOps, arrayElem = 0, 4, 8, 16, 24
)

// paramArray is a struct kparam_array.
type paramArray struct {
	max, elemSize uint32
	num           uint64 // unsigned int *
	ops, elem     uint64
}

func (m *Machine) paramArray(kp uint64) (paramArray, error) {
	f := &fields{m: m}
	at := f.word(kp + kparamArg)
	sizes := f.word(at + arrayMax)
	a := paramArray{
		max: uint32(sizes), elemSize: uint32(sizes >> 32),
		num: f.word(at + arrayNum), ops: f.word(at + arrayOps), elem: f.word(at + arrayElem),
	}
	return a, f.err
}

// gateSetArray is param_array_set: the elements are separated by commas.
func (m *Machine) gateSetArray(c *CPU, t *Task) error {
	text, err := m.paramText(c)
	if err != nil {
		return err
	}
	kp := c.vcpu.Reg(cpu.RSI)
	a, err := m.paramArray(kp)
	if err != nil {
		return err
	}
	f := &fields{m: m}
	name := f.text(f.word(kp + kparamName))
	if f.err != nil {
		return f.err
	}
	m.gateWork(t, "param_array_set", func() uint64 { return uint64(int64(m.setArray(a, name, text))) })
	return nil
}

func (m *Machine) setArray(a paramArray, name, text string) int32 {
	kp := m.alloc(kparamSize)
	if kp == 0 {
		return -int32(errno.ENOMEM)
	}
	defer m.release(kp)
	n := uint32(0)
	for _, word := range strings.Split(text, ",") {
		if n == a.max {
			m.printk(3, fmt.Sprintf("%s: can only take %d arguments", name, a.max))
			return -int32(errno.EINVAL)
		}
		if m.mem.Store(kp+kparamArg, 8, a.elem+uint64(n)*uint64(a.elemSize)) != nil {
			return -int32(errno.EFAULT)
		}
		if ret := m.setParam(&Param{addr: kp, ops: a.ops}, &word); ret != 0 {
			return ret
		}
		n++
	}
	if a.num != 0 && m.mem.Store(a.num, 4, uint64(n)) != nil {
		return -int32(errno.EFAULT)
	}
	return 0
}

// gateGetArray is param_array_get.
func (m *Machine) gateGetArray(c *CPU, t *Task) error {
	a, err := m.paramArray(c.vcpu.Reg(cpu.RSI))
	if err != nil {
		return err
	}
	n := uint64(a.max)
	if a.num != 0 {
		if n, err = m.mem.Load(a.num, 4); err != nil {
			return err
		}
	}
	get, err := m.mem.Load(a.ops+paramOpsGet, 8)
	if err != nil {
		return err
	}
	buf, kp := c.vcpu.Reg(cpu.RDI), m.alloc(kparamSize)
	m.gateWork(t, "param_array_get", func() uint64 {
		defer m.release(kp)
		off := uint64(0)
		for i := uint64(0); i < min(n, uint64(a.max)) && off < pageSize-64; i++ {
			if i > 0 {
				_ = m.mem.Store(buf+off-1, 1, ',')
			}
			_ = m.mem.Store(kp+kparamArg, 8, a.elem+i*uint64(a.elemSize))
			ret := klpGuest{m}.Call(get, buf+off, kp)
			if ret < 0 {
				return uint64(int64(ret))
			}
			off += uint64(ret)
		}
		return off
	})
	return nil
}
