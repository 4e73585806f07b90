package scenario

import (
	"fmt"
	"regexp"
	"strings"
)

// This file turns transcripts of a real kernel into scenarios. A transcript is
// a log of commands, in one of two forms: that of an experiment ("$ command",
// its output, "[rc=N]", new log lines as "dmesg| ...") and that of a kernel
// selftest ("% command" and log lines).
//
// What a converted scenario does not compare, because it differs by nature:
//
//   - where files are: modules are .o files beside the scenario;
//   - addresses: they are cut from enabled_functions, kallsyms, /proc/modules;
//   - sizes and taint letters in /proc/modules, taint lines of modules without
//     a signature, the register and stack dump below a sysfs complaint;
//   - whether the line that a module's own init prints about its result comes
//     before or after the last lines of the transition;
//   - how long a transition takes: the scenario has one CPU, and sleeps where
//     the transcript has waited;
//   - pointers and values of jiffies in the log: steps of modules that work all
//     the time sleep as many periods as their log has;
//   - bytes of functions beyond the call site, the displacement of a call, what
//     /sys/module, kallsyms and modinfo show of a file built for a real kernel,
//     link counts and dates of directories, how many tasks there are;
//   - the processes of the selftest of a system call: they are tasks that call
//     its function again and again, and the count of those that have not come
//     by is a parameter of the module, not a directory of its own in sysfs.

// step is one command of a transcript.
type step struct {
	note   string // instead of a command
	cmd    string
	out    []string
	log    []string
	status int
}

// transcriptHead starts a machine like the one that was recorded, with the
// kernel tainted by a livepatch already and the debug lines switched on.
const transcriptHead = `---
title: %s
---

# %s

Recorded from Linux 6.12 and converted; the modules and the kernel image are
built by test_modules/build.sh.

` + "```klp file=taint.klp" + `
livepatch taint
object vmlinux
` + "```" + `

` + "```console" + `
$ boot --cpus 1 test_modules/kernel.o
$ insmod taint.klp
...
$ echo 0 > /sys/kernel/livepatch/taint/enabled
...
$ rmmod taint
$ echo 'file kernel/livepatch/* +p' > /sys/kernel/debug/dynamic_debug/control
$ echo 'func klp_try_switch_task -p' > /sys/kernel/debug/dynamic_debug/control
%s` + "```" + `
`

// treeFunction prints a directory as the experiments do: mode, path, content.
const treeFunction = `$ tree() {
>     local f n
>     echo "$(stat -c %A $1) $2/"
>     for f in $1/*; do
>         [[ -e $f ]] || continue
>         n=$2/${f##*/}
>         if [[ -d $f ]]; then
>             tree $f $n
>         elif [[ $(stat -c %A $f) == -r* ]]; then
>             echo "$(stat -c %A $f) $n = $(cat $f)"
>         else
>             echo "$(stat -c %A $f) $n"
>         fi
>     done
> }
`

// FromTranscript converts a transcript to a scenario. Error: a line before the
// first command that is no note.
func FromTranscript(name, text string) (string, error) {
	steps, title, err := readTranscript(name, text)
	if err != nil {
		return "", err
	}
	steps = addReaders(steps)
	var b strings.Builder
	helper := ""
	if strings.Contains(text, "# the tree of") {
		helper = treeFunction
	}
	busy := strings.Contains(text, ", expires @ ")
	if busy {
		helper += shadowLog + phase(text)
	}
	fmt.Fprintf(&b, transcriptHead, title, title, helper)
	open := false // inside a console block
	for i := range steps {
		steps[i].convert()
	}
	if busy {
		retime(steps)
	}
	for i := range steps {
		s := &steps[i]
		if (s.note == "") != open {
			b.WriteString(map[bool]string{true: "```\n", false: "\n```console\n"}[open])
			open = !open
		}
		s.write(&b)
	}
	if open {
		b.WriteString("```\n")
	}
	return b.String(), nil
}

// readTranscript splits a transcript into steps; the first note is its title.
func readTranscript(name, text string) (steps []step, title string, err error) {
	title = strings.TrimSuffix(name, ".txt")
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		last := &step{}
		if len(steps) > 0 {
			last = &steps[len(steps)-1]
		}
		switch {
		case i == 0 && strings.HasPrefix(line, "# "):
			if !strings.HasPrefix(line, "# experiment ") {
				title += ": " + line[2:]
			}
		case strings.HasPrefix(line, "# "):
			steps = append(steps, step{note: line[2:]})
		case strings.HasPrefix(line, "$ "), strings.HasPrefix(line, "% "):
			steps = append(steps, step{cmd: line[2:]})
		case strings.HasPrefix(line, "livepatch: kernel.ftrace_enabled = "):
			value := line[len(line)-1:]
			steps = append(steps, step{cmd: "sysctl kernel.ftrace_enabled=" + value, out: []string{line[len("livepatch: "):]}})
		case strings.HasPrefix(line, "livepatch: sysctl: setting key"):
			steps = append(steps, step{cmd: "sysctl kernel.ftrace_enabled=0", out: []string{line[len("livepatch: "):]}, status: 1})
		case livePatched.MatchString(line) && last.cmd != grepPatched && strings.HasPrefix(name, "test-"):
			steps = append(steps, step{cmd: grepPatched, out: []string{line}})
		case strings.HasPrefix(line, stillToGo) && len(steps) > 0:
			steps = append(steps, step{cmd: awaitSyscalls, out: []string{line}})
		case len(steps) == 0:
			return nil, "", fmt.Errorf("%s:%d: output before the first command", name, i+1)
		case strings.HasPrefix(line, "dmesg| "):
			last.log = append(last.log, line[len("dmesg| "):])
		case rcLine.MatchString(line):
			_, err = fmt.Sscanf(line, "[rc=%d]", &last.status)
		case strings.HasPrefix(line, "insmod: ERROR"):
			last.out, last.status = append(last.out, line), 1
		case strings.HasPrefix(name, "test-") && last.cmd != grepPatched:
			last.log = append(last.log, line)
		default:
			last.out = append(last.out, line)
		}
	}
	return steps, title, err
}

// What lines and commands are recognised by. livePatched are the lines that the
// selftests take from /proc without saying so.
var (
	rcLine      = regexp.MustCompile(`^\[rc=\d+\]$`)
	livePatched = regexp.MustCompile(`: this has been live patched$`)
	byNature    = regexp.MustCompile(`^ |^RIP: |loading out-of-tree module|module verification failed|tainting kernel with`)
	ownResult   = regexp.MustCompile(`: klp_enable_patch = `)
	trampoline  = regexp.MustCompile(`\s+tramp: .*`)
	address     = regexp.MustCompile(`^[0-9a-f]{16} `)
	moduleLine  = regexp.MustCompile(`^(\w+) \d+ (\d+) (\S+) (\w+) .*`)
	moduleFile  = regexp.MustCompile(`\b(test_modules/\S+)\.ko\b`)
)

const grepPatched = `grep -h 'live patched' /proc/cmdline /proc/meminfo`

// stillToGo is the line that the selftest of a system call writes to the log
// once every process has made the call in the new version; awaitSyscalls does
// the same, and ends the tasks that hammerSyscall has started.
const (
	stillToGo     = "test_klp_syscall: Remaining not livepatched processes: "
	hammerSyscall = "for i in 1 2 3 4; do spawn --loop __x64_sys_getpid; done > pids\n$ "
	awaitSyscalls = `pending() { cat /sys/module/test_klp_syscall/parameters/npids_pending; }
$ until [[ $(pending) == 0 ]]; do sleep 0.1; done
$ echo "` + stillToGo + `$(pending)" > /dev/kmsg; kill $(cat pids)`
)

// convert rewrites the command and what it printed.
func (s *step) convert() {
	s.cmd = moduleFile.ReplaceAllString(s.cmd, "$1.o")
	for i, line := range s.out {
		s.out[i] = moduleFile.ReplaceAllString(line, "$1.o")
	}
	s.log = s.ownResultLast(kept(s.log))
	s.byNatureRule()
	switch {
	case strings.HasSuffix(s.cmd, " klp_pids=PIDS"):
		s.cmd = hammerSyscall + strings.TrimSuffix(s.cmd, "PIDS") + "$(paste -sd, pids)"
	case strings.HasPrefix(s.cmd, "# the tree of "):
		s.cmd = "tree /sys/kernel/livepatch livepatch"
	case strings.HasSuffix(s.cmd, "/enabled_functions"):
		s.pipe(`sed 's/[[:space:]]*tramp: .*//'`, func(l string) string { return trampoline.ReplaceAllString(l, "") })
	case strings.HasSuffix(s.cmd, " /proc/modules") && !strings.HasPrefix(s.cmd, "grep -c"):
		s.pipe(`awk '{ print $1, $3, $4, $5 }'`, func(l string) string { return moduleLine.ReplaceAllString(l, "$1 $2 $3 $4") })
	case strings.Contains(s.cmd, " /proc/kallsyms | "):
		s.pipe(`sed 's/^[0-9a-f]* //'`, func(l string) string { return address.ReplaceAllString(l, "") })
	case strings.HasSuffix(s.cmd, "/enabled") && strings.HasPrefix(s.cmd, "echo "):
		s.cmd += "; sleep 2"
	}
}

// pipe cuts what differs by nature from the command's output.
func (s *step) pipe(filter string, cut func(string) string) {
	s.cmd += " | " + filter
	if len(s.out) == 0 {
		s.status = 0
	}
	for i := range s.out {
		s.out[i] = cut(s.out[i])
	}
}

func kept(lines []string) []string {
	var out []string
	for _, l := range lines {
		if !byNature.MatchString(l) {
			out = append(out, l)
		}
	}
	return out
}

// ownResultLast puts the line of a module's own init behind those of the core.
func (s *step) ownResultLast(lines []string) []string {
	var first, last []string
	for _, l := range lines {
		if ownResult.MatchString(l) {
			last = append(last, l)
		} else {
			first = append(first, l)
		}
	}
	return append(first, last...)
}

// write prints the step as a scenario has it: kernel messages come when they
// are emitted, before what the command says about its failure.
func (s *step) write(b *strings.Builder) {
	if s.note != "" {
		note := strings.TrimPrefix(s.note, "- ")
		fmt.Fprintf(b, "\n%s%s:\n", strings.ToUpper(note[:1]), note[1:])
		return
	}
	fmt.Fprintf(b, "$ %s\n", s.cmd)
	for _, l := range append(s.log, s.out...) {
		fmt.Fprintln(b, Escape(l))
	}
	if s.status != 0 {
		fmt.Fprintf(b, "[%d]\n", s.status)
	}
}
