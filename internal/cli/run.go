package cli

import (
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"klpemu/internal/scenario"
)

// runOptions are the arguments of `klpemu run`.
type runOptions struct {
	paths   []string
	update  bool
	verbose bool
	format  string
	pattern string
	machine machineFlags
	jobs    int

	match *regexp.Regexp
}

// newRunCmd makes `klpemu run`; runF replaces what it does, for tests.
func newRunCmd(io streams, runF func(*runOptions) error) *cobra.Command {
	o := &runOptions{}
	cmd := &cobra.Command{
		Use:   "run [flags] FILE|DIR...",
		Short: "Run scenarios and compare what they print",
		Long: `Run runs scenario files: Markdown with console blocks. Each line that a command
prints is compared with the lines under it. Directories are searched for *.md
files with a console block.

Exit status: 0 all as expected; 1 something differs; 2 bad usage or unreadable
input; 3 a fault in klpemu itself.`,
		Example: `  klpemu run docs/tour/01-first-patch.md
  klpemu run -v --run 'stack' scenarios/
  klpemu run --update scenarios/new.md`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			o.paths = args
			if err := o.validate(); err != nil {
				return err
			}
			if runF != nil {
				return runF(o)
			}
			return runRun(io, o)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.update, "update", false, "rewrite the expected output in place")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "show the session as it runs")
	f.StringVar(&o.format, "format", "text", "how to report: text, ktap, junit or json")
	f.IntVarP(&o.jobs, "jobs", "j", runtime.GOMAXPROCS(0), "scenarios to run at the same time (default: one for each CPU)")
	f.Lookup("jobs").DefValue = "0" // the help text is the same on every host
	f.StringVar(&o.pattern, "run", "", "only scenarios whose path or title matches this regular expression")
	o.machine.add(f)
	return cmd
}

func (o *runOptions) validate() error {
	if o.format != "text" && !slices.Contains(scenario.Formats(), o.format) {
		return fmt.Errorf("run: unknown format '%s'; take text, %s", o.format, strings.Join(scenario.Formats(), ", "))
	}
	if o.format != "text" && o.verbose {
		return fmt.Errorf("run: -v shows a session, --format %s reports; take one", o.format)
	}
	if o.jobs < 1 {
		return errors.New("run: -j must be at least 1")
	}
	var err error
	if o.match, err = regexp.Compile(o.pattern); err != nil {
		return fmt.Errorf("run: --run: %w", err)
	}
	return nil
}
