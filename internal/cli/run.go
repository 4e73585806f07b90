package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"klpemu/internal/machine"
	"klpemu/internal/scenario"
	"klpemu/internal/shell"
)

// runOptions are the arguments of `klpemu run`.
type runOptions struct {
	paths    []string
	update   bool
	verbose  bool
	seed     uint64
	format   string
	pattern  string
	maxInsns uint64

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
	f.Uint64Var(&o.seed, "seed", 0, "seed of everything that is random")
	f.StringVar(&o.format, "format", "text", "text")
	f.StringVar(&o.pattern, "run", "", "only scenarios whose path or title matches this regular expression")
	f.Uint64Var(&o.maxInsns, "max-insns", machine.DefaultInsns, "guest instructions that one command may execute")
	return cmd
}

func (o *runOptions) validate() error {
	if o.format != "text" {
		return fmt.Errorf("run: unknown format '%s'; take text", o.format)
	}
	if o.maxInsns == 0 {
		return errors.New("run: --max-insns must be at least 1")
	}
	var err error
	if o.match, err = regexp.Compile(o.pattern); err != nil {
		return fmt.Errorf("run: --run: %w", err)
	}
	return nil
}

func runRun(io streams, o *runOptions) error {
	files, err := findScenarios(o.paths)
	if err != nil {
		return badInput(err)
	}
	var (
		totals scenario.Totals
		broken int
		fault  error
	)
	for _, name := range files {
		r, err := o.runFile(io, name)
		if err != nil {
			fmt.Fprintf(io.err, "klpemu: %v\n", err)
			broken++
			continue
		}
		if r == nil {
			continue
		}
		totals.Add(r)
		if r.Fault != nil {
			fault = r.Fault
		}
	}
	fmt.Fprint(io.out, totals.String())
	if broken > 0 {
		fmt.Fprintf(io.out, ", %d could not be run", broken)
	}
	fmt.Fprintln(io.out)
	switch {
	case fault != nil:
		return &statusError{exitInternal, fault}
	case broken > 0:
		return &statusError{exitUsage, nil}
	case totals.Failed > 0:
		return failed(nil)
	}
	return nil
}

// runFile runs one scenario; nil where --run leaves it out.
func (o *runOptions) runFile(io streams, name string) (*scenario.Result, error) {
	src, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	f, err := scenario.Parse(name, src)
	if err != nil {
		return nil, err
	}
	if !o.match.MatchString(name) && !o.match.MatchString(f.Title) {
		return nil, nil
	}
	cfg := machine.Config{Seed: o.seed, Limits: machine.Limits{Insns: o.maxInsns}}
	if err := applySettings(&cfg, f); err != nil {
		return nil, err
	}
	s, err := newScenarioSession(f, os.DirFS(filepath.Dir(name)), cfg)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer s.system.Close()
	r := scenario.Run(f, s.session, scenario.Options{Show: o.show(io)})
	if o.update && !r.OK() {
		return r, o.rewrite(io, name, r)
	}
	r.WriteText(io.out)
	return r, nil
}

func (o *runOptions) show(io streams) io.Writer {
	if o.verbose {
		return io.out
	}
	return nil
}

// rewrite is --update: the file gets the output that was seen, or stays as it
// was.
func (o *runOptions) rewrite(io streams, name string, r *scenario.Result) error {
	data, changed, err := r.Update()
	if err != nil {
		r.WriteText(io.out)
		return err
	}
	if !changed {
		r.WriteText(io.out)
		return nil
	}
	if err := scenario.ReplaceFile(name, data); err != nil {
		return err
	}
	r.Failures = nil
	fmt.Fprintf(io.out, "updated %s\n", name)
	return nil
}

// applySettings applies the machine defaults of a scenario's front matter.
func applySettings(cfg *machine.Config, f *scenario.File) error {
	for _, set := range f.Settings {
		if set.Key == "title" {
			continue
		}
		n, err := strconv.ParseUint(set.Value, 0, 62)
		if err != nil {
			return fmt.Errorf("%s:%d: %s: '%s' is no number", f.Name, set.Line, set.Key, set.Value)
		}
		switch set.Key {
		case "cpus":
			cfg.CPUs = int(min(n, 1<<30))
		case "hz":
			cfg.Hz = n
		case "seed":
			if cfg.Seed == 0 {
				cfg.Seed = n
			}
		default:
			return fmt.Errorf("%s:%d: unknown setting '%s'; the front matter has title, cpus, hz and seed", f.Name, set.Line, set.Key)
		}
	}
	return nil
}

// scenarioSession is a shell on a freshly booted machine.
type scenarioSession struct {
	session *scenario.ShellSession
	system  *shell.System
}

// newScenarioSession boots a machine for a scenario whose directory is dir.
func newScenarioSession(f *scenario.File, dir fs.FS, cfg machine.Config) (*scenarioSession, error) {
	var sys *shell.System
	now := func() time.Time {
		if sys == nil {
			return shell.BootTime()
		}
		return sys.Now()
	}
	tree, err := scenario.NewFS(dir, f.Files, now)
	if err != nil {
		return nil, err
	}
	console := shell.NewConsole(16<<20, nil)
	if sys, err = shell.NewSystem(tree, console, cfg); err != nil {
		return nil, err
	}
	sh := shell.New(shell.Config{
		FS: tree, Host: sys, Console: console, Commands: sys.Commands(), Seed: cfg.Seed, Dir: scenario.WorkDir,
	})
	return &scenarioSession{scenario.NewSession(sh, console), sys}, nil
}

// findScenarios lists the files to run: files as they are named, and every
// Markdown file with a console block below a directory, in order of path.
func findScenarios(paths []string) ([]string, error) {
	var files []string
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, p)
			continue
		}
		found, err := scenariosBelow(p)
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	if len(files) == 0 {
		return nil, errors.New("no scenario found; a scenario is a .md file with a ```console block")
	}
	return files, nil
}

func scenariosBelow(dir string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(p) != ".md" {
			return err
		}
		src, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		if scenario.HasConsole(src) {
			files = append(files, p)
		}
		return nil
	})
	return files, err
}
