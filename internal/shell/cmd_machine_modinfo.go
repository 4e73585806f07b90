package shell

import (
	"fmt"
	"path"
	"strings"

	"klpemu/internal/machine"
)

const modinfoUsage = `modinfo [-F FIELD] FILE
Print what a module's file says about it.
  -F, --field FIELD   only the values of this field`

// runModinfo is kmod's modinfo for files.
func (s *System) runModinfo(c *Ctx) int {
	opts, args, status, ok := c.Getopt("F:", map[string]byte{"field": 'F'})
	if !ok {
		return status
	}
	if len(args) != 1 {
		return c.Errorf("ERROR: missing module or filename.")
	}
	field := ""
	for _, o := range opts {
		field = o.Arg
	}
	if _, err := c.ReadFile(args[0]); err != nil {
		return c.Errorf("ERROR: Module %s not found.", args[0])
	}
	src, err := s.moduleSource(c, args[0])
	if err != nil {
		fmt.Fprintf(c.Stderr, "klpemu: %v\n", err)
		return c.Errorf("ERROR: could not get modinfo from '%s': Invalid argument", machine.ModuleName(args[0]))
	}
	file := args[0]
	if !path.IsAbs(file) {
		file = path.Join(c.Dir(), file)
	}
	for _, i := range append([]machine.ModInfo{{Tag: "filename", Value: file}}, src.ModInfo()...) {
		switch {
		case field == "":
			fmt.Fprintf(c.Out(), "%-16s%s\n", i.Tag+":", i.Value)
		case strings.EqualFold(field, i.Tag):
			fmt.Fprintln(c.Out(), i.Value)
		}
	}
	return 0
}
