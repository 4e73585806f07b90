package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"

	"klpemu/internal/scenario"
)

// errSkipped says that --run leaves a scenario out.
var errSkipped = errors.New("not selected by --run")

// ran is one scenario that has been run, with what is to be printed for it.
type ran struct {
	scenario.Entry
	text bytes.Buffer
}

// runRun runs the scenarios, several at a time, and reports in their order.
func runRun(io streams, o *runOptions) error {
	files, err := findScenarios(o.paths)
	if err != nil {
		return badInput(err)
	}
	sum := summary{io: io, o: o, progress: newProgress(io, len(files), o)}
	for r := range o.runAll(files) {
		sum.add(r)
	}
	return sum.finish()
}

// runAll runs the files with o.jobs workers and sends the results in the order
// of the files.
func (o *runOptions) runAll(files []string) <-chan *ran {
	slots := make([]chan *ran, len(files))
	for i := range slots {
		slots[i] = make(chan *ran, 1)
	}
	var (
		next int
		mu   sync.Mutex
	)
	for range min(o.jobs, len(files)) {
		go func() {
			for {
				mu.Lock()
				i := next
				next++
				mu.Unlock()
				if i >= len(files) {
					return
				}
				slots[i] <- o.runOne(files[i])
			}
		}()
	}
	out := make(chan *ran)
	go func() {
		for _, s := range slots {
			out <- <-s
		}
		close(out)
	}()
	return out
}

// runOne runs one scenario and keeps what it prints.
func (o *runOptions) runOne(name string) (r *ran) {
	r = &ran{Entry: scenario.Entry{Name: name}}
	defer func() { // a worker's panic must not take the other results along
		if v := recover(); v != nil {
			r.Err = &scenario.FaultError{Where: name, Value: v, Stack: debug.Stack()}
		}
	}()
	r.Result, r.Err = o.runFile(&r.text, name)
	return r
}

// runFile runs one scenario.
func (o *runOptions) runFile(w io.Writer, name string) (*scenario.Result, error) {
	src, err := readInput(name)
	if err != nil {
		return nil, err
	}
	f, err := scenario.Parse(name, src)
	if err != nil {
		return nil, err
	}
	if !o.match.MatchString(name) && !o.match.MatchString(f.Title) {
		return nil, errSkipped
	}
	cfg := sessionConfig{dir: os.DirFS(filepath.Dir(name)), blocks: f.Files}
	if err := o.machine.apply(&cfg, f); err != nil {
		return nil, err
	}
	s, err := newSession(cfg)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer s.system.Close()
	var show io.Writer
	if o.verbose {
		show = w
	}
	r := scenario.Run(f, scenario.NewSession(s.shell, s.console), scenario.Options{Show: show})
	if o.update && !r.OK() {
		return r, o.rewrite(w, name, r)
	}
	r.WriteText(w)
	return r, nil
}

// rewrite is --update: the file gets the output that was seen, or stays as it
// was.
func (o *runOptions) rewrite(w io.Writer, name string, r *scenario.Result) error {
	data, changed, err := r.Update()
	if err != nil {
		r.WriteText(w)
		return err
	}
	if !changed {
		r.WriteText(w)
		return nil
	}
	if err := scenario.ReplaceFile(name, data); err != nil {
		return err
	}
	r.Failures = nil
	fmt.Fprintf(w, "updated %s\n", name)
	return nil
}

// summary collects the results for the report and the exit status.
type summary struct {
	io       streams
	o        *runOptions
	progress *progress
	entries  []scenario.Entry
	totals   scenario.Totals
	broken   int
	fault    error
}

func (s *summary) add(r *ran) {
	s.progress.clear()
	if errors.Is(r.Err, errSkipped) {
		s.progress.done()
		return
	}
	s.entries = append(s.entries, r.Entry)
	if s.o.format == "text" {
		writeColored(s.io, r.text.String())
	}
	if r.Result != nil {
		for _, w := range r.Result.File.Warnings {
			fmt.Fprintf(s.io.err, "klpemu: warning: %v\n", w)
		}
	}
	var fault *scenario.FaultError
	switch {
	case errors.As(r.Err, &fault):
		s.fault = r.Err
	case r.Err != nil:
		fmt.Fprintf(s.io.err, "klpemu: %v\n", r.Err)
		s.broken++
	}
	if r.Result != nil && r.Err == nil {
		s.totals.Add(r.Result)
		if r.Result.Fault != nil {
			s.fault = r.Result.Fault
		}
	}
	s.progress.done()
}

// totalsLine is the last line of a text report. Files that could not be run are
// not passed over as if all had been well.
func (s *summary) totalsLine() string {
	line := s.totals.String()
	if s.broken == 0 {
		return line
	}
	if s.totals.Failed == 0 {
		line, _, _ = strings.Cut(line, ": ")
		return fmt.Sprintf("%s: %d could not be run", line, s.broken)
	}
	return fmt.Sprintf("%s, %d could not be run", line, s.broken)
}

// finish writes the report and gives the exit status.
func (s *summary) finish() error {
	s.progress.clear()
	if s.o.format != "text" {
		if err := scenario.Write(s.io.out, s.o.format, s.entries); err != nil {
			return err
		}
	} else {
		fmt.Fprintln(s.io.out, s.totalsLine())
	}
	switch {
	case s.fault != nil:
		return &statusError{exitInternal, s.fault}
	case s.broken > 0:
		return &statusError{exitUsage, nil}
	case len(s.entries) == 0:
		return badInput(errors.New("run: no scenario matches --run"))
	case s.totals.Failed > 0:
		return failed(nil)
	}
	return nil
}
