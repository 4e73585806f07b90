package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"klpemu/internal/scenario"
)

// recorder writes an interactive session down as a scenario. A nil recorder
// writes nothing.
type recorder struct {
	file string
	text strings.Builder
}

func newRecorder(o *shellOptions) *recorder {
	if o.record == "" {
		return nil
	}
	r := &recorder{file: o.record}
	r.text.WriteString("# A session\n\n```console\n")
	return r
}

// add writes one command with what it printed.
func (r *recorder) add(command string, out []byte, status int) {
	if r == nil {
		return
	}
	fmt.Fprintf(&r.text, "$ %s\n", strings.ReplaceAll(command, "\n", "\n> "))
	if text := strings.TrimSuffix(string(out), "\n"); len(out) > 0 {
		for line := range strings.SplitSeq(text, "\n") {
			fmt.Fprintln(&r.text, scenario.Escape(line))
		}
	}
	if status != 0 {
		fmt.Fprintf(&r.text, "[%d]\n", status)
	}
}

// save writes the file, whole or not at all.
func (r *recorder) save() error {
	if r == nil {
		return nil
	}
	data := []byte(r.text.String() + "```\n")
	if _, err := os.Lstat(r.file); errors.Is(err, fs.ErrNotExist) {
		return os.WriteFile(r.file, data, 0o666)
	}
	return scenario.ReplaceFile(r.file, data)
}
