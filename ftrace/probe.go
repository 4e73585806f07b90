package ftrace

import (
	"slices"

	"klpemu/internal/errno"
)

// ProbeKinds are the commands of set_ftrace_filter that make a function do
// something (kernel/trace/trace_functions.c).
func ProbeKinds() []string { return []string{"traceon", "traceoff", "stacktrace"} }

// probe is struct ftrace_func_probe: one for each command, and one more for the
// command with a count.
type probe struct {
	kind    string
	counted bool
	ops     *Ops
	counts  map[uint64]int64
}

// A ProbeEntry is a line of set_ftrace_filter.
type ProbeEntry struct {
	IP      uint64
	Kind    string
	Counted bool
	Count   int64
}

// ProbeEntries are the functions with a command, those of the newest first.
func (t *Tracer) ProbeEntries() []ProbeEntry {
	var all []ProbeEntry
	for _, p := range t.probes {
		for _, ip := range p.ops.Filter() {
			all = append(all, ProbeEntry{ip, p.kind, p.counted, p.counts[ip]})
		}
	}
	return all
}

func (t *Tracer) findProbe(kind string, counted bool) *probe {
	for _, p := range t.probes {
		if p.kind == kind && p.counted == counted {
			return p
		}
	}
	return nil
}

// AddProbe is register_ftrace_function_probe. Errors: EINVAL where no function
// is added; what Register refuses with.
func (t *Tracer) AddProbe(kind string, counted bool, count int64, ips []uint64) error {
	p := t.findProbe(kind, counted)
	if p == nil {
		p = &probe{kind: kind, counted: counted, counts: map[uint64]int64{}}
		p.ops = &Ops{
			Name: "function_trace_probe_call", Func: t.cfg.ProbeGate, Flags: OpsInitialized | OpsDynamic,
			Handler: func(ip, parent uint64, _ *Ops, _ *Regs) { t.probeCall(p, ip, parent) },
		}
		if t.cfg.ProbeOps != nil {
			p.ops.Addr = t.cfg.ProbeOps()
		}
	}
	var added []uint64
	for _, ip := range ips {
		if !p.ops.filter[ip] {
			added = append(added, ip)
			p.counts[ip] = count
		}
	}
	if len(added) == 0 {
		return errno.EINVAL
	}
	if err := t.f.SetFilterIPs(p.ops, added, false, false); err != nil {
		return err
	}
	if p.ops.Flags&OpsEnabled == 0 {
		if err := t.f.Register(p.ops); err != nil {
			return err
		}
		t.probes = append([]*probe{p}, t.probes...)
	}
	return nil
}

// RemoveProbe is unregister_ftrace_function_probe_func. Errors: ENODEV where
// nobody has the command, EINVAL where none of the functions has.
func (t *Tracer) RemoveProbe(kind string, counted bool, match func(ip uint64) bool) error {
	p := t.findProbe(kind, counted)
	if p == nil {
		return errno.ENODEV
	}
	var left, gone []uint64
	for _, ip := range p.ops.Filter() {
		if match(ip) {
			gone = append(gone, ip)
		} else {
			left = append(left, ip)
		}
	}
	if len(gone) == 0 {
		return errno.EINVAL
	}
	if len(left) > 0 {
		return t.f.SetFilterIPs(p.ops, left, false, true)
	}
	if err := t.f.Unregister(p.ops); err != nil {
		return err
	}
	t.probes = slices.DeleteFunc(t.probes, func(other *probe) bool { return other == p })
	return nil
}

// probeCall is function_trace_probe_call.
func (t *Tracer) probeCall(p *probe, ip, _ uint64) {
	c := t.cfg.Context()
	c.PreemptDisable()
	defer c.PreemptEnable()
	if p.counted && p.counts[ip] <= 0 {
		return
	}
	switch on := p.kind == "traceon"; p.kind {
	case "stacktrace":
		if !t.on {
			return
		}
		place := c.Place()
		place.Preempt--
		t.add(Event{Kind: EventStack, Time: t.cfg.Now(), Place: place, Stack: c.Stack()})
	default:
		if t.on == on {
			return
		}
		t.on = on
	}
	if p.counted {
		p.counts[ip]--
	}
}
