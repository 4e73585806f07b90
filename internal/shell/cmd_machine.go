package shell

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"klpemu/internal/machine"
	"klpemu/internal/obj"
	"klpemu/internal/symtab"
	"klpemu/internal/vfs"
)

// System is the machine that a shell drives: `boot` replaces it. It is the
// shell's Host.
type System struct {
	m       *machine.Machine
	cfg     machine.Config
	fs      *vfs.FS
	console *Console
}

// NewSystem boots a machine and mounts its files. cfg.Console is set here.
func NewSystem(fs *vfs.FS, console *Console, cfg machine.Config) (*System, error) {
	cfg.Console, cfg.Limited = console.printk, console.Limited
	s := &System{cfg: cfg, fs: fs, console: console}
	if err := s.Boot(cfg); err != nil {
		return nil, err
	}
	return s, fs.MountMachine(s.Machine)
}

// Machine gives the machine that is running.
func (s *System) Machine() *machine.Machine { return s.m }

// Boot replaces the machine. On an error the old one goes on.
func (s *System) Boot(cfg machine.Config) error {
	if s.m != nil && s.m.InJob() {
		return errors.New("a job cannot replace the machine that it runs on")
	}
	m, err := machine.Boot(cfg)
	if err != nil {
		return err
	}
	if s.m != nil {
		s.m.Close()
	}
	s.m = m
	return nil
}

// Close ends the machine.
func (s *System) Close() { s.m.Close() }

// Now is the machine's wall clock.
func (s *System) Now() time.Time { return BootTime().Add(s.m.Now()) }

// Sleep lets the world move.
func (s *System) Sleep(d time.Duration) error { return s.m.Sleep(d) }

// Pid is the pid of the shell's task.
func (s *System) Pid() int { return s.m.CurrentPID() }

// Start makes a job: a task of the machine, which moves when the world does.
func (s *System) Start(name string, run func() int) (int, error) { return s.m.StartJob(name, run) }

// Wait lets the world move until a job has ended and gives its status, once.
func (s *System) Wait(pid int) (int, error) { return s.m.WaitJob(pid) }

// WaitAny lets the world move until one of the jobs has ended.
func (s *System) WaitAny(pids []int) (int, int, error) { return s.m.WaitAnyJob(pids) }

// StartProgram makes a process.
func (s *System) StartProgram(p Program) (int, error) { return s.m.StartProgram(p.machine()) }

// ExecProgram makes the running job a process.
func (s *System) ExecProgram(p Program) error { return s.m.Exec(p.machine()) }

func (p Program) machine() machine.Program {
	return machine.Program{Path: p.Path, Image: p.Image, Args: p.Args, Env: p.Env, Files: p.Files}
}

// EndCommand lets queued kernel work run; its output belongs to the command
// that ended.
func (s *System) EndCommand() {
	if s.m.InJob() {
		return // the command that lets the job move ends, not this one
	}
	if err := s.m.EndCommand(); err != nil {
		s.console.Kernel("klpemu: " + err.Error())
	}
	s.m.BeginCommand()
}

// Commands are the machine's own commands.
func (s *System) Commands() []*Command {
	var all []*Command
	for _, list := range [][]*Command{
		s.bootCommands(), s.moduleCommands(), s.callCommands(), s.runCommands(), s.lookCommands(), s.smpCommands(), s.logCommands(), s.klpCommands(), s.killCommands(),
	} {
		all = append(all, list...)
	}
	return all
}

// objectFile reads an object: .o as it is, .s through the assembler.
func (s *System) objectFile(c *Ctx, name string) (*obj.File, error) {
	data, err := c.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %s", name, Reason(err))
	}
	return machine.ParseObject(name, data)
}

// lookupFunc finds a function by FUNC, MODULE:FUNC or FUNC,N.
func (s *System) lookupFunc(word string) (symtab.Result, error) {
	name, module := word, ""
	if mod, fn, ok := strings.Cut(word, ":"); ok {
		module, name = mod, fn
	}
	nth := 0
	if base, n, ok := strings.Cut(name, ","); ok {
		v, err := strconv.Atoi(n)
		if err != nil || v < 1 {
			return symtab.Result{}, fmt.Errorf("%s: %q is no position; it counts from 1", word, n)
		}
		name, nth = base, v
	}
	var found []symtab.Result
	for _, r := range s.m.Symtab().ByName(name) {
		if r.Func && (module == "" || r.Object == module) {
			found = append(found, r)
		}
	}
	switch {
	case len(found) == 0:
		return symtab.Result{}, fmt.Errorf("%s: no such function", word)
	case nth > len(found):
		return symtab.Result{}, fmt.Errorf("%s: there are only %d functions of that name", word, len(found))
	case nth > 0:
		return found[nth-1], nil
	case len(found) > 1:
		return symtab.Result{}, errors.New(ambiguous(word, name, found))
	}
	return found[0], nil
}

func ambiguous(word, name string, found []symtab.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: the name is ambiguous; take one of", word)
	for i, r := range found {
		fmt.Fprintf(&b, "\n  %s,%d\t%x\t[%s]", name, i+1, r.Addr, r.Object)
	}
	return b.String()
}

// number reads an ARG or ADDR: decimal, -decimal, 0xHEX or SYMBOL[+OFF].
func (s *System) number(word string) (uint64, error) {
	if v, ok := parseNumber(word); ok {
		return v, nil
	}
	name, off, found := word, uint64(0), false
	if i := strings.LastIndexByte(word, '+'); i > 0 {
		if off, found = parseNumber(word[i+1:]); found {
			name = word[:i]
		}
	}
	addr, err := s.symbol(name)
	return addr + off, err
}

// symbol finds the address of a function or of data.
func (s *System) symbol(name string) (uint64, error) {
	if r, err := s.lookupFunc(name); err == nil {
		return r.Addr, nil
	} else if strings.Contains(err.Error(), "ambiguous") {
		return 0, err
	}
	module, base := "", name
	if mod, rest, ok := strings.Cut(name, ":"); ok {
		module, base = mod, rest
	}
	for _, r := range s.m.Symtab().ByName(base) {
		if module == "" || r.Object == module {
			return r.Addr, nil
		}
	}
	return 0, fmt.Errorf("%s: neither a number nor a symbol", name)
}

func parseNumber(word string) (uint64, bool) {
	if strings.HasPrefix(word, "-") {
		v, err := strconv.ParseInt(word, 10, 64)
		return uint64(v), err == nil
	}
	if hex, ok := strings.CutPrefix(word, "0x"); ok {
		v, err := strconv.ParseUint(hex, 16, 64)
		return v, err == nil
	}
	v, err := strconv.ParseUint(word, 10, 64)
	return v, err == nil
}

// FS is the machine's tree of files.
func (s *System) FS() *vfs.FS { return s.fs }
