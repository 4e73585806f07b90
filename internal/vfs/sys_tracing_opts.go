package vfs

import (
	"strconv"
	"strings"

	"klpemu/internal/errno"
	"klpemu/internal/machine"
)

// parseNumber is kstrtoul_from_user: a number and at most one line's end.
func parseNumber(data []byte, base int) (uint64, error) {
	text := strings.TrimSuffix(string(data), "\n")
	n, err := strconv.ParseUint(strings.TrimPrefix(text, "+"), base, 64)
	if err != nil || strings.Contains(text, "_") {
		if err != nil && strings.Contains(err.Error(), "range") {
			return 0, errno.ERANGE
		}
		return 0, errno.EINVAL
	}
	return n, nil
}

// doing runs work as a system call of the shell.
func doing(m *machine.Machine, name string, work func() error) error {
	var err error
	if blocked := m.Do(name, func() { err = work() }); blocked != nil {
		return blocked
	}
	return err
}

// currentTracer is current_tracer.
func currentTracer(m Current) Node {
	return &DynFile{
		Perm:   tracefsWrite,
		OnRead: func() ([]byte, error) { return []byte(m().Tracer().Current() + "\n"), nil },
		OnWrite: func(data []byte) error {
			name := strings.TrimSpace(string(data))
			return doing(m(), "tracing_set_trace_write", func() error { return m().Tracer().SetCurrent(name) })
		},
	}
}

// tracingOn is tracing_on.
func tracingOn(m Current) Node {
	return &DynFile{
		Perm:   tracefsWrite,
		OnRead: func() ([]byte, error) { return []byte(boolText(m().Tracer().On())), nil },
		OnWrite: func(data []byte) error {
			n, err := parseNumber(data, 10)
			if err == nil {
				m().Tracer().SetOn(n != 0)
			}
			return err
		},
	}
}

// traceMarker is trace_marker.
func traceMarker(m Current) Node {
	return &DynFile{
		Perm:    0o220,
		Missing: errno.EINVAL,
		OnWrite: func(data []byte) error {
			return m().Tracer().Mark(strings.TrimSuffix(string(data), "\n"), m().TracePlace(), 0)
		},
	}
}

// bufferSize is buffer_size_kb.
func bufferSize(m Current) Node {
	return &DynFile{
		Perm:   tracefsWrite,
		OnRead: func() ([]byte, error) { return []byte(m().Tracer().BufferSize(1)), nil },
		OnWrite: func(data []byte) error {
			n, err := parseNumber(data, 10)
			if err != nil {
				return err
			}
			return m().Tracer().SetBufferSize(int(min(n, 1<<30)))
		},
	}
}

// maxGraphDepth is max_graph_depth.
func maxGraphDepth(m Current) Node {
	return &DynFile{
		Perm:   tracefsWrite,
		OnRead: func() ([]byte, error) { return []byte(strconv.Itoa(m().Tracer().MaxGraphDepth()) + "\n"), nil },
		OnWrite: func(data []byte) error {
			n, err := parseNumber(data, 10)
			if err == nil {
				m().Tracer().SetMaxGraphDepth(int(min(n, 1<<30)))
			}
			return err
		},
	}
}

// traceOptions is trace_options: a line for each option, with no before those
// that are off; a name is written to change one.
func traceOptions(m Current) Node {
	return &DynFile{
		Perm: tracefsWrite,
		OnRead: func() ([]byte, error) {
			var b strings.Builder
			for _, o := range m().Tracer().Options() {
				if !o.On {
					b.WriteString("no")
				}
				b.WriteString(o.Name + "\n")
			}
			return []byte(b.String()), nil
		},
		OnWrite: func(data []byte) error {
			name, off := strings.CutPrefix(strings.TrimSpace(string(data)), "no")
			return doing(m(), "trace_set_options", func() error {
				return m().Tracer().SetOption(m().Tracer().Options(), name, !off)
			})
		},
	}
}

// optionsDir is options: a file for each option of every tracer.
func optionsDir(m Current) Node {
	return &DynDir{Perm: 0o750, List: func() []Entry {
		var entries []Entry
		for _, o := range m().Tracer().OptionFiles() {
			entries = append(entries, Entry{o.Name, optionFile(m, o.Name)})
		}
		return entries
	}}
}

// optionFile is one of them (trace_options_core_write, trace_options_write).
func optionFile(m Current, name string) Node {
	return &DynFile{
		Perm:   tracefsWrite,
		OnRead: func() ([]byte, error) { return []byte(boolText(m().Tracer().Option(name))), nil },
		OnWrite: func(data []byte) error {
			n, err := parseNumber(data, 10)
			if err != nil {
				return err
			}
			if n > 1 {
				return errno.EINVAL
			}
			return doing(m(), "trace_options_write", func() error {
				return m().Tracer().SetOption(m().Tracer().OptionFiles(), name, n == 1)
			})
		},
	}
}
