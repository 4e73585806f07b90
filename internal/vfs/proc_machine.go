package vfs

import (
	"fmt"
	"strconv"
	"strings"

	"klpemu/internal/errno"
	"klpemu/internal/machine"
)

// procRoot is /proc.
func procRoot(m Current) Node {
	fixed := []Entry{
		{"cmdline", seqFile(m, "cmdline_proc_show", "console=ttyS0\n")},
		{"kallsyms", procText(func() string { return kallsyms(m()) })},
		{"loadavg", seqFile(m, "loadavg_proc_show", "0.00 0.00 0.00 1/1 100\n")},
		{"meminfo", seqFile(m, "meminfo_proc_show", "")},
		{"modules", procText(func() string { return procModules(m()) })},
		{"self", &Link{To: strconv.Itoa(shellPID)}},
		{"sys", dir(0o555, Entry{"kernel", sysctlDir(m)})},
		{"uptime", seqFile(m, "uptime_proc_show", "")},
		{"version", seqFile(m, "version_proc_show", "Linux version "+machine.Release+"\n")},
	}
	return &DynDir{
		List: func() []Entry {
			var entries []Entry
			for _, t := range m().Tasks() {
				entries = append(entries, Entry{strconv.Itoa(t.PID), taskDir(m(), t)})
			}
			entries = append(entries, fixed...)
			return append(entries, guestProc(m(), nil)...)
		},
		Find: func(name string) (Node, bool) {
			for _, e := range fixed {
				if e.Name == name {
					return e.Node, true
				}
			}
			for _, e := range guestProc(m(), nil) {
				if e.Name == name {
					return e.Node, true
				}
			}
			pid, err := strconv.Atoi(name)
			if err != nil || strconv.Itoa(pid) != name {
				return nil, false
			}
			t := m().Task(pid)
			if t == nil {
				return nil, false
			}
			return taskDir(m(), t), true
		},
	}
}

// shellPID is the pid of the task that commands run in.
const shellPID = 100

func procText(f func() string) Node {
	return &DynFile{Perm: 0o444, OnRead: func() ([]byte, error) { return []byte(f()), nil }}
}

// seqFile is a file whose text a function of the kernel image prints. Where the
// image has no such function, otherwise stands in.
func seqFile(m Current, fn, otherwise string) Node {
	return &DynFile{Perm: 0o444, OnRead: func() ([]byte, error) {
		addrs := m().Symbols("", fn)
		if len(addrs) == 0 {
			return []byte(otherwise), nil
		}
		return m().SeqShow(addrs[0])
	}}
}

// guestProc is what modules have made in a directory of /proc.
func guestProc(m *machine.Machine, parent *machine.ProcEntry) []Entry {
	var entries []Entry
	for _, e := range m.ProcEntries(parent) {
		if e.Dir {
			entries = append(entries, Entry{e.Name, &DynDir{Perm: e.Perm, List: func() []Entry { return sorted(guestProc(m, e)) }}})
			continue
		}
		entries = append(entries, Entry{e.Name, procFile(m, e)})
	}
	return entries
}

// procFile is a file that a module has made; an operation that it does not have
// is EIO, as in the kernel.
func procFile(m *machine.Machine, e *machine.ProcEntry) Node {
	return &DynFile{
		Perm:    e.Perm,
		OnRead:  func() ([]byte, error) { return m.ReadProc(e) },
		OnWrite: func(data []byte) error { return m.WriteProc(e, data) },
	}
}

// taskDir is /proc/PID.
func taskDir(m *machine.Machine, t *machine.Task) Node {
	entries := taskFiles(m, t)
	pid := strconv.Itoa(t.PID)
	thread := dir(0o555, taskFiles(m, t)...)
	entries = append(entries, Entry{"task", dir(0o555, Entry{pid, thread})})
	return dir(0o555, entries...)
}

// taskFiles are the files that a process and its one thread share.
func taskFiles(m *machine.Machine, t *machine.Task) []Entry {
	owner := func(f func() string) Node {
		return &DynFile{Perm: 0o400, OnRead: func() ([]byte, error) { return []byte(f()), nil }}
	}
	files := []Entry{
		{"comm", procText(func() string { return t.CommText() + "\n" })},
		{"stack", owner(func() string { return taskStack(m, t) })},
		{"status", procText(func() string { return taskStatus(t) })},
		{"wchan", procText(func() string { return m.Wchan(t) })},
	}
	if m.HasLivepatch() {
		files = append(files, Entry{"patch_state", owner(func() string {
			state, _ := t.Peek()
			return fmt.Sprintf("%d\n", state)
		})})
	}
	return sorted(files)
}

// taskStack is proc_pid_stack.
func taskStack(m *machine.Machine, t *machine.Task) string {
	var b strings.Builder
	for _, line := range m.Stack(t) {
		fmt.Fprintf(&b, "[<0>] %s\n", line)
	}
	return b.String()
}

func taskStatus(t *machine.Task) string {
	state := map[string]string{
		"R": "R (running)", "S": "S (sleeping)", "D": "D (disk sleep)", "T": "T (stopped)", "I": "I (idle)", "X": "X (dead)",
	}[t.StateLetter()]
	kthread := 0
	if t.Kthread {
		kthread = 1
	}
	return fmt.Sprintf("Name:\t%s\nState:\t%s\nTgid:\t%d\nPid:\t%d\nKthread:\t%d\n", t.Comm, state, t.PID, t.PID, kthread)
}

// procModules is m_show of kernel/module/procfs.c.
func procModules(m *machine.Machine) string {
	var b strings.Builder
	for _, mod := range m.Modules() {
		if mod.State == machine.ModuleUnformed {
			continue
		}
		state := map[machine.ModuleState]string{
			machine.ModuleLive: "Live", machine.ModuleComing: "Loading", machine.ModuleGoing: "Unloading",
		}[mod.State]
		fmt.Fprintf(&b, "%s %d %d %s %s 0x%016x", mod.Name, mod.Size(), mod.Refs, usedBy(mod), state, mod.Base)
		if flags := mod.Flags(); flags != "" {
			b.WriteString(" " + flags)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// usedBy is print_unload_info: the holders, each with a comma.
func usedBy(mod *machine.Module) string {
	var b strings.Builder
	for _, u := range mod.Users() {
		b.WriteString(u.Name + ",")
	}
	if mod.Permanent() {
		b.WriteString("[permanent],")
	}
	if b.Len() == 0 {
		return "-"
	}
	return b.String()
}

// kallsyms is s_show of kernel/kallsyms.c: the kernel first, then modules in
// the order in which they were loaded. The kernel's table has no absolute
// symbols: the offsets of an assembler source are not in it.
func kallsyms(m *machine.Machine) string {
	var b strings.Builder
	for _, o := range m.Symtab().Objects() {
		suffix := ""
		if o.Name() != "vmlinux" {
			suffix = "\t[" + o.Name() + "]"
		}
		for _, s := range o.Symbols() {
			if suffix == "" && (s.Type == 'a' || s.Type == 'A') {
				continue
			}
			fmt.Fprintf(&b, "%016x %c %s%s\n", s.Addr, s.Type, s.Name, suffix)
		}
	}
	return b.String()
}

// sysctlDir is /proc/sys/kernel.
func sysctlDir(m Current) Node {
	text := func(s string) Node { return procText(func() string { return s + "\n" }) }
	return dir(0o555,
		Entry{"ftrace_enabled", &DynFile{
			Perm: 0o644,
			OnRead: func() ([]byte, error) {
				if m().Ftrace().Killed() {
					return nil, errno.ENODEV
				}
				return []byte(strconv.Itoa(m().Ftrace().EnabledValue()) + "\n"), nil
			},
			OnWrite: func(data []byte) error {
				n, err := strconv.ParseInt(strings.TrimSpace(string(data)), 0, 32) // proc_dointvec
				if err != nil {
					return errno.EINVAL
				}
				return doing(m(), "ftrace_enable_sysctl", func() error { return m().Ftrace().SetEnabledValue(int(n)) })
			},
		}},
		Entry{"hostname", text("klpemu")},
		Entry{"osrelease", text(machine.Release)},
		Entry{"ostype", text("Linux")},
		Entry{"tainted", procText(func() string { return fmt.Sprintf("%d\n", m().Taint()) })},
	)
}
