package cli

import (
	"path"
	"slices"
	"sort"
	"strings"

	"klpemu/internal/scenario"
	"klpemu/internal/shell"
)

// complete is the Tab key: it completes the word before the cursor as far as
// it is unambiguous.
func (i *interactive) complete(line string, pos int, key rune) (string, int, bool) {
	if key != '\t' {
		return "", 0, false
	}
	head := line[:pos]
	start := strings.LastIndexAny(head, " \t;|&><=(") + 1
	word := head[start:]
	first := strings.TrimSpace(head[:start])
	var choices []string
	switch {
	case first == "" || strings.HasSuffix(first, "|") || strings.HasSuffix(first, ";") || strings.HasSuffix(first, "&"):
		choices = i.commandNames(word)
	default:
		choices = append(i.paths(word), i.symbols(word)...)
	}
	done := commonPrefix(choices)
	if len(choices) == 1 && !strings.HasSuffix(done, "/") {
		done += " "
	}
	if len(done) <= len(word) {
		return "", 0, false
	}
	return head[:start] + done + line[pos:], start + len(done), true
}

func (i *interactive) commandNames(prefix string) []string {
	var names []string
	for _, list := range [][]*shell.Command{i.system.Commands(), shell.Builtins(), shell.Coreutils()} {
		for _, c := range list {
			if strings.HasPrefix(c.Name, prefix) {
				names = append(names, c.Name)
			}
		}
	}
	sort.Strings(names)
	return slices.Compact(names)
}

// paths completes a path of the machine.
func (i *interactive) paths(word string) []string {
	dir, base := path.Split(word)
	look := dir
	if !path.IsAbs(look) {
		look = path.Join(scenario.WorkDir, look)
	}
	entries, err := i.system.FS().ReadDir(look)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name, base) || base == "" && strings.HasPrefix(e.Name, ".") {
			continue
		}
		name := dir + e.Name
		if e.IsDir() {
			name += "/"
		}
		names = append(names, name)
	}
	return names
}

// symbols completes the name of a function or of data.
func (i *interactive) symbols(prefix string) []string {
	if prefix == "" || strings.Contains(prefix, "/") {
		return nil
	}
	var names []string
	for _, o := range i.system.Machine().Symtab().Objects() {
		for _, s := range o.Symbols() {
			if strings.HasPrefix(s.Name, prefix) {
				names = append(names, s.Name)
			}
		}
	}
	sort.Strings(names)
	return slices.Compact(names)
}

// commonPrefix is what all choices begin with.
func commonPrefix(choices []string) string {
	if len(choices) == 0 {
		return ""
	}
	prefix := choices[0]
	for _, c := range choices[1:] {
		for !strings.HasPrefix(c, prefix) {
			prefix = prefix[:len(prefix)-1]
		}
	}
	return prefix
}
