package cli

import (
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"klpemu/internal/machine"
	"klpemu/internal/modinfo"
	"klpemu/internal/obj"
)

// modinfoOptions are the flags of `klpemu modinfo`.
type modinfoOptions struct {
	modinfo.Options
	json   bool
	layout bool
	files  []string
}

// newModinfoCmd makes `klpemu modinfo`.
func newModinfoCmd(io streams) *cobra.Command {
	o := &modinfoOptions{}
	var short [5]bool
	const letters = "adlnp"
	cmd := &cobra.Command{
		Use:                   "modinfo [-0] [-a|-d|-l|-n|-p|-F FIELD] [--layout] [--json] FILE...",
		DisableFlagsInUseLine: true,
		Short:                 "Print what the files of kernel modules say about them",
		Long: `Modinfo reads kernel modules (.ko, .ko.xz, .ko.zst) and prints their .modinfo and
their signature as kmod's modinfo does. With --layout it adds what says where the
structures of the module have their members: its own debugging information, or a
named profile.`,
		Example: `  klpemu modinfo livepatch-sample.ko
  klpemu modinfo -F vermagic livepatch-sample.ko.xz`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			for i, set := range short {
				if set {
					o.Field = modinfo.OptionField(letters[i])
				}
			}
			o.files = args
			return runModinfo(io, o)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&o.Field, "field", "F", "", "print only the values of this field")
	f.BoolVarP(&o.Null, "null", "0", false, "end each value with a NUL, not with a new line")
	for i, name := range []string{"author", "description", "license", "filename", "parameters"} {
		f.BoolVarP(&short[i], name, letters[i:i+1], false, "print only the "+name)
	}
	f.BoolVar(&o.layout, "layout", false, "add the field layout: what the structures of the module are read by")
	f.BoolVar(&o.json, "json", false, "print a JSON object for each file")
	cmd.MarkFlagsMutuallyExclusive("field", "author", "description", "license", "filename", "parameters")
	cmd.MarkFlagsMutuallyExclusive("json", "field")
	cmd.MarkFlagsMutuallyExclusive("json", "null")
	return cmd
}

// runModinfo goes on behind a file that cannot be read, as kmod does.
func runModinfo(io streams, o *modinfoOptions) error {
	var bad error
	for _, name := range o.files {
		fields, layout, err := o.moduleFields(name)
		if err != nil {
			fmt.Fprintf(io.err, "klpemu: modinfo: %v\n", err)
			bad = badInput(nil)
			continue
		}
		if err := printModinfo(io, o, name, fields, layout); err != nil {
			return err
		}
	}
	return bad
}

func printModinfo(io streams, o *modinfoOptions, name string, fields []modinfo.Field, layout string) error {
	path := name
	if !filepath.IsAbs(path) {
		dir, err := filepath.Abs(".")
		if err != nil {
			return badInput(err)
		}
		path = dir + string(filepath.Separator) + name // as kmod, which cleans nothing
	}
	warn := func(line string) { fmt.Fprintf(io.err, "klpemu: modinfo: %s: %s\n", name, line) }
	if !o.json {
		modinfo.Print(io.out, path, fields, o.Options, warn)
		return nil
	}
	enc := json.NewEncoder(io.out)
	enc.SetIndent("", "  ")
	return enc.Encode(modinfoReport{path, fields, modinfo.Params(fields, warn), layout})
}

// modinfoReport is what --json prints of a file.
type modinfoReport struct {
	Filename   string          `json:"filename"`
	Fields     []modinfo.Field `json:"fields"`
	Parameters []modinfo.Param `json:"parameters"`
	Layout     string          `json:"layout"`
}

// moduleFields reads a module of the host. The layout is what its structures are
// read by, where that is asked for.
func (o *modinfoOptions) moduleFields(name string) (fields []modinfo.Field, layout string, err error) {
	data, err := readModule(name)
	if err != nil {
		return nil, "", err
	}
	f, err := obj.Parse(name, data)
	if err != nil {
		return nil, "", err
	}
	section := f.Section(".modinfo")
	if section == nil {
		return nil, "", fmt.Errorf("%s: has no section .modinfo; a kernel module has one", name)
	}
	fields = modinfo.Strings(section.Data)
	if sig, ok := modinfo.FindSignature(data); ok {
		fields = append(fields, sig.Fields()...)
	}
	if !o.layout && !o.json {
		return fields, "", nil
	}
	layout, err = machine.DescribeLayout(name, data)
	if err != nil {
		layout, err = err.Error(), nil // which is an answer, too
	}
	if o.layout {
		fields = append(fields, modinfo.Field{Key: "layout", Value: layout})
	}
	return fields, layout, err
}
