package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"klpemu/internal/machine"
	"klpemu/internal/obj"
	"klpemu/internal/shell"
	"klpemu/internal/vfs"
)

func newDisasmCmd(io streams) *cobra.Command {
	return &cobra.Command{
		Use:                   "disasm OBJECT [FUNC...]",
		DisableFlagsInUseLine: true,
		Short:                 "Disassemble functions of an object file as they are after boot",
		Long: `Disasm links the object as a kernel and prints its functions in objdump's
columns, with symbols. Call sites are the nops that they are made at boot.`,
		Example: "  klpemu disasm pair.o read_pair",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return runDisasm(io, args[0], args[1:])
		},
	}
}

func runDisasm(io streams, object string, funcs []string) error {
	files, err := readObjects([]string{object})
	if err != nil {
		return badInput(err)
	}
	_, low := obj.NeedsLowBase(files)
	sys, err := shell.NewSystem(vfs.New(vfs.Options{}), shell.NewConsole(1<<20, io.err), machine.Config{
		CPUs: 1, Kernel: files, LowBase: low,
	})
	if err != nil {
		return badInput(err)
	}
	defer sys.Close()
	m := sys.Machine()
	if len(funcs) == 0 {
		funcs = m.KernelFuncs()
	}
	for i, name := range funcs {
		if i > 0 {
			fmt.Fprintln(io.out)
		}
		fn, _, err := sys.Target([]string{name})
		if err != nil {
			return badInput(fmt.Errorf("disasm: %w", err))
		}
		if err := sys.Disassemble(io.out, fn); err != nil {
			return badInput(fmt.Errorf("disasm: %w", err))
		}
	}
	return nil
}
