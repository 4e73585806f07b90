package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"klpemu/internal/compress"
	"klpemu/internal/machine"
	"klpemu/internal/obj"
	"klpemu/internal/shell"
	"klpemu/internal/vfs"
)

// callOptions are the arguments of `klpemu call`.
type callOptions struct {
	objects  []string
	fn       string
	args     []string
	typ      string
	stats    bool
	maxInsns uint64
}

// newCallCmd makes `klpemu call`; runF replaces what it does, for tests.
func newCallCmd(io streams, runF func(*callOptions) error) *cobra.Command {
	o := &callOptions{}
	cmd := &cobra.Command{
		Use:                   "call [--stats] [--type T] [--max-insns N] OBJECT... FUNC [ARG...]",
		DisableFlagsInUseLine: true,
		Short:                 "Run one function of object files",
		Long: `Call links the object files as a kernel, boots it and makes one system call
into FUNC. It prints what the function returned.

Leading operands that end in .o, .s or .ko (also .ko.xz and .ko.zst) are objects;
the next is FUNC, which is NAME or NAME,N. ARG is a decimal or 0xHEX number or SYMBOL[+OFF].`,
		Example: `  klpemu call pair.o sum 1 2
  klpemu call --type i32 --stats fib.o fib 20`,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := o.parse(args); err != nil {
				return err
			}
			if runF != nil {
				return runF(o)
			}
			return runCall(io, o)
		},
	}
	f := cmd.Flags()
	f.SetInterspersed(false)
	f.BoolVar(&o.stats, "stats", false, "print instructions, CPU seconds and MIPS as JSON on stderr")
	f.StringVar(&o.typ, "type", "i64", "how to print the result: i8 u8 i16 u16 i32 u32 i64 u64 x64 void")
	f.Uint64Var(&o.maxInsns, "max-insns", machine.DefaultInsns, "instructions after which the call is ended")
	return cmd
}

// parse splits the operands.
func (o *callOptions) parse(args []string) error {
	for len(args) > 0 && isObject(args[0]) {
		o.objects = append(o.objects, args[0])
		args = args[1:]
	}
	switch {
	case len(o.objects) == 0:
		return errors.New("call: missing object file; an object ends in .o, .s or .ko")
	case len(args) == 0:
		return errors.New("call: missing function")
	case o.maxInsns == 0:
		return errors.New("call: --max-insns must be at least 1")
	}
	if _, ok := shell.FormatResult(o.typ, 0); !ok {
		return fmt.Errorf("call: unknown type '%s'; take i8, u8, i16, u16, i32, u32, i64, u64, x64 or void", o.typ)
	}
	o.fn, o.args = args[0], args[1:]
	return nil
}

func isObject(name string) bool {
	return slices.Contains([]string{".o", ".s", ".ko"}, filepath.Ext(compress.Name(name)))
}

func runCall(io streams, o *callOptions) error {
	files, err := readObjects(o.objects)
	if err != nil {
		return badInput(err)
	}
	_, low := obj.NeedsLowBase(files)
	console := shell.NewConsole(16<<20, io.err)
	sys, err := shell.NewSystem(vfs.New(vfs.Options{}), console, machine.Config{
		CPUs: 1, Kernel: files, LowBase: low, Limits: machine.Limits{Insns: o.maxInsns},
	})
	if err != nil {
		return badInput(err)
	}
	defer sys.Close()
	fn, args, err := sys.Target(append([]string{o.fn}, o.args...))
	if err != nil {
		return badInput(fmt.Errorf("call: %w", err))
	}
	m := sys.Machine()
	var watch cpuWatch
	watch.start()
	v, err := m.Call(fn, args...)
	if o.stats {
		watch.stop()
		if serr := printStats(io, m.Used(), watch.seconds()); serr != nil {
			return serr
		}
	}
	if err != nil {
		return failed(fmt.Errorf("call: %w", err))
	}
	text, _ := shell.FormatResult(o.typ, v)
	_, err = fmt.Fprint(io.out, text)
	return err
}

// readObjects reads and parses object files of the host.
func readObjects(names []string) ([]*obj.File, error) {
	var files []*obj.File
	for _, name := range names {
		data, err := readInput(name)
		if err != nil {
			return nil, err
		}
		f, err := machine.ParseObject(name, data)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// callStats is what --stats prints.
type callStats struct {
	Instructions uint64  `json:"instructions"`
	CPUSeconds   float64 `json:"cpu_seconds"`
	MIPS         float64 `json:"mips"`
}

func printStats(io streams, insns uint64, seconds float64) error {
	s := callStats{Instructions: insns, CPUSeconds: seconds}
	if seconds > 0 {
		s.MIPS = float64(insns) / seconds / 1e6
	}
	return json.NewEncoder(io.err).Encode(s)
}
