package kmod

import (
	"debug/elf"
	"strings"

	"klpemu/internal/errno"
	"klpemu/internal/trace"
)

// Resolver is resolve_symbol: it finds what the kernel or another module
// exports. A symbol that may not be used is an error.
type Resolver func(name string) (addr uint64, ok bool, err error)

// Resolve is simplify_symbols: every symbol's value becomes its address.
// Symbols that are missing are all named in the log before the module is
// refused.
func (k *Module) Resolve(find Resolver) error {
	var ret error
	for i, y := range k.Symbols {
		if i == 0 {
			continue
		}
		if err := k.resolve(y, find); err != nil {
			ret = err
		}
	}
	return ret
}

func (k *Module) resolve(y *Symbol, find Resolver) error {
	switch y.Section {
	case elf.SHN_COMMON:
		if strings.HasPrefix(y.Name, "__gnu_lto") {
			return nil
		}
		return k.refuse(trace.Warning, "%s: please compile with -fno-common", k.Name)
	case elf.SHN_ABS, sectionLivepatch:
		return nil
	case elf.SHN_UNDEF:
		return k.resolveUndef(y, find)
	}
	if int(y.Section) >= len(k.Sections) {
		return k.refuse(trace.Err, "%s: Symbol %s has an invalid section index %d (max %d)",
			k.Name, y.Name, int(y.Section), len(k.Sections)-1)
	}
	if k.index.pcpu != 0 && int(y.Section) == k.index.pcpu {
		y.Value += k.percpu
	} else {
		y.Value += k.Sections[y.Section].Addr
	}
	return nil
}

func (k *Module) resolveUndef(y *Symbol, find Resolver) error {
	addr, ok, err := find(y.Name)
	if ok && err == nil {
		y.Value = addr
		return nil
	}
	if err == nil && (y.Bind == elf.STB_WEAK || y.Name == "_GLOBAL_OFFSET_TABLE_") {
		return nil
	}
	e := errno.ENOENT
	if err != nil {
		if of, ok := errno.Of(err); ok {
			e = of
		}
	}
	k.say(trace.Warning, "%s: Unknown symbol %s (err %d)", k.Name, y.Name, -int(e))
	return k.errno(e)
}

// Imports are the symbols that the module wants from outside, by name, in the
// order of its symbol table.
func (k *Module) Imports() []*Symbol {
	var all []*Symbol
	for i, y := range k.Symbols {
		if i > 0 && y.Section == elf.SHN_UNDEF && y.Name != "" {
			all = append(all, y)
		}
	}
	return all
}
