package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"klpemu/internal/machine"
)

// Version is the version of the program.
const Version = "0.1.0"

func newVersionCmd(io streams) *cobra.Command {
	return &cobra.Command{
		Use:                   "version",
		DisableFlagsInUseLine: true,
		Short:                 "Print the version and the kernel that is modeled",
		Args:                  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(io.out, "klpemu %s (models Linux %s, x86-64)\n", Version, machine.Release)
			return err
		},
	}
}
