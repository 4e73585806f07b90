package shell

import (
	"fmt"
	"path"

	"klpemu/internal/compress"
	"klpemu/internal/kmod"
	"klpemu/internal/machine"
	"klpemu/internal/modinfo"
)

const modinfoUsage = `modinfo [-0] [-a|-d|-l|-n|-p|-F FIELD] FILE...
Print what a module's file says about it.
  -F, --field FIELD   only the values of this field
  -a, --author        only the author
  -d, --description   only the description
  -l, --license       only the license
  -n, --filename      only the file's path
  -p, --parameters    only the parameters
  -0, --null          a NUL behind each value, not a new line`

// runModinfo is kmod's modinfo for files.
func (s *System) runModinfo(c *Ctx) int {
	opts, args, status, ok := c.Getopt("0adlnpF:", map[string]byte{
		"null": '0', "author": 'a', "description": 'd', "license": 'l', "filename": 'n', "parameters": 'p', "field": 'F',
	})
	if !ok {
		return status
	}
	if len(args) == 0 {
		return c.Errorf("ERROR: missing module or filename.")
	}
	var o modinfo.Options
	for _, opt := range opts {
		switch opt.Flag {
		case '0':
			o.Null = true
		case 'F':
			o.Field = opt.Arg
		default:
			o.Field = modinfo.OptionField(opt.Flag)
		}
	}
	for _, file := range args {
		if s.modinfo(c, file, o) != 0 {
			status = 1
		}
	}
	return status
}

func (s *System) modinfo(c *Ctx, file string, o modinfo.Options) int {
	if _, err := c.ReadFile(file); err != nil {
		return c.Errorf("ERROR: Module %s not found.", file)
	}
	fields, err := s.moduleFields(c, file)
	if err != nil {
		fmt.Fprintf(c.Stderr, "klpemu: %v\n", err)
		return c.Errorf("ERROR: could not get modinfo from '%s': Invalid argument", machine.ModuleName(file))
	}
	if !path.IsAbs(file) {
		file = c.Dir() + "/" + file // as kmod, which cleans nothing
	}
	modinfo.Print(c.Out(), file, fields, o, func(line string) { c.Errorf("ERROR: %s", line) })
	return 0
}

// moduleFields is what modinfo tells of a module's file.
func (s *System) moduleFields(c *Ctx, file string) ([]modinfo.Field, error) {
	src, err := s.moduleSource(c, file)
	if err != nil {
		return nil, err
	}
	data, err := c.ReadFile(file)
	if err == nil {
		data, err = compress.Unpack(file, data, 0)
	}
	if err != nil {
		return nil, err
	}
	if src.Ko != nil {
		if _, err := kmod.ReadInfo(src.Ko); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	fields := src.ModInfo()
	if sig, ok := modinfo.FindSignature(data); ok {
		fields = append(fields, sig.Fields()...)
	}
	return fields, nil
}
