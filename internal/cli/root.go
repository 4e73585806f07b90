// Package cli is the command line of klpemu.
package cli

//go:generate go run ./gen -root ../..

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// Exit statuses.
const (
	exitOK       = 0
	exitFailed   = 1 // an expectation failed or the guest faulted
	exitUsage    = 2 // bad usage or unreadable input
	exitInternal = 3 // a fault in klpemu itself
)

// streams are the standard streams of one run of the program.
type streams struct {
	in  io.Reader
	out io.Writer
	err io.Writer
}

// statusError ends the program with a status. A nil err says that everything
// has been said.
type statusError struct {
	status int
	err    error
}

func (e *statusError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.status)
	}
	return e.err.Error()
}

func (e *statusError) Unwrap() error { return e.err }

func failed(err error) error   { return &statusError{exitFailed, err} }
func badInput(err error) error { return &statusError{exitUsage, err} }

// Main runs klpemu with the arguments and returns its exit status.
func Main(args []string, in io.Reader, out, errw io.Writer) (status int) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Fprintf(errw, "klpemu: internal fault: %v\n%s", r, debug.Stack())
			fmt.Fprintf(errw, "klpemu: this is a fault of klpemu %s; please report it with the input that led here\n", Version)
			status = exitInternal
		}
	}()
	root := newRoot(streams{in, out, errw})
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errw)
	err := root.Execute()
	if err == nil {
		return exitOK
	}
	var s *statusError
	if !errors.As(err, &s) {
		fmt.Fprintf(errw, "klpemu: %v\n", err)
		fmt.Fprintf(errw, "Try 'klpemu --help' for more information.\n")
		return exitUsage
	}
	if s.err != nil {
		fmt.Fprintf(errw, "klpemu: %v\n", s.err)
	}
	return s.status
}

// NewRoot makes the command line, for the pages that are generated from it.
func NewRoot(in io.Reader, out, errw io.Writer) *cobra.Command {
	return newRoot(streams{in, out, errw})
}

func newRoot(io streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "klpemu",
		Short: "Run the Linux livepatch core on an emulated machine",
		Long: `klpemu runs the Linux livepatch core against a modeled x86-64 machine.

Scenario files are Markdown: they read as documentation and run as tests. A
scenario boots a kernel from object files, loads livepatches, calls functions
and compares every line that the kernel prints.`,
		Example: `  klpemu run scenario.md            run a scenario
  klpemu run -v scenario.md         show the session as it runs
  klpemu run --update scenarios/    rewrite the expected output
  klpemu call pair.o sum 1 2        run one function of an object file`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.AddCommand(
		newRunCmd(io, nil), newShCmd(io, nil), newShellCmd(io, nil), newCallCmd(io, nil), newDisasmCmd(io), newAsmCmd(io), newModinfoCmd(io), newCheckCmd(io), newVersionCmd(io),
	)
	return root
}
