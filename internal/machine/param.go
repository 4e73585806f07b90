package machine

import (
	"fmt"
	"strings"

	"klpemu/cpu"
	"klpemu/internal/errno"
	"klpemu/internal/trace"
)

// Layout of struct kernel_param and kernel_param_ops.
const (
	kparamSize                                          = 40
	kparamName, kparamOps, kparamPerm, kparamArg        = 0, 16, 24, 32
	paramOpsFlags, paramOpsSet, paramOpsGet             = 0, 8, 16
	paramSection                                        = "__param"
	paramNoArg                                   uint64 = 1 // KERNEL_PARAM_OPS_FL_NOARG
)

// Param is one parameter of a module: a struct kernel_param in its section
// __param.
type Param struct {
	Name string
	Perm uint32 // mode of its file in /sys/module/M/parameters; 0: it has none

	addr uint64 // struct kernel_param
	ops  uint64 // struct kernel_param_ops
}

// Params are the module's parameters in the order of their section.
func (mod *Module) Params() []*Param { return mod.params }

// findParams reads the module's section __param.
func (m *Machine) findParams(mod *Module) error {
	for _, s := range mod.image.Sections {
		if s.Section.Name != paramSection {
			continue
		}
		for off := uint64(0); off+kparamSize <= s.Section.Size; off += kparamSize {
			f := &fields{m: m}
			at := s.Addr + off
			p := &Param{
				Name: f.text(f.word(at + kparamName)), Perm: uint32(f.word(at+kparamPerm) & 0o777),
				addr: at, ops: f.word(at + kparamOps),
			}
			if f.err != nil {
				return fmt.Errorf("%s+%#x: parameter %d: %w", paramSection, off, off/kparamSize, f.err)
			}
			mod.params = append(mod.params, p)
		}
	}
	return nil
}

// parseArgs is parse_args for the arguments of insmod.
func (m *Machine) parseArgs(mod *Module, args string) error {
	if err := m.findParams(mod); err != nil {
		return &LoadError{errno.ENOEXEC, err}
	}
	args = strings.TrimLeft(args, " \t\n")
	for args != "" {
		var name string
		var value *string
		name, value, args = nextArg(args)
		if name == "--" && value == nil {
			m.printk(trace.Warning, fmt.Sprintf("%s: parameters '%s' after `--' ignored", mod.Name, args))
			return nil
		}
		if err := m.parseOne(mod, name, value); err != nil {
			return err
		}
	}
	return nil
}

// parseOne is parse_one and what parse_args says about its errors.
func (m *Machine) parseOne(mod *Module, name string, value *string) error {
	p := mod.param(name)
	if p == nil && name == "async_probe" {
		return nil // every probe has ended when an init returns
	}
	if p == nil {
		m.unknownParameter(mod, name)
		return nil
	}
	ret := m.setParam(p, value)
	text := ""
	if value != nil {
		text = *value
	}
	switch ret {
	case 0:
		return nil
	case -int32(errno.ENOENT):
		m.printk(trace.Err, fmt.Sprintf("%s: Unknown parameter `%s'", mod.Name, name))
	case -int32(errno.ENOSPC):
		m.printk(trace.Err, fmt.Sprintf("%s: `%s' too large for parameter `%s'", mod.Name, text, name))
	default:
		m.printk(trace.Err, fmt.Sprintf("%s: `%s' invalid for parameter `%s'", mod.Name, text, name))
	}
	return errno.Errno(-ret)
}

// param finds a parameter; - and _ are the same in its name (parameq).
func (mod *Module) param(name string) *Param {
	name = strings.ReplaceAll(name, "-", "_")
	for _, p := range mod.params {
		if strings.ReplaceAll(p.Name, "-", "_") == name {
			return p
		}
	}
	return nil
}

// nextArg is next_arg: one NAME or NAME=VALUE, where quotes keep blanks.
func nextArg(args string) (name string, value *string, rest string) {
	quoted, equals := false, -1
	if strings.HasPrefix(args, `"`) {
		args, quoted = args[1:], true
	}
	inQuote := quoted
	i := 0
	for ; i < len(args); i++ {
		if strings.IndexByte(" \t\n", args[i]) >= 0 && !inQuote {
			break
		}
		if equals < 0 && args[i] == '=' {
			equals = i
		}
		if args[i] == '"' {
			inQuote = !inQuote
		}
	}
	word, rest := args[:i], strings.TrimLeft(args[i:], " \t\n")
	if equals < 0 {
		if quoted {
			word = strings.TrimSuffix(word, `"`)
		}
		return word, nil, rest
	}
	v := word[equals+1:]
	if strings.HasPrefix(v, `"`) {
		v = strings.TrimSuffix(v[1:], `"`)
	} else if quoted {
		v = strings.TrimSuffix(v, `"`)
	}
	return word[:equals], &v, rest
}

// setParam calls the parameter's set function; a parameter without a value
// passes NULL, where its type takes that.
func (m *Machine) setParam(p *Param, value *string) int32 {
	f := &fields{m: m}
	flags, set := f.word(p.ops+paramOpsFlags), f.word(p.ops+paramOpsSet)
	if f.err != nil || set == 0 {
		return -int32(errno.EPERM)
	}
	if value == nil && flags&paramNoArg == 0 {
		return -int32(errno.EINVAL)
	}
	text := uint64(0)
	if value != nil {
		if text = m.alloc(uint64(len(*value)) + 1); text == 0 {
			return -int32(errno.ENOMEM)
		}
		defer m.release(text)
		if m.mem.Write(text, append([]byte(*value), 0)) != nil {
			return -int32(errno.EFAULT)
		}
	}
	return klpGuest{m}.Call(set, text, p.addr)
}

// StoreParam is a write to a parameter's file (param_attr_store).
func (m *Machine) StoreParam(p *Param, value string) error {
	ret := int32(0)
	if blocked := m.Do("param_attr_store", func() { ret = m.setParam(p, &value) }); blocked != nil {
		return blocked
	}
	if ret < 0 {
		return errno.Errno(-ret)
	}
	return nil
}

// ShowParam is a read of a parameter's file (param_attr_show).
func (m *Machine) ShowParam(p *Param) ([]byte, error) {
	buf := m.alloc(pageSize)
	if buf == 0 {
		return nil, errno.ENOMEM
	}
	defer m.release(buf)
	get, err := m.mem.Load(p.ops+paramOpsGet, 8)
	if err != nil || get == 0 {
		return nil, errno.EPERM
	}
	n := int32(0)
	if blocked := m.Do("param_attr_show", func() { n = klpGuest{m}.Call(get, buf, p.addr) }); blocked != nil {
		return nil, blocked
	}
	if n < 0 {
		return nil, errno.Errno(-n)
	}
	out := make([]byte, min(n, pageSize-1))
	if err := m.mem.Read(buf, out); err != nil {
		return nil, errno.EFAULT
	}
	return out, nil
}

// paramArg is the variable of the struct kernel_param in %rsi.
func (m *Machine) paramArg(c *CPU) (uint64, error) {
	return m.mem.Load(c.vcpu.Reg(cpu.RSI)+kparamArg, 8)
}
