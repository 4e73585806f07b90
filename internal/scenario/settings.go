package scenario

import (
	"strconv"
	"strings"

	"klpemu/internal/shell"
)

// Limits gives the shell's limits that the front matter sets: max-commands,
// max-output, max-pipe and max-depth.
func (f *File) Limits() (shell.Limits, error) {
	var l shell.Limits
	for _, s := range f.Settings {
		name, ok := strings.CutPrefix(s.Key, "max-")
		if !ok || name == "insns" || name == "memory" {
			continue // the machine's
		}
		n, err := strconv.Atoi(s.Value)
		if err != nil || n > 1<<30 || !l.Set(name, n) {
			return l, &Error{f.Name, s.Line, s.Key + ": " + strconv.Quote(s.Value) + " is no number from 1 to 1073741824"}
		}
	}
	return l, nil
}
