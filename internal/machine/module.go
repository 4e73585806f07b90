package machine

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"klpemu/ftrace"
	"klpemu/internal/compress"
	"klpemu/internal/errno"
	"klpemu/internal/kmod"
	"klpemu/internal/obj"
	"klpemu/internal/symtab"
	"klpemu/internal/trace"
	"klpemu/livepatch"
)

// ModuleState is enum module_state.
type ModuleState uint8

// The states of a module.
const (
	ModuleLive ModuleState = iota
	ModuleComing
	ModuleGoing
	ModuleUnformed
)

// String is the state as /sys/module/M/initstate has it.
func (s ModuleState) String() string {
	return [...]string{"live", "coming", "going", "unformed"}[s]
}

// Module is a loaded module.
type Module struct {
	Name      string
	State     ModuleState
	Livepatch bool
	Refs      int // refcnt as /sys/module/M/refcnt shows it
	Base      uint64
	Taint     string // letters, for /proc/modules

	ko      *kmod.Module           // of a .ko
	spaces  []uint64               // what of module space is its own
	freed   []symtab.Region        // its init memory, once that has gone
	exports map[string]kmod.Export // of a .ko
	jumps   []kmod.JumpEntry
	percpu  uint64 // offset of its per-CPU variables
	taints  uint32
	gplOnly bool // it uses symbols that only GPL modules may use

	own      *ownLayout // what its debugging information says of structures
	klpAlive bool
	formed   bool // its symbols are in kallsyms
	image    *obj.Image
	globals  map[string]uint64
	addr     uint64 // its struct module
	init     uint64
	exit     uint64
	relas    []*livepatch.RelaSection
	params   []*Param
	uses     []*Module // modules whose symbols it refers to
	users    []*Module // its holders, newest first
}

// nameLen is MODULE_NAME_LEN without its NUL.
const nameLen = 55

// ModuleSource is a module to load.
type ModuleSource struct {
	Name  string
	Files []*obj.File
	Patch *PatchSpec // of a .klp; nil for an ordinary module
	Ko    []byte     // a .ko, which brings its own name; Files are nil then
	Args  string     // parameters, as insmod passes them
}

// LoadError says why a module was refused. Err is what insmod's errno says;
// Detail is what the kernel cannot say, such as the place in a file.
type LoadError struct {
	Err    errno.Errno
	Detail error
}

// Error gives the detail where there is one.
func (e *LoadError) Error() string {
	if e.Detail != nil {
		return e.Detail.Error()
	}
	return e.Err.Error()
}

// Unwrap gives the errno.
func (e *LoadError) Unwrap() error { return e.Err }

// Modules returns the loaded modules, newest first.
func (m *Machine) Modules() []*Module { return m.modules }

// Module returns a loaded module, or nil.
func (m *Machine) Module(name string) *Module { return m.module(name) }

func (m *Machine) module(name string) *Module {
	for _, mod := range m.modules {
		if mod.Name == name {
			return mod
		}
	}
	return nil
}

// Insmod loads a module by the kernel's order of steps (kernel/module/main.c,
// load_module). It runs as a system call of the shell's task.
func (m *Machine) Insmod(src ModuleSource) error {
	var err error
	if blocked := m.Do("init_module", func() { err = m.loadModule(src) }); blocked != nil {
		return blocked
	}
	var load *LoadError
	if errors.As(err, &load) && load.Err < 0 {
		return nil // a positive result of the system call is no error to its caller
	}
	return err
}

func (m *Machine) loadModule(src ModuleSource) error {
	if src.Ko != nil {
		mod, err := m.layoutKo(src.Ko)
		if err != nil {
			return loadErrno(err)
		}
		return m.runModule(mod, src)
	}
	if src.Name == "" || len(src.Name) > nameLen {
		return &LoadError{errno.EINVAL, fmt.Errorf("module name %q must have 1 to %d characters", src.Name, nameLen)}
	}
	mod := &Module{
		Name: src.Name, State: ModuleUnformed, Livepatch: src.Patch != nil || marked(src.Files),
		globals: map[string]uint64{},
	}
	if err := m.checkModinfoLivepatch(mod); err != nil {
		return loadErrno(err)
	}
	if m.module(src.Name) != nil {
		return &LoadError{Err: errno.EEXIST}
	}
	if mod.Livepatch {
		m.taintLivepatch(mod)
	}
	if src.Name == vmlinux { // its symbols are there; the refusal is livepatch's
		return loadErrno(m.klp.ModuleComing(src.Name))
	}
	if err := m.layoutModule(mod, src); err != nil {
		return err
	}
	m.modules = append([]*Module{mod}, m.modules...)
	m.holdUsed(mod)
	return m.runModule(mod, src)
}

// runModule is load_module from the time the module lies in memory.
func (m *Machine) runModule(mod *Module, src ModuleSource) error {
	if err := m.formModule(mod); err != nil {
		m.dropModule(mod)
		return loadErrno(err)
	}
	if err := m.klp.ModuleComing(mod.Name); err != nil {
		m.dropModule(mod)
		return loadErrno(err)
	}
	err := m.enableKo(mod)
	if err == nil {
		m.kprobesOfModule(mod.Name)
		err = m.notifyComing(mod)
	}
	if err != nil {
		m.klp.ModuleGoing(mod.Name)
		m.dropModule(mod)
		return loadErrno(err)
	}
	err = m.parseArgs(mod, src.Args)
	if err == nil {
		err = m.checkSections(mod)
	}
	m.addModuleKobject(mod)
	if err == nil {
		err = m.initModule(mod, src)
	}
	if err != nil {
		m.setModuleState(mod, ModuleGoing)
		m.notify(mod)
		m.klp.ModuleGoing(mod.Name)
		m.dropModule(mod)
		return loadErrno(err)
	}
	m.setModuleState(mod, ModuleLive)
	m.notify(mod)
	m.freeInit(mod)
	return nil
}

func loadErrno(err error) error {
	var (
		load *LoadError
		ko   *kmod.Refusal
		e    errno.Errno
	)
	switch {
	case errors.As(err, &load):
		return load
	case errors.As(err, &ko):
		return &LoadError{ko.Err, ko.Detail}
	case errors.As(err, &e):
		return &LoadError{Err: e}
	}
	return &LoadError{errno.ENOEXEC, err}
}

// layoutModule links the module and maps it.
func (m *Machine) layoutModule(mod *Module, src ModuleSource) error {
	files, err := moduleFiles(&src)
	if err != nil {
		return &LoadError{errno.ENOEXEC, err}
	}
	src.Files = files
	im, err := m.linkModule(mod, src)
	if err != nil {
		return err
	}
	mod.image = im
	if mod.Base, err = m.modspace.get(im.End - im.Base); err == nil && mod.Base != im.Base {
		err = fmt.Errorf("module space: %s does not fit at %x", mod.Name, im.Base)
	}
	if err != nil {
		return &LoadError{errno.ENOMEM, err}
	}
	mod.spaces = []uint64{mod.Base}
	if err := m.loadImage(im); err != nil {
		m.unloadImage(im)
		m.modspace.put(mod.Base)
		return &LoadError{errno.ENOMEM, err}
	}
	m.addGlobals(mod.globals, im)
	mod.relas = livepatchRelas(src.Files, im)
	m.fillModule(mod)
	return nil
}

// linkModule links twice: the first time tells the size, the second is at the
// place that has room for it.
func (m *Machine) linkModule(mod *Module, src ModuleSource) (*obj.Image, error) {
	link := func(base uint64) (*obj.Image, error) {
		return obj.Link(src.Files, obj.Options{Base: base, Resolve: m.moduleResolver(mod), OtherSites: true})
	}
	im, err := link(m.modspace.end())
	if err == nil {
		var at uint64
		if at, err = m.modspace.get(im.End - im.Base); err != nil {
			return nil, &LoadError{errno.ENOMEM, err}
		}
		m.modspace.put(at)
		if at != im.Base {
			im, err = link(at)
		}
	}
	if err == nil {
		return im, nil
	}
	var undef *obj.UndefinedError
	if errors.As(err, &undef) {
		seen := map[string]bool{}
		for _, s := range undef.Symbols {
			if !seen[s.Name] {
				m.printk(trace.Err, fmt.Sprintf("%s: Unknown symbol %s (err -2)", mod.Name, s.Name))
			}
			seen[s.Name] = true
		}
		return nil, &LoadError{Err: errno.ENOENT}
	}
	return nil, &LoadError{errno.ENOEXEC, err}
}

// formModule is what happens between UNFORMED and COMING: symbols become
// visible, call sites become nops.
func (m *Machine) formModule(mod *Module) error {
	if err := m.klp.ApplyModuleRelocs(mod.Name, mod.relas); err != nil {
		return err
	}
	callSites, err := m.finalizeKo(mod)
	if err != nil {
		return err
	}
	table, err := mod.symbols(false)
	if err == nil {
		err = m.syms.Add(table)
	}
	mod.formed = err == nil
	if err != nil {
		return &LoadError{errno.ENOEXEC, err}
	}
	_ = m.ftrace.Init(mod.Name, callSites) // ftrace_module_init: a bug is reported, the module loads
	m.setModuleState(mod, ModuleComing)
	_ = m.ftrace.ModuleEnable(mod.Name) // ftrace_module_enable: the same
	m.tracersOfModule(mod.Name)
	return nil
}

// sites hands the linker's call sites to ftrace.
func sites(im *obj.Image) []ftrace.Site {
	s := make([]ftrace.Site, len(im.CallSites))
	for i, c := range im.CallSites {
		s[i] = ftrace.Site{
			IP:  c.Addr,
			Nop: c.Kind == obj.SiteNop || c.Kind == obj.SitePatchable,
		}
		if c.Kind == obj.SiteMcount {
			s[i].Late = c.Offset()
		}
	}
	return s
}

// initModule is do_init_module up to its decision: a .klp enables its patch, as
// the init function of a livepatch module does. A positive result is complained
// of, and the module stays.
func (m *Machine) initModule(mod *Module, src ModuleSource) error {
	ret, err := m.callInit(mod, src)
	if err != nil || ret == 0 {
		return err
	}
	if ret < 0 {
		return errno.Errno(-ret)
	}
	const fn = "do_init_module"
	m.printk(trace.Warning, fmt.Sprintf("%s: '%s'->init suspiciously returned %d, it should follow 0/-E convention\n"+
		"%s: loading module anyway...", fn, mod.Name, ret, fn))
	return nil
}

// callInit is do_one_initcall of a module.
func (m *Machine) callInit(mod *Module, src ModuleSource) (int32, error) {
	if src.Patch != nil {
		p, err := m.buildPatch(mod, src.Patch)
		if err != nil {
			return 0, err
		}
		return int32(errnoResult(m.klp.Enable(p))), nil
	}
	if mod.init == 0 {
		return 0, nil
	}
	ret, err := m.callGuest(mod.init)
	return int32(ret), err
}

// dropModule is free_module.
func (m *Machine) dropModule(mod *Module) {
	m.killKprobes(mod.Name)
	m.dropModuleKobject(mod)
	for i, other := range m.modules {
		if other == mod {
			m.modules = append(m.modules[:i:i], m.modules[i+1:]...)
			break
		}
	}
	m.dropUsed(mod)
	if mod.formed {
		m.ftrace.Release(mod.Name)
		m.syms.Remove(mod.Name)
	}
	if mod.image != nil {
		m.unloadImage(mod.image)
	}
	if mod.percpu != 0 {
		m.freePercpu(mod.percpu)
	}
	for _, at := range mod.spaces {
		m.modspace.put(at)
	}
}

// Rmmod unloads a module (delete_module). Errors: ENOENT where it is not
// loaded, EWOULDBLOCK where it is in use, EBUSY where it is not live.
func (m *Machine) Rmmod(name string) error { return m.removeModule(name, false) }

// ForceRmmod is Rmmod with O_TRUNC: a module that is referred to, or that has no
// exit, goes as well, and taints the kernel. One whose symbols another module
// uses stays.
func (m *Machine) ForceRmmod(name string) error { return m.removeModule(name, true) }

func (m *Machine) removeModule(name string, force bool) error {
	var err error
	if blocked := m.Do("delete_module", func() { err = m.deleteModule(name, force) }); blocked != nil {
		return blocked
	}
	return err
}

func (m *Machine) deleteModule(name string, force bool) error {
	mod := m.module(name)
	switch {
	case mod == nil:
		return errno.ENOENT
	case len(mod.users) > 0:
		return errno.EAGAIN
	case mod.State != ModuleLive:
		return errno.EBUSY
	case mod.Permanent() && !m.tryForceUnload(force):
		return errno.EBUSY
	case mod.Refs > 0 && !m.tryForceUnload(force):
		return errno.EAGAIN
	}
	m.setModuleState(mod, ModuleGoing)
	if mod.exit != 0 {
		if _, err := m.callGuest(mod.exit); err != nil {
			m.failures = append(m.failures, err)
		}
	}
	m.killKprobes(mod.Name)
	m.notify(mod)
	m.klp.ModuleGoing(name)
	m.lastUnloaded = mod.Name + mod.flags(false)
	m.dropModule(mod)
	return nil
}

// ModuleName is the name of a module file: its base name without the suffix,
// also without that of its packing, with - as _.
func ModuleName(file string) string {
	base := compress.Name(path.Base(file))
	base = strings.TrimSuffix(base, path.Ext(base))
	return strings.ReplaceAll(base, "-", "_")
}
