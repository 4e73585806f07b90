package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"klpemu/internal/check"
	"klpemu/internal/compress"
	"klpemu/internal/errno"
	"klpemu/internal/kmod"
	"klpemu/internal/machine"
	"klpemu/internal/trace"
)

// checkOptions are the arguments of `klpemu check`.
type checkOptions struct {
	module    string
	others    []string // modules that are there already
	kernel    string
	systemMap string
	json      bool
}

func newCheckCmd(io streams) *cobra.Command {
	o := &checkOptions{}
	cmd := &cobra.Command{
		Use:                   "check [--kernel IMAGE] [--system-map FILE] [--json] FILE.ko [MODULE.ko...]",
		DisableFlagsInUseLine: true,
		Short:                 "Say what a livepatch module would do to a kernel",
		Long: `Check reads a livepatch module and says what it would patch, symbol by symbol:
whether each function is there, which of several it is, whether it can be traced,
what its parts are; its callbacks and states, its use of shadow variables, its
livepatch relocations, and the symbols that the kernel does not export.

What the module patches is what its init passes to klp_enable_patch() on a
machine that is booted for this and enables nothing. Further modules are loaded
before it.

IMAGE is an object file (.o, .s) as boot takes it, a vmlinux with its symbol
table, a System.map, or what /proc/kallsyms shows root. A vmlinux without symbols
or a bzImage needs its System.map besides. Without --kernel it is the built-in
kernel, and the module is also loaded for real.

The exit status is 0 where the kernel would take the module, 1 where it would
refuse it, 2 where something cannot be read.`,
		Example: `  klpemu check livepatch-sample.ko
  klpemu check --kernel vmlinux --json fix.ko.xz`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			o.module, o.others = args[0], args[1:]
			return runCheck(io, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.kernel, "kernel", "", "the kernel `image` to check against")
	f.StringVar(&o.systemMap, "system-map", "", "the symbols of an image that has none")
	f.BoolVar(&o.json, "json", false, "print the report as JSON")
	return cmd
}

func runCheck(io streams, o *checkOptions) error {
	file, err := readModule(o.module)
	if err != nil {
		return badInput(err)
	}
	report, err := checkModule(o, file)
	if err != nil {
		return badInput(err)
	}
	if err := printReport(io.out, o, report); err != nil {
		return err
	}
	if report.Refused {
		return failed(nil)
	}
	return nil
}

func printReport(w io.Writer, o *checkOptions, r *check.Report) error {
	if !o.json {
		_, err := io.WriteString(w, r.Text())
		return err
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

// readModule reads a .ko of the host, unpacked.
func readModule(name string) ([]byte, error) {
	data, err := readInput(name)
	if err == nil {
		data, err = compress.Unpack(name, data, 0)
	}
	return data, err
}

// bootFor boots a machine and loads the modules that are there.
func (o *checkOptions) bootFor() (*machine.Machine, error) {
	cfg := machine.Config{CPUs: 1, Console: func(string) {}}
	if isImage(o.kernel) {
		files, err := readObjects([]string{o.kernel})
		if err != nil {
			return nil, err
		}
		cfg.Kernel = files
	}
	m, err := machine.Boot(cfg)
	if err != nil {
		return nil, err
	}
	for _, name := range o.others {
		file, err := readModule(name)
		if err == nil {
			if err = m.Insmod(machine.ModuleSource{Ko: file}); err != nil {
				err = fmt.Errorf("%s: cannot be loaded before the module: %w", name, err)
			}
		}
		if err != nil {
			m.Close()
			return nil, err
		}
	}
	return m, nil
}

// isImage reports an object file that a machine boots.
func isImage(name string) bool {
	ext := filepath.Ext(name)
	return ext == ".o" || ext == ".s"
}

// checkModule makes the report.
func checkModule(o *checkOptions, file []byte) (*check.Report, error) {
	var said string
	k, err := kmod.Open(file, func(_ trace.Level, text string) { said = text })
	if err != nil {
		if said != "" {
			return nil, fmt.Errorf("%s: %s", o.module, said)
		}
		return nil, fmt.Errorf("%s: %w", o.module, err)
	}
	m, err := o.bootFor()
	if err != nil {
		return nil, err
	}
	defer m.Close()
	in := check.Input{File: o.module, Module: k}
	if in.Kernel, err = o.kernelFor(m); err != nil {
		return nil, err
	}
	// The probe leaves the machine with the module in it: what is asked of the
	// kernel is asked of another one.
	probed, err := o.bootFor()
	if err != nil {
		return nil, err
	}
	defer probed.Close()
	probe := probed.Probe(machine.ModuleSource{Ko: file})
	in.Patches = probe.Patches
	if in.Layout, err = machine.DescribeLayout(k.Name, file); err != nil {
		in.Layout = err.Error()
	}
	in.Place = func(addr uint64) (string, uint64) { return place(probed, addr) }
	r := check.Check(in)
	switch {
	case len(probe.Patches) == 0 && probe.Err != nil:
		r.Note("init did not come to klp_enable_patch(): %v", probe.Err)
	case len(probe.Patches) == 0:
		r.Note("init does not call klp_enable_patch()")
	}
	if o.kernel == "" || isImage(o.kernel) {
		loadForReal(r, m, file)
	}
	return r, nil
}

// place names a function of the probed module.
func place(m *machine.Machine, addr uint64) (string, uint64) {
	r, ok := m.Symtab().Lookup(addr)
	switch {
	case !ok:
		return fmt.Sprintf("%#x", addr), 0
	case r.Offset != 0:
		return fmt.Sprintf("%s+%#x", r.Name, r.Offset), r.Size
	}
	return r.Name, r.Size
}

// loadForReal loads the module, and notes what the kernel says.
func loadForReal(r *check.Report, m *machine.Machine, file []byte) {
	m.ClearLog()
	err := m.Insmod(machine.ModuleSource{Ko: file})
	for _, rec := range m.Log() {
		r.Messages = append(r.Messages, rec.Text)
	}
	if err == nil {
		r.Loaded("", "")
		return
	}
	name := err.Error()
	if e, ok := errno.Of(err); ok {
		name = e.Name()
	}
	var load *machine.LoadError
	detail := ""
	if errors.As(err, &load) && load.Detail != nil {
		detail = load.Detail.Error()
	}
	r.Loaded(name, detail)
}

// kernelFor is what the module is checked against.
func (o *checkOptions) kernelFor(m *machine.Machine) (check.Kernel, error) {
	switch {
	case o.kernel == "":
		return check.Machine{Title: "the built-in kernel, profile " + m.Profile().Name, M: m}, nil
	case isImage(o.kernel):
		return check.Machine{Title: o.kernel, M: m}, nil
	}
	data, err := readInput(o.kernel)
	if err != nil {
		return nil, err
	}
	var symbols *check.Image
	if o.systemMap != "" {
		text, err := readInput(o.systemMap)
		if err != nil {
			return nil, err
		}
		if symbols, err = check.ParseMap(o.systemMap, string(text)); err != nil {
			return nil, err
		}
	}
	return check.ParseKernel(o.kernel, data, symbols)
}
