package scenario

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Update gives the scenario file with the output that was seen. Every "..."
// that still covers lines stays, and nothing changes where all was as expected.
// It refuses a scenario that did not run to its end.
func (r *Result) Update() (src []byte, changed bool, err error) {
	f := r.File
	switch {
	case r.Fault != nil:
		return nil, false, fmt.Errorf("%s: not updated: %w", f.Name, r.Fault)
	case r.Limit != nil:
		return nil, false, fmt.Errorf("%s: not updated: %w", f.Name, r.Limit)
	case len(r.outcomes) < len(f.Commands):
		return nil, false, fmt.Errorf("%s: not updated: only %d of %d commands ran", f.Name, len(r.outcomes), len(f.Commands))
	}
	var b strings.Builder
	next := 0
	for i := range f.Commands {
		c := &f.Commands[i]
		out := r.outcomes[i]
		got := outputLines(out.Output, out.Alarms)
		if matches(c.Want, got) && c.Status == out.Status {
			continue
		}
		changed = true
		writeLines(&b, f.lines[next:c.from])
		r.rewrite(&b, c, got, out.Status)
		next = c.to
	}
	writeLines(&b, f.lines[next:])
	if changed {
		if err := r.limited(); err != nil {
			return nil, false, err
		}
	}
	return []byte(b.String()), changed, nil
}

// limited refuses a scenario in which a command has failed at the limit of
// instructions: what the machine did after that is no behaviour to record.
func (r *Result) limited() error {
	for i, out := range r.outcomes {
		if c := r.File.Commands[i]; out.Limited {
			return fmt.Errorf("%s: not updated: the command in line %d reached the limit of instructions; a higher one is set by max-insns in the front matter or --max-insns",
				r.File.Name, c.Line)
		}
	}
	return nil
}

func writeLines(b *strings.Builder, lines []line) {
	for _, l := range lines {
		b.WriteString(l.text + l.eol)
	}
}

// rewrite writes the new expectation of one command. Lines that stay are
// copied as they stand.
func (r *Result) rewrite(b *strings.Builder, c *Command, got []seen, status int) {
	ops, _ := align(c.Want, got)
	fresh := func(text string) {
		if text != "" {
			text = c.indent + text
		}
		b.WriteString(text + c.eol)
	}
	for _, o := range ops {
		switch o.kind {
		case '=', '.':
			l := r.File.lines[c.Want[o.want].Line-1]
			b.WriteString(l.text + l.eol)
		case '+':
			fresh(Escape(got[o.got].text))
		}
	}
	if status != 0 {
		fresh(fmt.Sprintf("[%d]", status))
	}
}

// ReplaceFile writes a file so that a reader sees the old content or the new
// one, never a part: into a temporary file beside it, then renamed. The mode is
// kept; a symbolic link stays one.
func ReplaceFile(name string, data []byte) error {
	real, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	info, err := os.Stat(real)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(real), "."+filepath.Base(real)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // fails after the rename, as it should
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Chmod(info.Mode().Perm())
	}
	if err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), real)
}
