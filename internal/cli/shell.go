package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"
	"mvdan.cc/sh/v3/syntax"

	"klpemu/internal/machine"
	"klpemu/internal/scenario"
)

// shellOptions are the arguments of `klpemu shell`.
type shellOptions struct {
	file    string // a scenario to start after
	record  string
	machine machineFlags
}

// newShellCmd makes `klpemu shell`; runF replaces what it does, for tests.
func newShellCmd(io streams, runF func(*shellOptions) error) *cobra.Command {
	o := &shellOptions{}
	cmd := &cobra.Command{
		Use:   "shell [--record OUT.md] [FILE.md]",
		Short: "Work on a machine by hand",
		Long: `Shell boots a machine and reads commands from the terminal, with history (the
arrow keys) and completion (Tab) of commands, files and symbols. Ctrl-C ends the
running command, Ctrl-D the shell. With a scenario, it starts in the state after
it; --record writes the session as a scenario.

The files of the current directory, or of the scenario's, can be read. The exit
status is that of the last command.`,
		Example: "  klpemu shell\n  klpemu shell --record new.md docs/tour/01-first-patch.md",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.file = args[0]
			}
			if runF != nil {
				return runF(o)
			}
			return runShell(io, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.record, "record", "", "write the session as a scenario to this file")
	o.machine.add(f)
	return cmd
}

// interactive is one `klpemu shell` in progress.
type interactive struct {
	*hostSession
	io       streams
	record   *recorder
	stopping atomic.Bool // Ctrl-C while a command runs
	status   int         // of the last command
}

func runShell(io streams, o *shellOptions) error {
	i := &interactive{io: io, record: newRecorder(o)}
	cfg := sessionConfig{
		dir: os.DirFS("."), live: io.out,
		machine: machine.Config{Interrupt: i.stopping.Load},
	}
	var before *scenario.File
	if o.file != "" {
		f, err := readScenario(o.file)
		if err != nil {
			return badInput(err)
		}
		before = f
		cfg.dir, cfg.blocks = os.DirFS(filepath.Dir(o.file)), f.Files
	}
	if err := o.machine.apply(&cfg, before); err != nil {
		return badInput(err)
	}
	s, err := newSession(cfg)
	if err != nil {
		return badInput(err)
	}
	defer s.system.Close()
	i.hostSession = s
	if before != nil {
		i.replay(before)
	}
	if err := i.loop(); err != nil {
		return err
	}
	if err := i.record.save(); err != nil {
		return badInput(err)
	}
	if i.status != 0 {
		return &statusError{i.status, nil}
	}
	return nil
}

func readScenario(name string) (*scenario.File, error) {
	src, err := readInput(name)
	if err != nil {
		return nil, err
	}
	return scenario.Parse(name, src)
}

// replay runs a scenario's commands, showing them.
func (i *interactive) replay(f *scenario.File) {
	for _, c := range f.Commands {
		fmt.Fprintf(i.io.out, "$ %s\n", strings.ReplaceAll(c.Text, "\n", "\n> "))
		if i.run(c.Text) {
			return
		}
	}
}

// loop reads and runs commands until the input or the shell ends.
func (i *interactive) loop() error {
	in, err := newLineReader(i)
	if err != nil {
		return err
	}
	defer in.close()
	for {
		text, err := i.command(in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return failed(err)
		}
		if strings.TrimSpace(text) != "" && i.run(text) {
			return nil
		}
	}
}

// command reads one command, which may go on over several lines.
func (i *interactive) command(in lineReader) (string, error) {
	prompt := fmt.Sprintf("klp:%dcpu $ ", len(i.system.Machine().CPUs()))
	text := ""
	for {
		line, err := in.read(prompt)
		if errors.Is(err, errAbandoned) {
			return "", nil
		}
		if err != nil {
			if text != "" && errors.Is(err, io.EOF) {
				return text, nil
			}
			return "", err
		}
		text += line
		if !incomplete(text) {
			return text, nil
		}
		text += "\n"
		prompt = "> "
	}
}

// incomplete reports that a command goes on in the next line.
func incomplete(text string) bool {
	_, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text+"\n"), "")
	return syntax.IsIncomplete(err)
}

// run runs one command and reports whether the shell has ended. Ctrl-C ends
// the command only.
func (i *interactive) run(text string) (ended bool) {
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	done := make(chan struct{})
	go func() {
		select {
		case <-interrupts:
			i.stopping.Store(true)
		case <-done:
		}
	}()
	r := i.shell.Run(text)
	signal.Stop(interrupts)
	close(done)
	i.stopping.Store(false)
	out, _ := i.console.Take()
	if n := len(out); n > 0 && out[n-1] != '\n' {
		fmt.Fprintln(i.io.out)
	}
	if r.Err != nil {
		fmt.Fprintf(i.io.err, "klpemu: %v\n", r.Err)
	}
	i.record.add(text, out, r.Status)
	i.status = r.Status
	return r.Exited
}
