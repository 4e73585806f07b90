package machine

import (
	"debug/elf"
	"fmt"

	"klpemu/internal/errno"
	"klpemu/internal/trace"
)

// ModuleSection is a section of a module that takes memory.
type ModuleSection struct {
	Name string
	Addr uint64
}

// ModuleNote is a section of notes.
type ModuleNote struct {
	Name string
	Data []byte
}

// Sections are those with a file in /sys/module/M/sections (add_sect_attrs), in
// the order of the module's section headers. Those that init has used go on
// being listed.
func (mod *Module) Sections() []ModuleSection {
	if mod.image == nil {
		return nil
	}
	var out []ModuleSection
	seen := map[string]bool{}
	for _, p := range mod.image.Sections {
		if p.Section.Size > 0 && !seen[p.Section.Name] {
			seen[p.Section.Name] = true
			out = append(out, ModuleSection{p.Section.Name, p.Addr})
		}
	}
	return out
}

// Notes are those with a file in /sys/module/M/notes (add_notes_attrs).
func (mod *Module) Notes() []ModuleNote {
	if mod.image == nil {
		return nil
	}
	var out []ModuleNote
	for _, p := range mod.image.Sections {
		if p.Section.Type == elf.SHT_NOTE && p.Section.Size > 0 {
			out = append(out, ModuleNote{p.Section.Name, p.Section.Data})
		}
	}
	return out
}

// checkSections is what makes add_sect_attrs fail: two sections of a .ko cannot
// have one file.
func (m *Machine) checkSections(mod *Module) error {
	if mod.ko == nil {
		return nil
	}
	seen := map[string]bool{}
	for _, p := range mod.image.Sections {
		name := p.Section.Name
		if p.Section.Size == 0 {
			continue
		}
		if seen[name] {
			m.printk(trace.Warning, fmt.Sprintf("sysfs: cannot create duplicate filename '/module/%s/sections/%s'", mod.Name, name))
			return errno.EEXIST
		}
		seen[name] = true
	}
	return nil
}

// Info is a field of the module's .modinfo.
func (mod *Module) Info(tag string) (string, bool) {
	if mod.ko == nil {
		return "", false
	}
	return mod.ko.Info(tag)
}
