package livepatch

import (
	"fmt"
	"strconv"
	"strings"

	"klpemu/internal/errno"
)

// RelaSection is a section of livepatch relocations, .klp.rela.OBJECT.SECTION
// (Documentation/livepatch/module-elf-format.rst).
type RelaSection struct {
	Name   string
	Relocs []Rela
}

// Rela is one livepatch relocation.
type Rela struct {
	Loc    uint64 // where it is written
	Type   uint32 // R_X86_64_*
	Addend int64
	Sym    *RelaSymbol
}

// RelaSymbol is a symbol of such relocations. Value is set when it is resolved,
// and kept, as st_value is.
type RelaSymbol struct {
	Name      string // .klp.sym.OBJECT.NAME,POS
	Livepatch bool   // its section is SHN_LIVEPATCH
	Value     uint64
}

// Relocator writes the relocations of one section: apply_relocate_add and
// clear_relocate_add.
type Relocator interface {
	WriteRelocs(mod string, s *RelaSection, apply bool) error
}

const (
	klpRelaPrefix = ".klp.rela."
	klpSymPrefix  = ".klp.sym."
)

func hex(v uint64) string { return strconv.FormatUint(v, 16) }

// ApplyModuleRelocs is what load_module does about livepatch relocations: those
// for vmlinux are written, those for modules wait for their module.
func (c *Core) ApplyModuleRelocs(mod string, relas []*RelaSection) error {
	for _, s := range relas {
		if err := c.writeSectionRelocs(mod, s, "", true); err != nil {
			return err
		}
	}
	return nil
}

// applyRelocs is klp_apply_object_relocs.
func (c *Core) applyRelocs(p *Patch, object string) error {
	for _, s := range p.Relas {
		if err := c.writeSectionRelocs(p.Mod, s, object, true); err != nil {
			return err
		}
	}
	return nil
}

// clearObjectRelocs is klp_clear_object_relocs: the places become zero again.
func (c *Core) clearObjectRelocs(p *Patch, o *Object) {
	for _, s := range p.Relas {
		_ = c.writeSectionRelocs(p.Mod, s, o.Name, false) // the kernel ignores it as well
	}
}

// writeSectionRelocs is klp_write_section_relocs: s is for one object, and
// others pass it over.
func (c *Core) writeSectionRelocs(mod string, s *RelaSection, object string, apply bool) error {
	target, ok := sectionObject(s.Name)
	if !ok {
		c.log.Err("klp_write_section_relocs", "section %s has an incorrectly formatted name", s.Name)
		return errno.EINVAL
	}
	if target != orVmlinux(object) {
		return nil
	}
	if apply {
		if err := c.resolveRelocs(s, target); err != nil {
			return err
		}
	}
	if c.relocator == nil {
		return errno.ENOEXEC
	}
	return c.relocator.WriteRelocs(mod, s, apply)
}

// sectionObject is sscanf(name, ".klp.rela.%56[^.]").
func sectionObject(name string) (string, bool) {
	rest, ok := strings.CutPrefix(name, klpRelaPrefix)
	object, _, _ := strings.Cut(rest, ".")
	object = object[:min(len(object), moduleNameLen)]
	return object, ok && object != ""
}

// resolveRelocs is klp_resolve_symbols.
func (c *Core) resolveRelocs(s *RelaSection, target string) error {
	const fn = "klp_resolve_symbols"
	for _, r := range s.Relocs {
		if !r.Sym.Livepatch {
			c.log.Err(fn, "symbol %s is not marked as a livepatch symbol", r.Sym.Name)
			return errno.EINVAL
		}
		object, name, pos, err := parseSymbol(r.Sym.Name)
		if err != nil {
			c.log.Err(fn, "symbol %s has an incorrectly formatted name", r.Sym.Name)
			return errno.EINVAL
		}
		if target != "vmlinux" && object == "vmlinux" {
			c.log.Err(fn, "invalid access to vmlinux symbol '%s' from module-specific livepatch relocation section", name)
			return errno.EINVAL
		}
		if object == "vmlinux" {
			object = ""
		}
		addr, err := c.findObjectSymbol(object, name, pos)
		if err != nil {
			return err
		}
		r.Sym.Value = addr
	}
	return nil
}

// parseSymbol is sscanf(name, ".klp.sym.%55[^.].%511[^,],%lu").
func parseSymbol(sym string) (object, name string, pos uint64, err error) {
	bad := fmt.Errorf("not %sOBJECT.NAME,POS", klpSymPrefix)
	rest, ok := strings.CutPrefix(sym, klpSymPrefix)
	if !ok {
		return "", "", 0, bad
	}
	object, rest, ok = strings.Cut(rest, ".")
	if !ok || object == "" || len(object) >= moduleNameLen {
		return "", "", 0, bad
	}
	name, rest, ok = strings.Cut(rest, ",")
	if !ok || name == "" || len(name) >= ksymNameLen {
		return "", "", 0, bad
	}
	digits := 0
	for digits < len(rest) && rest[digits] >= '0' && rest[digits] <= '9' {
		digits++
	}
	if pos, err = strconv.ParseUint(rest[:digits], 10, 64); err != nil {
		return "", "", 0, bad
	}
	return object, name, pos, nil
}
