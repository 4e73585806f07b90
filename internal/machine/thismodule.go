package machine

import (
	"bytes"
	"debug/elf"
	"strings"

	"klpemu/internal/kmod"
	"klpemu/internal/modinfo"
	"klpemu/internal/obj"
	"klpemu/internal/trace"
)

// Layout of struct module of 6.12 on x86-64, as far as guests look at it.
const (
	structModuleSize  = 1280
	moduleStateAt     = 0
	moduleNameAt      = 24
	moduleKlpAt       = 1152
	moduleKlpAliveAt  = 1153
	moduleExitAt      = 1200
	thisModuleSection = ".gnu.linkonce.this_module"
	thisModuleSymbol  = "__this_module"
)

// moduleFiles is what a module is linked from: its objects, with the externs of
// a .klp turned into livepatch relocations, and what modpost adds to each
// module: its struct module. For a .klp the struct klp_patch stands beside it.
func moduleFiles(src *ModuleSource) ([]*obj.File, error) {
	files := append([]*obj.File(nil), src.Files...)
	if src.Patch != nil {
		externs := src.Patch.livepatchSymbols()
		for i, f := range files {
			var err error
			if files[i], err = obj.ConvertLivepatch(f, externs); err != nil {
				return nil, err
			}
		}
	}
	if definesThisModule(files) {
		return files, nil
	}
	data := 0
	if src.Patch != nil {
		data = src.Patch.dataSize()
	}
	return append(files, thisModule(src.Name, data)), nil
}

func definesThisModule(files []*obj.File) bool {
	for _, f := range files {
		for _, y := range f.Symbols {
			if y.Name == thisModuleSymbol && y.Section != elf.SHN_UNDEF {
				return true
			}
		}
	}
	return false
}

// patchSymbol is the name of the struct klp_patch in livepatch modules.
const patchSymbol = "patch"

// thisModule is the object with a module's struct module, and with size bytes
// for a livepatch's structures.
func thisModule(name string, size int) *obj.File {
	const (
		secModule = 1
		secPatch  = 2
	)
	f := &obj.File{
		Name: name + ".mod.o",
		Sections: []*obj.Section{
			{Align: 1},
			{
				Index: secModule, Name: thisModuleSection, Type: elf.SHT_PROGBITS, Flags: elf.SHF_ALLOC | elf.SHF_WRITE,
				Align: 64, Size: structModuleSize, Data: make([]byte, structModuleSize),
			},
		},
		Symbols: []*obj.FileSymbol{
			{},
			{
				Index: 1, Name: thisModuleSymbol, Bind: elf.STB_GLOBAL, Type: elf.STT_OBJECT,
				Section: secModule, Size: structModuleSize,
			},
		},
	}
	if size == 0 {
		return f
	}
	f.Sections = append(f.Sections, &obj.Section{
		Index: secPatch, Name: ".data", Type: elf.SHT_PROGBITS, Flags: elf.SHF_ALLOC | elf.SHF_WRITE,
		Align: 32, Size: uint64(size), Data: make([]byte, size),
	})
	f.Symbols = append(f.Symbols, &obj.FileSymbol{
		Index: 2, Name: patchSymbol, Bind: elf.STB_LOCAL, Type: elf.STT_OBJECT, Section: secPatch, Size: uint64(size),
	})
	return f
}

// fillModule writes what layout_and_allocate and modpost have put into a
// struct module by the time its init runs.
func (m *Machine) fillModule(mod *Module) {
	mod.addr = mod.globals[thisModuleSymbol]
	mod.init, mod.exit = mod.globals["init_module"], mod.globals["cleanup_module"]
	if m.mem.Write(mod.addr+moduleNameAt, append([]byte(mod.Name), 0)) != nil ||
		m.mem.Store(mod.addr+moduleExitAt, 8, mod.exit) != nil {
		m.src.WarnOn(true, "layout_and_allocate", "struct module of "+mod.Name+" is not writable")
	}
	m.storeModule(mod)
}

// storeModule writes through what changes in a struct module.
func (m *Machine) storeModule(mod *Module) {
	bit := map[bool]uint64{true: 1}
	for _, f := range []struct {
		at, v uint64
		size  int
	}{
		{moduleStateAt, uint64(mod.State), 4},
		{moduleKlpAt, bit[mod.Livepatch], 1},
		{moduleKlpAliveAt, bit[mod.klpAlive], 1},
	} {
		_ = m.mem.Store(mod.addr+f.at, f.size, f.v) // fillModule has complained
	}
}

func (m *Machine) setModuleState(mod *Module, s ModuleState) {
	mod.State = s
	m.storeModule(mod)
}

// marked is get_modinfo(info, "livepatch").
func marked(files []*obj.File) bool {
	for _, f := range files {
		if _, ok := getModinfo(f, "livepatch"); ok {
			return true
		}
	}
	return false
}

// getModinfo is get_modinfo: the value of a tag in .modinfo.
func getModinfo(f *obj.File, tag string) (string, bool) {
	s := f.Section(".modinfo")
	if s == nil {
		return "", false
	}
	for _, entry := range bytes.Split(s.Data, []byte{0}) {
		if value, ok := bytes.CutPrefix(entry, []byte(tag+"=")); ok {
			return string(value), true
		}
	}
	return "", false
}

// Permanent reports a module that has an init and no exit: it stays.
func (mod *Module) Permanent() bool { return mod.init != 0 && mod.exit == 0 }

// Users are the modules that refer to symbols of mod, newest first.
func (mod *Module) Users() []*Module { return mod.users }

// moduleResolver binds a module's undefined symbols to global symbols of the
// kernel and of loaded modules, and notes which modules those are.
func (m *Machine) moduleResolver(mod *Module) obj.Resolver {
	return func(name string) (uint64, bool) {
		if addr, ok := m.globals[name]; ok {
			return addr, true
		}
		if addr, ok := m.coreExport(name); ok {
			return addr, true
		}
		for _, other := range m.modules {
			if addr, ok := other.export(name); ok {
				mod.use(other)
				return addr, true
			}
		}
		return 0, false
	}
}

// export finds a symbol that other modules may refer to.
func (mod *Module) export(name string) (uint64, bool) {
	switch name {
	case thisModuleSymbol, "init_module", "cleanup_module":
		return 0, false
	}
	addr, ok := mod.globals[name]
	return addr, ok && !mod.Livepatch
}

func (mod *Module) use(other *Module) {
	for _, u := range mod.uses {
		if u == other {
			return
		}
	}
	mod.uses = append(mod.uses, other)
}

// holdUsed is ref_module for every module that mod refers to.
func (m *Machine) holdUsed(mod *Module) {
	for _, u := range mod.uses {
		u.Refs++
		u.users = append([]*Module{mod}, u.users...)
	}
}

// dropUsed is module_unload_free.
func (m *Machine) dropUsed(mod *Module) {
	for _, u := range mod.uses {
		u.Refs--
		for i, user := range u.users {
			if user == mod {
				u.users = append(u.users[:i:i], u.users[i+1:]...)
				break
			}
		}
	}
	mod.uses = nil
}

// moduleGates are the gates of kernel/module/main.c.
func moduleGates() []gate {
	return []gate{
		{"try_module_get", (*Machine).gateTryModuleGet},
		{"module_put", (*Machine).gateModulePut},
	}
}

func (m *Machine) moduleAt(addr uint64) *Module {
	for _, mod := range m.modules {
		if mod.addr == addr {
			return mod
		}
	}
	return nil
}

func (m *Machine) gateTryModuleGet(c *CPU, t *Task) error {
	ok := uint64(1) // a NULL module is the kernel itself
	if mod := m.moduleAt(c.vcpu.Reg(argRegs[0])); mod != nil {
		if mod.State == ModuleGoing {
			ok = 0
		} else {
			mod.Refs++
		}
	}
	c.vcpu.SetReg(0, ok)
	return nil
}

func (m *Machine) gateModulePut(c *CPU, t *Task) error {
	mod := m.moduleAt(c.vcpu.Reg(argRegs[0]))
	if mod == nil {
		return nil
	}
	if mod.Refs == 0 {
		m.src.WarnOn(true, "module_put", "ret < 0")
		return nil
	}
	mod.Refs--
	return nil
}

// unknownParameter is unknown_module_param_cb.
func (m *Machine) unknownParameter(mod *Module, name string) {
	m.printk(trace.Warning, mod.Name+": unknown parameter '"+name+"' ignored")
}

// ModInfo returns what modinfo tells of a module: its .modinfo, file by file;
// a .klp is a livepatch that is in the tree.
func (src *ModuleSource) ModInfo() []modinfo.Field {
	var info []modinfo.Field
	if src.Patch != nil {
		info = append(info, modinfo.Field{Key: "livepatch", Value: "Y"}, modinfo.Field{Key: "intree", Value: "Y"})
	}
	if src.Ko != nil {
		return koInfo(src)
	}
	for _, f := range src.Files {
		if s := f.Section(".modinfo"); s != nil {
			info = append(info, modinfo.Strings(s.Data)...)
		}
	}
	if _, ok := modinfo.Value(info, "name"); !ok {
		info = append(info, modinfo.Field{Key: "name", Value: src.Name})
	}
	return info
}

// koInfo is what a .ko says of itself.
func koInfo(src *ModuleSource) []modinfo.Field {
	entries, _ := kmod.ReadInfo(src.Ko) // nothing where it cannot be read
	var info []modinfo.Field
	for _, entry := range entries {
		if tag, value, ok := strings.Cut(entry, "="); ok {
			info = append(info, modinfo.Field{Key: tag, Value: value})
		}
	}
	return info
}
