package shell

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"klpemu/internal/compress"
	"klpemu/internal/errno"
	"klpemu/internal/machine"
)

func (s *System) moduleCommands() []*Command {
	return []*Command{
		{Name: "insmod", Usage: "insmod FILE [NAME=VALUE]...\nLoad a module: a livepatch (.klp), a kernel module (.ko) or an object (.o, .s), with its parameters.", Run: s.runInsmod},
		{Name: "rmmod", Usage: rmmodUsage, Run: s.runRmmod},
		{Name: "modinfo", Usage: modinfoUsage, Run: s.runModinfo},
		{Name: "lsmod", Usage: "lsmod\nList the loaded modules.", Run: s.runLsmod},
	}
}

// runInsmod says what kmod's insmod says; what the kernel has no words for,
// such as the place in a broken file, stands on a line of its own before it.
func (s *System) runInsmod(c *Ctx) int {
	if len(c.Args) < 2 {
		return c.Errorf("ERROR: missing filename.")
	}
	file := c.Args[1]
	if _, err := c.ReadFile(file); err != nil {
		return c.Errorf("ERROR: could not load module %s: %s", file, Reason(err))
	}
	src, err := s.moduleSource(c, file)
	if err != nil {
		fmt.Fprintf(c.Stderr, "klpemu: %v\n", err)
		return c.Errorf("ERROR: could not insert module %s: Invalid module format", file)
	}
	src.Args = moduleArgs(c.Args[2:])
	if err := s.m.Insmod(src); err != nil {
		var load *machine.LoadError
		if errors.As(err, &load) && load.Detail != nil {
			fmt.Fprintf(c.Stderr, "klpemu: %s: %v\n", file, load.Detail)
		}
		return c.Errorf("ERROR: could not insert module %s: %s", file, insmodReason(err))
	}
	return 0
}

// moduleArgs joins parameters as kmod's insmod does: blanks in a value are kept
// by quotes.
func moduleArgs(args []string) string {
	quoted := make([]string, len(args))
	for i, a := range args {
		quoted[i] = a
		if name, value, ok := strings.Cut(a, "="); ok && strings.ContainsAny(value, " \t") && !strings.HasPrefix(value, `"`) {
			quoted[i] = name + `="` + value + `"`
		}
	}
	return strings.Join(quoted, " ")
}

// insmodReason is mod_strerror of kmod.
func insmodReason(err error) string {
	e, ok := errno.Of(err)
	if !ok {
		return err.Error()
	}
	switch e {
	case errno.ENOEXEC:
		return "Invalid module format"
	case errno.ENOENT:
		return "Unknown symbol in module"
	case errno.ESRCH:
		return "Module has wrong symbol version"
	case errno.EINVAL:
		return "Invalid parameters"
	}
	return e.Error()
}

// moduleSource reads a module and the files that it names.
func (s *System) moduleSource(c *Ctx, file string) (machine.ModuleSource, error) {
	src := machine.ModuleSource{Name: machine.ModuleName(file)}
	if path.Ext(compress.Name(file)) == ".ko" {
		data, err := c.ReadFile(file)
		if err != nil {
			return src, fmt.Errorf("%s: %s", file, Reason(err))
		}
		src.Ko, err = compress.Unpack(file, data, 0)
		return src, err
	}
	if path.Ext(file) != ".klp" {
		f, err := s.objectFile(c, file)
		if err != nil {
			return src, err
		}
		src.Files = append(src.Files, f)
		return src, nil
	}
	spec, err := s.klpSpec(c, file)
	if err != nil {
		return src, err
	}
	src.Name, src.Patch = spec.Name, spec
	for _, code := range spec.Code {
		name := code.File
		if !path.IsAbs(name) {
			name = path.Join(path.Dir(file), name)
		}
		f, err := s.objectFile(c, name)
		if err != nil {
			return src, fmt.Errorf("%s:%d: %w", file, code.Line, err)
		}
		src.Files = append(src.Files, f)
	}
	return src, nil
}

func (s *System) klpSpec(c *Ctx, file string) (*machine.PatchSpec, error) {
	data, err := c.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %s", file, Reason(err))
	}
	return machine.ParseKlp(file, data)
}

const rmmodUsage = `rmmod [-f] MODULE...
Unload modules, by name or by file.
  -f, --force   also one that is in use; taints the kernel, and what still refers
                to the module is in for a page fault`

func (s *System) runRmmod(c *Ctx) int {
	opts, args, status, ok := c.Getopt("f", map[string]byte{"force": 'f'})
	if !ok {
		return status
	}
	if len(args) == 0 {
		return c.Errorf("ERROR: missing module name.")
	}
	for _, arg := range args {
		if s.rmmod(c, arg, len(opts) > 0) != 0 {
			status = 1
		}
	}
	return status
}

func (s *System) rmmod(c *Ctx, arg string, force bool) int {
	name := s.moduleName(c, arg)
	mod := s.m.Module(name)
	remove := s.m.Rmmod
	switch {
	case force:
		remove = s.m.ForceRmmod
	case mod == nil:
		return c.Errorf("ERROR: Module %s is not currently loaded", name)
	case len(mod.Users()) > 0:
		return c.Errorf("ERROR: Module %s is in use by:%s", name, userNames(mod, " "))
	case mod.Refs > 0:
		return c.Errorf("ERROR: Module %s is in use", name)
	}
	if err := remove(name); err != nil {
		return c.Errorf("ERROR: could not remove module %s: %s", arg, Reason(err))
	}
	return 0
}

// moduleName is the module that a name or a file name means.
func (s *System) moduleName(c *Ctx, arg string) string {
	if path.Ext(arg) == ".klp" {
		if spec, err := s.klpSpec(c, arg); err == nil {
			return spec.Name
		}
	}
	switch path.Ext(compress.Name(arg)) {
	case ".klp", ".o", ".s", ".ko":
		return machine.ModuleName(arg)
	}
	return strings.ReplaceAll(path.Base(arg), "-", "_")
}

func (s *System) runLsmod(c *Ctx) int {
	fmt.Fprintf(c.Out(), "%-20s%8s  %s\n", "Module", "Size", "Used by")
	for _, mod := range s.m.Modules() {
		fmt.Fprintf(c.Out(), "%-20s%8d  %d%s\n", mod.Name, mod.Size(), mod.Refs, lsmodUsers(mod))
	}
	return 0
}

// userNames lists the holders of a module, each after sep.
func userNames(mod *machine.Module, sep string) string {
	var b strings.Builder
	for _, u := range mod.Users() {
		b.WriteString(sep + u.Name)
	}
	return b.String()
}

// lsmodUsers is the list that lsmod prints behind the count.
func lsmodUsers(mod *machine.Module) string {
	users := strings.TrimPrefix(userNames(mod, ","), ",")
	if mod.Permanent() {
		users = strings.TrimPrefix(users+",[permanent]", ",")
	}
	if users == "" {
		return ""
	}
	return " " + users
}
