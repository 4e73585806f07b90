package machine

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"klpemu/ftrace"
	"klpemu/internal/errno"
	"klpemu/internal/trace"
)

// KprobeEvent is struct trace_kprobe: a probe that records an event.
type KprobeEvent struct {
	Group, Name string
	Symbol      string // "" where the place is an address
	Offset      uint64
	Enabled     bool
	Hits        uint64
	Missed      uint64

	probe  *Kprobe // nil while its module is not loaded
	user   *kprobeUser
	module string // of MOD:SYM
}

// String is the line of kprobe_events (trace_kprobe_show).
func (e *KprobeEvent) String() string {
	place := fmt.Sprintf("0x%016x", e.Offset)
	switch {
	case e.Symbol != "" && e.Offset != 0:
		place = fmt.Sprintf("%s+%d", e.Symbol, e.Offset)
	case e.Symbol != "":
		place = e.Symbol
	}
	return fmt.Sprintf("p:%s/%s %s", e.Group, e.Name, place)
}

// KprobeEvents are the events of kprobes, in the order of their making.
func (m *Machine) KprobeEvents() []*KprobeEvent { return m.kprobe.events }

// maxEvents bounds the events of kprobes.
const maxEvents = 4096

// KprobeCommand is a line written to kprobe_events (create_or_delete_trace_kprobe).
// Errors: EINVAL for what cannot be read or where no probe may be, EILSEQ in the
// middle of an instruction, ENOENT for a symbol or an event that is not there,
// EADDRNOTAVAIL for a symbol that several have, EEXIST for an event that is there,
// EBUSY for one that is in use, EOPNOTSUPP for return probes and arguments.
func (m *Machine) KprobeCommand(line string) error {
	words := strings.Fields(line)
	if len(words) == 0 || strings.HasPrefix(words[0], "#") {
		return nil
	}
	kind, name, _ := strings.Cut(words[0], ":")
	switch {
	case kind == "-":
		return m.deleteKprobeEvents(name)
	case strings.HasPrefix(kind, "r"):
		return errno.EOPNOTSUPP
	case kind != "p" || len(words) == 1:
		return errno.EINVAL
	case len(words) > 2:
		return errno.EOPNOTSUPP
	}
	e, module, err := parseKprobeEvent(name, words[1])
	if err != nil {
		return err
	}
	return m.createKprobeEvent(e, module)
}

// parseKprobeEvent reads [GRP/]EVENT and [MOD:]SYM[+offs] or an address.
func parseKprobeEvent(name, place string) (e *KprobeEvent, module string, err error) {
	e = &KprobeEvent{Group: "kprobes"}
	if group, event, ok := strings.Cut(strings.Replace(name, ".", "/", 1), "/"); ok {
		e.Group, name = group, event
	}
	if place[0] >= '0' && place[0] <= '9' {
		if e.Offset, err = strconv.ParseUint(place, 0, 64); err != nil {
			return nil, "", errno.EINVAL
		}
		e.Name = fmt.Sprintf("p_0x%016x", e.Offset)
	} else {
		if mod, rest, ok := strings.Cut(place, ":"); ok {
			module, place = mod, rest
		}
		symbol, offset, ok := strings.Cut(place, "+")
		if ok {
			if e.Offset, err = strconv.ParseUint(offset, 0, 32); err != nil {
				return nil, "", errno.EINVAL
			}
		}
		if e.Symbol = symbol; module != "" {
			e.Symbol = module + ":" + symbol
		}
		e.Name = strings.NewReplacer(":", "_", ".", "_").Replace(fmt.Sprintf("p_%s_%d", e.Symbol, e.Offset))
	}
	if name != "" {
		e.Name = name
	}
	if !goodEventName(e.Group) || !goodEventName(e.Name) || e.Symbol == "" && place[0] == '+' {
		return nil, "", errno.EINVAL
	}
	return e, module, nil
}

// goodEventName is is_good_system_name, and the limit of its length.
func goodEventName(s string) bool {
	if s == "" || len(s) >= 64 || s[0] >= '0' && s[0] <= '9' {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// createKprobeEvent is __trace_kprobe_create and register_trace_kprobe: the probe
// is registered, disabled.
func (m *Machine) createKprobeEvent(e *KprobeEvent, module string) error {
	if m.kprobeEvent(e.Group, e.Name) != nil {
		return errno.EEXIST
	}
	if len(m.kprobe.events) >= maxEvents {
		return errno.ENOMEM
	}
	e.module, e.user = module, &kprobeUser{event: e, disabled: true}
	err := m.registerKprobeEvent(e)
	if errors.Is(err, errno.ENOENT) && module != "" && m.module(module) == nil {
		m.printk(trace.Warning, "trace_kprobe: This probe might be able to register after target module is loaded. Continue.")
		err = nil
	}
	if err == nil {
		m.kprobe.events = append(m.kprobe.events, e)
	}
	return err
}

// registerKprobeEvent is __register_trace_kprobe.
func (m *Machine) registerKprobeEvent(e *KprobeEvent) error {
	symbol, module := strings.TrimPrefix(e.Symbol, e.module+":"), e.module
	if symbol != "" && module == "" {
		switch n := len(m.syms.ByName(symbol)); {
		case n == 0:
			return errno.ENOENT
		case n > 1:
			return errno.EADDRNOTAVAIL
		}
	}
	addr, onEntry, err := m.KprobeAddr(module, symbol, e.Offset)
	if err != nil {
		return err
	}
	if m.notraceFunc(addr) {
		sym, _ := m.syms.Lookup(addr)
		m.printk(trace.Warning, "trace_kprobe: Could not probe notrace function "+sym.Name)
		return errno.EINVAL
	}
	if err := m.registerKprobe(addr, onEntry, e.user); err != nil {
		return err
	}
	e.probe = m.kprobeAt(addr)
	return nil
}

// kprobesOfModule is trace_kprobe_module_callback: events of a module that has come
// get their probe, or a new one.
func (m *Machine) kprobesOfModule(module string) {
	for _, e := range m.kprobe.events {
		if e.module != module {
			continue
		}
		if e.probe != nil {
			m.unregisterKprobe(e.probe, e.user)
			e.probe = nil
		}
		e.user.disabled = !e.Enabled
		if err := m.registerKprobeEvent(e); err != nil {
			m.printk(trace.Warning, fmt.Sprintf("trace_kprobe: Failed to re-register probe %s on %s: %d", e.Name, module, errnoNumber(err)))
		}
	}
}

// notraceFunc is within_notrace_func: a function without a call site.
func (m *Machine) notraceFunc(addr uint64) bool {
	size, offset, ok := m.SizeOffset(addr)
	return ok && size > 0 && m.ftrace.Location(addr-offset) == 0
}

func (m *Machine) kprobeEvent(group, name string) *KprobeEvent {
	for _, e := range m.kprobe.events {
		if e.Name == name && (group == "" || e.Group == group) {
			return e
		}
	}
	return nil
}

// deleteKprobeEvents is dyn_event_release for `-:[GRP/]EVENT`.
func (m *Machine) deleteKprobeEvents(name string) error {
	group, event, ok := strings.Cut(strings.Replace(name, ".", "/", 1), "/")
	if !ok {
		group, event = "", name
	}
	if event == "" {
		return errno.EINVAL
	}
	e := m.kprobeEvent(group, event)
	switch {
	case e == nil:
		return errno.ENOENT
	case e.Enabled:
		return errno.EBUSY
	}
	m.dropKprobeEvent(e)
	return nil
}

// ClearKprobeEvents is what opening kprobe_events with truncation does: all
// events, or none where one is in use.
func (m *Machine) ClearKprobeEvents() error {
	for _, e := range m.kprobe.events {
		if e.Enabled {
			return errno.EBUSY
		}
	}
	for len(m.kprobe.events) > 0 {
		m.dropKprobeEvent(m.kprobe.events[0])
	}
	return nil
}

func (m *Machine) dropKprobeEvent(e *KprobeEvent) {
	if e.probe != nil {
		m.unregisterKprobe(e.probe, e.user)
	}
	m.kprobe.events = slices.DeleteFunc(m.kprobe.events, func(other *KprobeEvent) bool { return other == e })
}

// EnableKprobeEvent writes the event's enable file.
func (m *Machine) EnableKprobeEvent(e *KprobeEvent, on bool) error {
	if e.Enabled == on {
		return nil
	}
	if e.probe != nil && !e.probe.Gone { // else it waits for its module
		if err := m.enableKprobe(e.probe, e.user, on); err != nil {
			return err
		}
	}
	e.Enabled = on
	return nil
}

// recordKprobe is kprobe_trace_func.
func (m *Machine) recordKprobe(e *KprobeEvent, p *Kprobe, t *Task) {
	e.Hits++
	place := traceContext{handlerContext{m, t}}.Place()
	if place.Preempt > 0 && p.Ftrace {
		place.Preempt-- // what the handler's own protection has switched off
	}
	place.IRQsOff = place.IRQsOff || !p.Ftrace
	m.tracer.Record(ftrace.Event{Kind: ftrace.EventKprobe, Time: m.Now(), Place: place, IP: p.Addr, Name: e.Name})
}
