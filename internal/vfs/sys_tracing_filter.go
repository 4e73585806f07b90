package vfs

import (
	"strconv"
	"strings"

	"klpemu/ftrace"
	"klpemu/internal/errno"
	"klpemu/internal/machine"
)

// What a list of functions says when it is empty.
const (
	allEnabled   = "#### all functions enabled ####\n"
	noneDisabled = "#### no functions disabled ####\n"
)

// wordFile is a file to which words are written (trace_get_user): each takes
// effect on a copy when a blank ends it, the copy when the file is closed. What
// is left without a blank counts at the close, where nobody hears of an error.
type wordFile struct {
	m    Current
	read func() string
	open func(trunc bool) error
	word func(word string) error
	done func()

	pending string
}

// node makes the file.
func (w *wordFile) node() Node {
	return &DynFile{
		Perm:   tracefsWrite,
		OnRead: func() ([]byte, error) { return []byte(w.read()), nil },
		OnOpen: func(f Flag) error {
			w.pending = ""
			if w.m().Ftrace().Killed() {
				return errno.ENODEV
			}
			return w.open(f.Writes() && f&Trunc != 0)
		},
		OnWrite: w.write,
		OnClose: func(f Flag) error {
			if !f.Writes() {
				return nil
			}
			if w.pending != "" {
				_ = w.word(w.pending) // the release of a file gives no errors
			}
			return w.m().Do("ftrace_regex_release", w.done)
		},
	}
}

// maxWord is FTRACE_BUFF_MAX.
const maxWord = 512 + 64

func (w *wordFile) write(data []byte) error {
	text := w.pending + string(data)
	w.pending = ""
	for text != "" {
		end := strings.IndexAny(text, " \t\n\v\f\r\x00")
		switch {
		case end > maxWord, end < 0 && len(text) > maxWord:
			return errno.EINVAL
		case end < 0:
			w.pending = text
			return nil
		case end > 0:
			if err := w.word(text[:end]); err != nil {
				return err
			}
		}
		text = text[end+1:]
	}
	return nil
}

// filterFile is set_ftrace_filter or set_ftrace_notrace.
func filterFile(m Current, filter bool) Node {
	var next []uint64
	list := func() []uint64 {
		if filter {
			return m().Tracer().Filter()
		}
		return m().Tracer().Notrace()
	}
	w := &wordFile{m: m}
	w.read = func() string { return filterText(m(), filter, list()) }
	w.open = func(trunc bool) error {
		if next = list(); trunc {
			next = nil
			m().Tracer().ClearModLoads(filter)
		}
		return nil
	}
	w.word = func(word string) (err error) {
		next, err = processRegex(m(), next, word, filter)
		return err
	}
	w.done = func() { _ = m().Tracer().SetHash(filter, next) } // the same
	return w.node()
}

// filterText is what t_start and t_show print: the sites, what waits for
// modules, the commands of functions.
func filterText(m *machine.Machine, filter bool, ips []uint64) string {
	var b strings.Builder
	t := m.Tracer()
	switch {
	case m.Ftrace().Killed():
		return ""
	case filter && !t.Filtered():
		b.WriteString(allEnabled)
	case !filter && len(ips) == 0:
		b.WriteString(noneDisabled)
	default:
		b.WriteString(siteList(m, ips))
	}
	for _, l := range t.ModLoads(filter) {
		b.WriteString(l.Func + ":mod:" + l.Module + "\n")
	}
	if !filter {
		return b.String()
	}
	for _, p := range t.ProbeEntries() {
		b.WriteString(funcName(m, p.IP, true) + ":" + p.Kind)
		if p.Counted {
			b.WriteString(":count=" + strconv.FormatInt(p.Count, 10) + "\n")
		} else {
			b.WriteString(":unlimited\n")
		}
	}
	return b.String()
}

// siteList names sites in the order of their records.
func siteList(m *machine.Machine, ips []uint64) string {
	chosen := make(map[uint64]bool, len(ips))
	for _, ip := range ips {
		chosen[ip] = true
	}
	var b strings.Builder
	for _, r := range m.Ftrace().Records() {
		if chosen[r.IP] {
			b.WriteString(recordName(m, r) + "\n")
		}
	}
	return b.String()
}

// processRegex is ftrace_process_regex: [!]GLOB, or a command behind a colon.
// EINVAL: nothing matches, or the command is not known.
func processRegex(m *machine.Machine, ips []uint64, word string, filter bool) ([]uint64, error) {
	glob, command, isCommand := strings.Cut(word, ":")
	if !isCommand {
		next, found := m.MatchRecords(ips, glob, nil)
		if !found {
			return ips, errno.EINVAL
		}
		return next, nil
	}
	command, param, hasParam := strings.Cut(command, ":")
	if command == "mod" {
		return modCommand(m, ips, glob, param, hasParam, filter)
	}
	for _, kind := range ftrace.ProbeKinds() {
		if command == kind {
			return ips, probeCommand(m, glob, kind, param, hasParam, filter)
		}
	}
	return ips, errno.EINVAL
}

// modCommand is ftrace_mod_callback.
func modCommand(m *machine.Machine, ips []uint64, glob, module string, given, filter bool) ([]uint64, error) {
	restrict := &module
	if !given {
		restrict = nil
	}
	next, found := m.MatchRecords(ips, glob, restrict)
	if found {
		return next, nil
	}
	if !given {
		return ips, errno.ENOMEM // ftrace_add_mod has no name to copy
	}
	function, remove := strings.CutPrefix(glob, "!")
	loaded := false
	for _, mod := range m.Modules() {
		loaded = loaded || mod.Name == module
	}
	return ips, m.Tracer().CacheMod(filter, ftrace.ModLoad{Func: function, Module: module}, remove, loaded)
}

// probeCommand is ftrace_trace_probe_callback.
func probeCommand(m *machine.Machine, glob, kind, param string, counted, filter bool) (err error) {
	if !filter {
		return errno.EINVAL
	}
	if glob, remove := strings.CutPrefix(glob, "!"); remove {
		g, _ := ftrace.ParseGlob(glob)
		blocked := m.Do("unregister_ftrace_function_probe_func", func() {
			err = m.Tracer().RemoveProbe(kind, counted, func(ip uint64) bool {
				return glob == "" || g.Match(funcName(m, ip, false))
			})
		})
		if blocked != nil {
			return blocked
		}
		return err
	}
	var count uint64
	if param != "" {
		if count, err = strconv.ParseUint(param, 0, 64); err != nil {
			return errno.EINVAL
		}
	} else if counted {
		count = 1<<63 - 1 // -1: for ever
	}
	ips, _ := m.MatchRecords(nil, glob, nil)
	if blocked := m.Do("register_ftrace_function_probe", func() {
		err = m.Tracer().AddProbe(kind, counted, int64(count), ips)
	}); blocked != nil {
		return blocked
	}
	return err
}

// graphFile is set_graph_function or set_graph_notrace.
func graphFile(m Current, filter bool) Node {
	var next []uint64
	w := &wordFile{m: m}
	w.read = func() string {
		if ips := m().Tracer().GraphFunctions(filter); len(ips) > 0 {
			return siteList(m(), ips)
		}
		if filter {
			return allEnabled
		}
		return noneDisabled
	}
	w.open = func(trunc bool) error {
		if next = nil; !trunc {
			next = m().Tracer().GraphFunctions(filter)
		}
		return nil
	}
	w.word = func(word string) error {
		had := len(next)
		list, found := m().MatchRecords(next, word, nil)
		if !found || strings.HasPrefix(word, "!") && len(list) == had {
			return errno.EINVAL
		}
		next = list
		return nil
	}
	w.done = func() { m().Tracer().SetGraphFunctions(filter, next) }
	return w.node()
}

// pidFile is set_ftrace_pid or set_ftrace_notrace_pid.
func pidFile(m Current, only bool) Node {
	set := func(pids []int) (err error) {
		if blocked := m().Do("pid_write", func() { err = m().Tracer().SetPIDs(only, pids) }); blocked != nil {
			return blocked
		}
		return err
	}
	return &DynFile{
		Perm: tracefsWrite,
		OnRead: func() ([]byte, error) {
			pids := m().Tracer().PIDs(only)
			if len(pids) == 0 {
				return []byte("no pid\n"), nil
			}
			var b strings.Builder
			for _, pid := range pids {
				b.WriteString(strconv.Itoa(pid) + "\n")
			}
			return []byte(b.String()), nil
		},
		OnOpen: func(f Flag) error {
			if f.Writes() && f&Trunc != 0 {
				return set(nil)
			}
			return nil
		},
		OnWrite: func(data []byte) error {
			pids := m().Tracer().PIDs(only)
			for _, word := range strings.Fields(string(data)) {
				n, err := strconv.ParseUint(word, 0, 31)
				if err != nil {
					return errno.EINVAL
				}
				pids = append(pids, int(n))
			}
			return set(pids)
		},
	}
}
