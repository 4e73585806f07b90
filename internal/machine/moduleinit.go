package machine

import (
	"slices"
	"strings"

	"klpemu/internal/kmod"
	"klpemu/internal/obj"
	"klpemu/internal/symtab"
	"klpemu/mem"
)

// symbols is the module's part of kallsyms; with core, what is left of it once
// its init memory has gone. A livepatch keeps all.
func (mod *Module) symbols(core bool) (*symtab.Object, error) {
	regions, syms := mod.image.Symtab()
	switch {
	case mod.ko != nil:
		syms = syms[:0]
		for _, y := range mod.ko.Kallsyms(core) {
			syms = append(syms, symtab.Symbol{Name: y.Name, Addr: y.Addr, Type: y.Type, Func: y.Func})
		}
	case core && !mod.Livepatch:
		syms = slices.DeleteFunc(syms, func(y symtab.Symbol) bool { return inRegions(mod.freed, y.Addr) })
	}
	return symtab.NewObject(mod.Name, regions, syms)
}

func inRegions(regions []symtab.Region, addr uint64) bool {
	return slices.ContainsFunc(regions, func(r symtab.Region) bool { return r.Start <= addr && addr < r.End })
}

// freeInit is the end of do_init_module: what only the module's init needed goes,
// with its symbols and its call sites, and .data..ro_after_init is closed. The
// addresses stay the module's as long as it is there.
func (m *Machine) freeInit(mod *Module) {
	kept := mod.image.Segments[:0:0]
	for _, s := range mod.image.Segments {
		if s.Name == kmod.ROAfterInit.String() {
			_ = m.mem.Protect(s.Addr, s.Size, mem.R) // mapped by loadImage
		}
		if !isInit(s) {
			kept = append(kept, s)
			continue
		}
		m.ftrace.FreeMem(mod.Name, s.Addr, s.Addr+s.Size)
		_ = m.mem.Unmap(s.Addr, s.Size) // mapped by loadImage
		mod.freed = append(mod.freed, symtab.Region{Start: s.Addr, End: s.Addr + s.Size})
	}
	if mod.freed == nil {
		return
	}
	mod.image.Segments = kept
	table, err := mod.symbols(true)
	if err == nil {
		err = m.syms.Replace(table)
	}
	m.src.WarnOn(err != nil, "do_init_module", "the symbols that stay are no table")
}

func isInit(s obj.Segment) bool { return strings.HasPrefix(s.Name, ".init.") }

// size sums the module's memory, that for init or the rest.
func (mod *Module) size(init bool) uint64 {
	n := uint64(0)
	if mod.image == nil {
		return 0
	}
	for _, s := range mod.image.Segments {
		if isInit(s) == init {
			n += s.Size
		}
	}
	return n
}

// CoreSize is /sys/module/M/coresize.
func (mod *Module) CoreSize() uint64 { return mod.size(false) }

// InitSize is /sys/module/M/initsize: 0 once the module's init has run.
func (mod *Module) InitSize() uint64 { return mod.size(true) }

// Size is module_total_size, as /proc/modules and lsmod have it.
func (mod *Module) Size() uint64 { return mod.CoreSize() + mod.InitSize() }
