package shell

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"klpemu/internal/machine"
)

func (s *System) lookCommands() []*Command {
	return []*Command{
		{Name: "x", Usage: "x [-b|-w|-l|-q] ADDR [N]\nPrint N units of memory: bytes, or words of 2, 4 or 8 bytes; 16 bytes a line.\nADDR is a number or SYMBOL[+OFF]; N is 16 bytes' worth by default.", Run: s.runX, UsageStatus: 2},
		{Name: "disas", Usage: "disas FUNC\nPrint the instructions of a function as they are now.", Run: s.runDisas, UsageStatus: 2},
		{Name: "regs", Usage: "regs [--cpu N]\nPrint the registers of a vCPU; CPU 0 by default.", Run: s.runRegs, UsageStatus: 2},
		{Name: "bt", Usage: "bt [PID]\nPrint the kernel stack of a task; the shell's by default.", Run: s.runBt, UsageStatus: 2},
	}
}

const maxDump = 1 << 16 // units of one x command

func (s *System) runX(c *Ctx) int {
	opts, args, status, ok := c.Getopt("+bwlq", nil)
	if !ok {
		return status
	}
	unit := 1
	for _, o := range opts {
		unit = map[byte]int{'b': 1, 'w': 2, 'l': 4, 'q': 8}[o.Flag]
	}
	if len(args) < 1 || len(args) > 2 {
		return c.UsageError("takes an address and a number")
	}
	addr, err := s.number(args[0])
	if err != nil {
		return c.Errorf("%v", err)
	}
	n := uint64(16 / unit)
	if len(args) == 2 {
		if n, ok = parseNumber(args[1]); !ok || n > maxDump {
			return c.Errorf("'%s' is no number of units up to %d", args[1], maxDump)
		}
	}
	return s.dump(c, addr, unit, int(n))
}

func (s *System) dump(c *Ctx, addr uint64, unit, n int) int {
	perLine := 16 / unit
	for done := 0; done < n; done += perLine {
		at := addr + uint64(done*unit)
		var words []string
		for i := done; i < min(n, done+perLine); i++ {
			v, err := s.m.Mem().Load(addr+uint64(i*unit), unit)
			if err != nil {
				if len(words) > 0 {
					fmt.Fprintf(c.Out(), "%s %s\n", s.m.Place(at), strings.Join(words, " "))
				}
				return c.Errorf("%v", err)
			}
			words = append(words, fmt.Sprintf("%0*x", 2*unit, v))
		}
		fmt.Fprintf(c.Out(), "%s %s\n", s.m.Place(at), strings.Join(words, " "))
	}
	return 0
}

func (s *System) runDisas(c *Ctx) int {
	if len(c.Args) != 2 {
		return c.UsageError("takes a function")
	}
	fn, err := s.lookupFunc(c.Args[1])
	if err != nil {
		return c.Errorf("%v", err)
	}
	if err := s.Disassemble(c.Out(), fn.Addr); err != nil {
		return c.Errorf("%v", err)
	}
	return 0
}

// Disassemble prints the function at addr.
func (s *System) Disassemble(w io.Writer, addr uint64) error {
	end := s.m.FuncEnd(addr)
	fmt.Fprintln(w, s.m.Place(addr))
	for at := addr; at < end; {
		in, err := s.m.Insn(at)
		if err != nil {
			return err
		}
		printInsn(w, in)
		at += uint64(len(in.Code))
	}
	return nil
}

// perLine is how many bytes of code objdump puts in a line.
const perLine = 7

// printInsn prints an instruction in objdump's columns; the bytes of a long one
// go on in a second line.
func printInsn(w io.Writer, in machine.Insn) {
	for i := 0; i < len(in.Code); i += perLine {
		part := in.Code[i:min(len(in.Code), i+perLine)]
		at := in.Addr + uint64(i)
		if i > 0 {
			fmt.Fprintf(w, "%x:\t%s\n", at, hexBytes(part))
			continue
		}
		fmt.Fprintf(w, "%x:\t%-*s\t%s\n", at, 3*perLine, hexBytes(part), in.Text)
	}
}

// hexBytes prints bytes as objdump does, each with a blank behind it.
func hexBytes(b []byte) string {
	var s strings.Builder
	for _, c := range b {
		fmt.Fprintf(&s, "%02x ", c)
	}
	return s.String()
}

// insnLine is one line of step: the CPU, the task, the place and the
// instruction.
func (s *System) insnLine(cpu *machine.CPU) string {
	text := "(not mapped)"
	if in, err := s.m.NextInsn(cpu); err == nil {
		text = in.Text
	}
	return fmt.Sprintf("cpu %d  %s  %s  %s", cpu.ID(), cpu.Current(), s.m.Place(cpu.VCPU().RIP()), text)
}

func (s *System) runRegs(c *Ctx) int {
	opts, args, status, ok := c.Getopt("c:", map[string]byte{"cpu": 'c'})
	if !ok {
		return status
	}
	if len(args) > 0 {
		return c.UsageError("extra operand '%s'", args[0])
	}
	n := 0
	for _, o := range opts {
		v, err := strconv.Atoi(o.Arg)
		if err != nil || v < 0 || v >= len(s.m.CPUs()) {
			return c.Errorf("there is no cpu '%s'; the machine has %d, from 0", o.Arg, len(s.m.CPUs()))
		}
		n = v
	}
	cpu := s.m.CPUs()[n]
	state := cpu.VCPU().State()
	fmt.Fprintf(c.Out(), "CPU: %d PID: %d Comm: %s\n", cpu.ID(), cpu.Current().PID, cpu.Current().Comm)
	for _, line := range s.m.RegLines(&state) {
		fmt.Fprintln(c.Out(), line)
	}
	return 0
}

func (s *System) runBt(c *Ctx) int {
	t := s.m.Shell()
	if len(c.Args) > 2 {
		return c.UsageError("extra operand '%s'", c.Args[2])
	}
	if len(c.Args) == 2 {
		pid, err := strconv.Atoi(c.Args[1])
		if err == nil {
			t = s.m.Task(pid)
		}
		if err != nil || t == nil {
			return c.Errorf("there is no task with pid '%s'", c.Args[1])
		}
	}
	for _, line := range s.m.Backtrace(t) {
		fmt.Fprintf(c.Out(), "[<0>] %s\n", line)
	}
	return 0
}
