package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"klpemu/internal/asm"
)

func newAsmCmd(io streams) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:                   "asm FILE.s [-o FILE.o]",
		DisableFlagsInUseLine: true,
		Short:                 "Assemble GNU assembler source into an object file",
		Example:               "  klpemu asm pair.s -o pair.o",
		Args:                  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if out == "" {
				out = strings.TrimSuffix(args[0], filepath.Ext(args[0])) + ".o"
			}
			return runAsm(args[0], out)
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "the object file; FILE.o by default")
	return cmd
}

func runAsm(in, out string) error {
	src, err := readInput(in)
	if err != nil {
		return badInput(err)
	}
	if in == out {
		return badInput(errors.New("asm: the object would overwrite its source; name another with -o"))
	}
	object, err := asm.Assemble(in, src)
	if err != nil {
		return badInput(err)
	}
	if err := os.WriteFile(out, object, 0o666); err != nil {
		return badInput(err)
	}
	return nil
}
