package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"mvdan.cc/sh/v3/syntax"
)

// shOptions are the arguments of `klpemu sh`.
type shOptions struct {
	script  string
	args    []string
	root    string
	env     []string
	quiet   bool
	machine machineFlags
}

// newShCmd makes `klpemu sh`; runF replaces what it does, for tests.
func newShCmd(io streams, runF func(*shOptions) error) *cobra.Command {
	o := &shOptions{}
	cmd := &cobra.Command{
		Use:   "sh [--root DIR] [-e NAME=VALUE] SCRIPT [ARG...]",
		Short: "Run a shell script on a freshly booted machine",
		Long: `Sh runs a plain shell script inside a freshly booted machine: it sees the
machine's files, and those of the script's directory (or of --root) read-only in
its working directory. Nothing runs on the host, and nothing of the host's
environment reaches the script but what -e passes on. What the machine's console
shows goes to standard output; the exit status is the script's.`,
		Example: "  klpemu sh demo.sh\n  klpemu sh --root testdata/guest/fentry demo.sh kernel.o\n  klpemu sh -q test-livepatch.sh    (in the directory of the kernel's own livepatch selftests)",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			o.script, o.args = args[0], args[1:]
			if runF != nil {
				return runF(o)
			}
			return runSh(io, o)
		},
	}
	f := cmd.Flags()
	f.SetInterspersed(false)
	f.StringVar(&o.root, "root", "", "directory whose files the script sees; its own by default")
	f.StringArrayVarP(&o.env, "env", "e", nil, "set a variable of the script's environment: NAME=VALUE; may be repeated")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "show what the script prints, without the kernel's messages")
	o.machine.add(f)
	return cmd
}

// scriptName is $0: the script's path below the directory whose files it sees,
// so that it finds what is beside it, or its last element.
func scriptName(root, script string) string {
	rel, err := filepath.Rel(root, script)
	if err != nil || !filepath.IsLocal(rel) {
		return filepath.Base(script)
	}
	return filepath.ToSlash(rel)
}

func runSh(io streams, o *shOptions) error {
	src, err := readInput(o.script)
	if err != nil {
		return badInput(err)
	}
	root := o.root
	if root == "" {
		root = filepath.Dir(o.script)
	}
	if _, err := os.Stat(root); err != nil {
		return badInput(err)
	}
	for _, e := range o.env {
		if name, _, _ := strings.Cut(e, "="); !syntax.ValidName(name) {
			return badInput(fmt.Errorf("-e %s: '%s' is no name of a variable", e, name))
		}
	}
	cfg := sessionConfig{dir: os.DirFS(root), live: io.out, name: scriptName(root, o.script), args: o.args, env: o.env, script: true, quiet: o.quiet}
	if err := o.machine.apply(&cfg, nil); err != nil {
		return badInput(err)
	}
	s, err := newSession(cfg)
	if err != nil {
		return badInput(err)
	}
	defer s.system.Close()
	r := s.shell.Run(string(src))
	if !r.Exited && r.Err == nil {
		r = s.shell.Close()
	}
	if r.Err != nil {
		return failed(r.Err)
	}
	if r.Status != 0 {
		return &statusError{r.Status, nil}
	}
	return nil
}
