package shell

import (
	"fmt"
	"strconv"

	"klpemu/internal/machine"
)

const callUsage = `call [--type T] FUNC [ARG...]
Make one system call into FUNC from the shell's task and print its result.
  --type T   i8 u8 i16 u16 i32 u32 i64 u64 x64 (hex) or void; i64 by default
FUNC is NAME, MODULE:NAME or NAME,N; ARG a number or SYMBOL[+OFF].`

const spawnUsage = `spawn [--name COMM] [--cpu N] [--kthread] [--loop] [--parent PID] FUNC [ARG...]
Start a task that runs FUNC and print its pid. It starts when the world next
moves (run, step, sleep).
  --name COMM   its name; FUNC by default
  --cpu N       its CPU; by default the one with the fewest tasks
  --kthread     a kernel thread: never in user mode
  --loop        call FUNC again after each return
  --parent PID  the task that forks it and passes on its patch state; by default
                the shell, for a kernel thread kthreadd`

func (s *System) callCommands() []*Command {
	return []*Command{
		{Name: "call", Usage: callUsage, Run: s.runCall, UsageStatus: 2},
		{Name: "spawn", Usage: spawnUsage, Run: s.runSpawn, UsageStatus: 2},
	}
}

func (s *System) runCall(c *Ctx) int {
	opts, args, status, ok := c.Getopt("+t:", map[string]byte{"type": 't'})
	if !ok {
		return status
	}
	typ := "i64"
	for _, o := range opts {
		typ = o.Arg
	}
	if _, ok := FormatResult(typ, 0); !ok {
		return c.Errorf("unknown type '%s'; take i8, u8, i16, u16, i32, u32, i64, u64, x64 or void", typ)
	}
	fn, values, err := s.Target(args)
	if err != nil {
		return c.Errorf("%v", err)
	}
	v, err := s.m.Call(fn, values...)
	if err != nil {
		return c.Errorf("%v", err)
	}
	text, _ := FormatResult(typ, v)
	return c.Print(text)
}

// Target reads FUNC [ARG...]: the function's address and the values.
func (s *System) Target(args []string) (fn uint64, values []uint64, err error) {
	if len(args) == 0 {
		return 0, nil, fmt.Errorf("missing function")
	}
	r, err := s.lookupFunc(args[0])
	if err != nil {
		return 0, nil, err
	}
	if len(args) > 7 {
		return 0, nil, fmt.Errorf("a call passes at most 6 arguments, not %d", len(args)-1)
	}
	for _, a := range args[1:] {
		v, err := s.number(a)
		if err != nil {
			return 0, nil, err
		}
		values = append(values, v)
	}
	return r.Addr, values, nil
}

// FormatResult prints RAX as a type of `call`; ok is false for an unknown one.
func FormatResult(typ string, v uint64) (text string, ok bool) {
	switch typ {
	case "i8":
		return fmt.Sprintln(int8(v)), true
	case "u8":
		return fmt.Sprintln(uint8(v)), true
	case "i16":
		return fmt.Sprintln(int16(v)), true
	case "u16":
		return fmt.Sprintln(uint16(v)), true
	case "i32":
		return fmt.Sprintln(int32(v)), true
	case "u32":
		return fmt.Sprintln(uint32(v)), true
	case "i64":
		return fmt.Sprintln(int64(v)), true
	case "u64":
		return fmt.Sprintln(v), true
	case "x64":
		return fmt.Sprintf("0x%x\n", v), true
	case "void":
		return "", true
	}
	return "", false
}

func (s *System) runSpawn(c *Ctx) int {
	opts, args, status, ok := c.Getopt("+n:c:klp:", map[string]byte{"name": 'n', "cpu": 'c', "kthread": 'k', "loop": 'l', "parent": 'p'})
	if !ok {
		return status
	}
	o := machine.SpawnOptions{CPU: -1}
	for _, opt := range opts {
		switch opt.Flag {
		case 'n':
			o.Comm = opt.Arg
		case 'c':
			n, err := strconv.Atoi(opt.Arg)
			if err != nil || n < 0 || n >= len(s.m.CPUs()) {
				return c.Errorf("there is no cpu '%s'; the machine has %d, from 0", opt.Arg, len(s.m.CPUs()))
			}
			o.CPU = n
		case 'p':
			n, err := strconv.Atoi(opt.Arg)
			if err != nil || n <= 0 {
				return c.Errorf("there is no task with pid '%s'", opt.Arg)
			}
			o.Parent = n
		case 'k':
			o.Kthread = true
		case 'l':
			o.Loop = true
		}
	}
	fn, values, err := s.Target(args)
	if err != nil {
		return c.Errorf("%v", err)
	}
	o.Fn, o.Args = fn, values
	if o.Comm == "" {
		sym, _ := s.m.Symtab().Lookup(fn)
		o.Comm = sym.Name
	}
	if err := s.m.WaitTasklist(); err != nil {
		return c.Errorf("%v", err)
	}
	pid, err := s.m.Spawn(o)
	if err != nil {
		return c.Errorf("%v", err)
	}
	return c.Print(fmt.Sprintln(pid))
}
