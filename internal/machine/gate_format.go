package machine

import (
	"strings"

	"klpemu/cpu"
	"klpemu/internal/trace"
)

// formatGates are the functions of lib/vsprintf.c, lib/kasprintf.c and
// fs/sysfs that print into a buffer.
func formatGates() []gate {
	return []gate{
		{"sprintf", printInto(textCall{size: -1, format: 1})},
		{"vsprintf", printInto(textCall{size: -1, format: 1, list: true})},
		{"snprintf", printInto(textCall{size: 1, format: 2})},
		{"vsnprintf", printInto(textCall{size: 1, format: 2, list: true})},
		{"scnprintf", printInto(textCall{size: 1, format: 2, fits: true})},
		{"vscnprintf", printInto(textCall{size: 1, format: 2, list: true, fits: true})},
		{"kasprintf", printNew(1, false)},
		{"kvasprintf", printNew(1, true)},
		{"kvasprintf_const", printNew(1, true)},
		{"sysfs_emit", (*Machine).gateSysfsEmit},
		{"sysfs_emit_at", (*Machine).gateSysfsEmitAt},
	}
}

// textCall says where the arguments of a printing function are.
type textCall struct {
	size   int  // index of the size argument; -1: there is none
	format int  // index of the format
	list   bool // a va_list follows the format, not the arguments
	fits   bool // the result is what was written, not what would have been
}

// textArgs are the arguments that follow the format at index format.
func (m *Machine) textArgs(c *CPU, format int, list bool) (argSource, error) {
	if list {
		return m.vaListAt(c.vcpu.Reg(argRegs[format+1]))
	}
	return &varArgs{m: m, c: c, next: format + 1}, nil
}

// formatCall formats by the arguments of the call that c is in.
func (m *Machine) formatCall(c *CPU, format int, list bool, limit int) (string, error) {
	args, err := m.textArgs(c, format, list)
	if err != nil {
		return "", err
	}
	return m.vsprintf(c.vcpu.Reg(argRegs[format]), args, limit)
}

func printInto(f textCall) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, _ *Task) error {
		text, err := m.formatCall(c, f.format, f.list, maxText)
		if err != nil {
			return err
		}
		room := uint64(maxText) + 1
		if f.size >= 0 {
			room = c.vcpu.Reg(argRegs[f.size])
		}
		n := len(text)
		if room > 0 {
			text = text[:min(uint64(n), room-1)]
			if err := m.mem.Write(c.vcpu.Reg(cpu.RDI), append([]byte(text), 0)); err != nil {
				return err
			}
		} else {
			text = ""
		}
		if f.fits {
			n = len(text)
		}
		c.vcpu.SetReg(cpu.RAX, uint64(n))
		return nil
	}
}

// printNew is kasprintf: the text goes to new memory.
func printNew(format int, list bool) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, _ *Task) error {
		text, err := m.formatCall(c, format, list, maxText)
		if err != nil {
			return err
		}
		c.vcpu.SetReg(cpu.RAX, m.newString(text))
		return nil
	}
}

// gateSysfsEmit is sysfs_emit(buf, fmt, ...); buf must be the page that show()
// was given.
func (m *Machine) gateSysfsEmit(c *CPU, _ *Task) error {
	buf := c.vcpu.Reg(cpu.RDI)
	if m.src.WarnOn(buf == 0 || buf&(pageSize-1) != 0, "sysfs_emit", "invalid sysfs_emit: buf:"+m.formatPointer(buf)) {
		c.vcpu.SetReg(cpu.RAX, 0)
		return nil
	}
	return m.emitAt(c, buf, 0, 1)
}

func (m *Machine) gateSysfsEmitAt(c *CPU, _ *Task) error {
	buf, at := c.vcpu.Reg(cpu.RDI), uint64(uint32(c.vcpu.Reg(cpu.RSI)))
	if m.src.WarnOn(buf == 0 || buf&(pageSize-1) != 0 || at >= pageSize, "sysfs_emit_at", "invalid sysfs_emit_at: buf:"+m.formatPointer(buf)) {
		c.vcpu.SetReg(cpu.RAX, 0)
		return nil
	}
	return m.emitAt(c, buf, at, 2)
}

func (m *Machine) emitAt(c *CPU, buf, at uint64, format int) error {
	text, err := m.formatCall(c, format, false, pageSize)
	if err != nil {
		return err
	}
	text = text[:min(uint64(len(text)), pageSize-at-1)]
	c.vcpu.SetReg(cpu.RAX, uint64(len(text)))
	return m.mem.Write(buf+at, append([]byte(text), 0))
}

// printkGates are kernel/printk, lib/dynamic_debug.c, lib/ratelimit.c,
// lib/dump_stack.c and the parts of kernel/panic.c that print.
func printkGates() []gate {
	gates := sameGate((*Machine).gatePrintk, "_printk", "printk", "_printk_deferred")
	return append(gates,
		gate{"vprintk", (*Machine).gateVprintk},
		gate{"__warn_printk", (*Machine).gateWarnPrintk},
		gate{"__dynamic_pr_debug", (*Machine).gateDynamicDebug},
		gate{"dump_stack", (*Machine).gateDumpStack},
		fnGate("___ratelimit", (*Machine).ratelimit),
		fnGate("__printk_ratelimit", func(*Machine, *Task, guestArgs) (uint64, error) { return 1, nil }),
		fnGate("refcount_warn_saturate", (*Machine).refcountWarn),
	)
}

// logText is vprintk_store: it splits the level off and keeps a text that has no
// newline for the KERN_CONT that may follow.
func (m *Machine) logText(text string) {
	level, cont := trace.Warning, false // MESSAGE_LOGLEVEL_DEFAULT
	for len(text) >= 2 && text[0] == '\x01' {
		switch d := text[1]; {
		case d >= '0' && d <= '7':
			level = trace.Level(d - '0')
		case d == 'c':
			cont = true
		}
		text = text[2:]
	}
	text = strings.ToValidUTF8(text, "?")
	if open := m.log.open; open != nil {
		m.log.open = nil
		if cont {
			level, text = open.Level, open.Text+text
		} else {
			m.printk(open.Level, open.Text)
		}
	}
	if text == "" {
		return
	}
	if !strings.HasSuffix(text, "\n") && cont {
		m.log.open = &LogRecord{Level: level, Text: text}
		return
	}
	m.printk(level, text)
}

func (m *Machine) gateVprintk(c *CPU, _ *Task) error {
	text, err := m.formatCall(c, 0, true, maxFormat)
	if err != nil {
		return err
	}
	c.vcpu.SetReg(cpu.RAX, uint64(len(text)))
	m.logText(text)
	return nil
}

// gateWarnPrintk is what WARN() prints before its trap.
func (m *Machine) gateWarnPrintk(c *CPU, _ *Task) error {
	text, err := m.formatCall(c, 0, false, maxFormat)
	if err != nil {
		return err
	}
	m.printk(trace.Warning, cutHere)
	m.logText(text)
	return nil
}

// gateDynamicDebug is __dynamic_pr_debug(descriptor, fmt, ...): it is called
// where the site is switched on.
func (m *Machine) gateDynamicDebug(c *CPU, _ *Task) error {
	text, err := m.formatCall(c, 1, false, maxFormat)
	if err != nil {
		return err
	}
	m.printk(trace.Debug, text)
	return nil
}

// gateDumpStack is dump_stack().
func (m *Machine) gateDumpStack(c *CPU, t *Task) error {
	m.dumpStack(c, t)
	return nil
}

// Places in struct ratelimit_state.
const (
	ratelimitInterval, ratelimitBurst, ratelimitPrinted, ratelimitMissed, ratelimitBegin = 4, 8, 12, 16, 24
)

// ratelimit is ___ratelimit(state, func): whether to go on.
func (m *Machine) ratelimit(_ *Task, a guestArgs) (uint64, error) {
	f := &fields{m: m}
	state := a[0]
	interval, burst := uint32(f.word(state+ratelimitInterval)), uint32(f.word(state+ratelimitBurst))
	printed, missed, begin := uint32(f.word(state+ratelimitPrinted)), uint32(f.word(state+ratelimitMissed)), f.word(state+ratelimitBegin)
	name := f.text(a[1])
	if f.err != nil || interval == 0 {
		return 1, f.err
	}
	now := uint64(m.Now() / jiffy)
	if begin == 0 {
		begin = max(now, 1)
	}
	if now > begin+uint64(interval) {
		if missed != 0 {
			m.src.Warn("___ratelimit", "%s: %d callbacks suppressed", name, missed)
		}
		begin, printed, missed = now, 0, 0
	}
	ok := printed < burst
	if ok {
		printed++
	} else {
		missed++
	}
	for _, w := range [][3]uint64{{ratelimitPrinted, uint64(printed), 4}, {ratelimitMissed, uint64(missed), 4}, {ratelimitBegin, begin, 8}} {
		if err := m.mem.Store(state+w[0], int(w[2]), w[1]); err != nil {
			return 0, err
		}
	}
	return boolReg(ok), nil
}

// refcountSaturated is REFCOUNT_SATURATED.
const refcountSaturated = 0xc0000000

// refcountWarn is refcount_warn_saturate(r, type).
func (m *Machine) refcountWarn(_ *Task, a guestArgs) (uint64, error) {
	what := [...]string{
		"saturated; leaking memory", "saturated; leaking memory", "addition on 0; use-after-free",
		"underflow; use-after-free", "decrement hit 0; leaking memory",
	}
	text := "unknown saturation event!?"
	if i := uint32(a[1]); i < uint32(len(what)) {
		text = what[i]
	}
	m.src.WarnOn(true, "refcount_warn_saturate", "refcount_t: "+text+".")
	return 0, m.store32(a[0], refcountSaturated)
}
