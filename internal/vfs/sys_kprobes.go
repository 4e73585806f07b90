package vfs

import (
	"fmt"
	"strings"

	"klpemu/internal/errno"
	"klpemu/internal/machine"
)

// kprobesDir is /sys/kernel/debug/kprobes.
func kprobesDir(m Current) Node {
	return dir(0o755,
		Entry{"blacklist", &DynFile{Perm: 0o400, OnRead: func() ([]byte, error) { return []byte(kprobeBlacklist(m())), nil }}},
		Entry{"enabled", &DynFile{
			Perm:   0o600,
			OnRead: func() ([]byte, error) { return []byte(boolText(m().KprobesEnabled())), nil },
			OnWrite: func(data []byte) error {
				on, err := parseBool(data)
				if err != nil {
					return err
				}
				return doing(m(), "write_enabled_file_bool", func() error { return m().SetKprobes(on) })
			},
		}},
		Entry{"list", &DynFile{Perm: 0o400, OnRead: func() ([]byte, error) { return []byte(kprobeList(m())), nil }}},
	)
}

// kprobeList is report_probe for each registration.
func kprobeList(m *machine.Machine) string {
	var b strings.Builder
	for _, p := range m.Kprobes() {
		place, module := fmt.Sprintf("0x%x", p.Addr), " "
		if sym, ok := m.Symtab().Lookup(p.Addr); ok {
			place = fmt.Sprintf("%s+0x%x", sym.Name, sym.Offset)
			if sym.Module() != "" {
				module = sym.Module()
			}
		}
		for i := range p.Users() {
			_, disabled := p.Missed(i)
			fmt.Fprintf(&b, "%016x  k  %s  %s ", p.Addr, place, module)
			for _, f := range []struct {
				on   bool
				text string
			}{{p.Gone, "[GONE]"}, {disabled && !p.Gone, "[DISABLED]"}, {p.Ftrace, "[FTRACE]"}} {
				if f.on {
					b.WriteString(f.text)
				}
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// kprobeBlacklist is kprobe_blacklist_seq_show.
func kprobeBlacklist(m *machine.Machine) string {
	var b strings.Builder
	for _, r := range m.KprobeBlacklist() {
		fmt.Fprintf(&b, "0x%016x-0x%016x\t%s\n", r.Start, r.End, r.Name)
	}
	return b.String()
}

// kprobeEvents is kprobe_events: a line for each event, a line is written for
// each command; to be rewritten it must have no event in use.
func kprobeEvents(m Current) Node {
	return &DynFile{
		Perm: tracefsWrite,
		OnRead: func() ([]byte, error) {
			var b strings.Builder
			for _, e := range m().KprobeEvents() {
				b.WriteString(e.String() + "\n")
			}
			return []byte(b.String()), nil
		},
		OnOpen: func(f Flag) error {
			if !f.Writes() || f&Trunc == 0 {
				return nil
			}
			return doing(m(), "dyn_events_release_all", func() error { return m().ClearKprobeEvents() })
		},
		OnWrite: func(data []byte) error {
			for _, line := range strings.Split(string(data), "\n") {
				line, _, _ = strings.Cut(line, "#")
				if err := doing(m(), "create_or_delete_trace_kprobe", func() error { return m().KprobeCommand(line) }); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// kprobeProfile is probes_profile_seq_show: hits, and how often a probe was met
// while another one was being served.
func kprobeProfile(m Current) Node {
	return tracefs(func() string {
		var b strings.Builder
		for _, e := range m().KprobeEvents() {
			fmt.Fprintf(&b, "  %-44s %15d %15d\n", e.Name, e.Hits, e.Missed)
		}
		return b.String()
	})
}

// eventsDir is events: a directory for each group, in it one for each event.
func eventsDir(m Current) Node {
	return &DynDir{Perm: 0o750, List: func() []Entry {
		var entries []Entry
		seen := map[string]bool{}
		for _, e := range m().KprobeEvents() {
			if !seen[e.Group] {
				seen[e.Group] = true
				entries = append(entries, Entry{e.Group, eventGroup(m, e.Group)})
			}
		}
		return entries
	}}
}

func eventGroup(m Current, group string) Node {
	members := func() []*machine.KprobeEvent {
		var list []*machine.KprobeEvent
		for _, e := range m().KprobeEvents() {
			if e.Group == group {
				list = append(list, e)
			}
		}
		return list
	}
	return &DynDir{Perm: 0o750, List: func() []Entry {
		var entries []Entry
		for _, e := range members() {
			one := func() []*machine.KprobeEvent { return []*machine.KprobeEvent{e} }
			entries = append(entries, Entry{e.Name, dir(0o750, Entry{"enable", enableFile(m, one)})})
		}
		return append(entries, Entry{"enable", enableFile(m, members)})
	}}
}

// enableFile is the file enable of an event or of a group: X where some are on
// and others are off.
func enableFile(m Current, events func() []*machine.KprobeEvent) Node {
	return &DynFile{
		Perm: tracefsWrite,
		OnRead: func() ([]byte, error) {
			on, off := false, false
			for _, e := range events() {
				on, off = on || e.Enabled, off || !e.Enabled
			}
			if on && off {
				return []byte("X\n"), nil
			}
			return []byte(boolText(on)), nil
		},
		OnWrite: func(data []byte) error {
			n, err := parseNumber(data, 10)
			if err != nil {
				return err
			}
			if n > 1 {
				return errno.EINVAL
			}
			return doing(m(), "event_enable_write", func() error {
				for _, e := range events() {
					if err := m().EnableKprobeEvent(e, n == 1); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
}
