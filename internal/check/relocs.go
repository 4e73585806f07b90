package check

import (
	"fmt"
	"strconv"
	"strings"
)

// The forms of names in livepatch modules (Documentation/livepatch/
// module-elf-format.rst).
const (
	relaPrefix = ".klp.rela."
	symPrefix  = ".klp.sym."
)

// relocs lists the livepatch relocations of the module, one line for each symbol
// of a section.
func (r *Report) relocs(in Input) {
	sections, err := in.Module.LivepatchSections()
	if err != nil {
		r.refuse("ENOEXEC", "%v", err)
		return
	}
	for _, s := range sections {
		section, _, ok := strings.Cut(strings.TrimPrefix(s.Name, relaPrefix), ".")
		if !ok || !strings.HasPrefix(s.Name, relaPrefix) {
			r.refuse("EINVAL", "livepatch: section %s has an incorrectly formatted name", s.Name)
			continue
		}
		seen := map[string]int{}
		for _, rel := range s.Relocs {
			if i, ok := seen[rel.Sym.Name]; ok {
				r.Relocs[i].Count++
				continue
			}
			seen[rel.Sym.Name] = len(r.Relocs)
			r.Relocs = append(r.Relocs, r.reloc(in, s.Name, section, rel.Sym.Name, rel.Sym.Livepatch()))
		}
	}
}

// reloc resolves one symbol (klp_resolve_symbols).
func (r *Report) reloc(in Input, section, object, name string, marked bool) Reloc {
	out := Reloc{Section: section, Symbol: name, Count: 1}
	fail := func(format string, args ...any) Reloc {
		out.Why = fmt.Sprintf(format, args...)
		r.refuse("EINVAL", "livepatch: %s", out.Why)
		return out
	}
	if !marked {
		return fail("symbol %s is not marked as a livepatch symbol", name)
	}
	symObject, sym, pos, ok := parseSymbol(name)
	if !ok {
		return fail("symbol %s has an incorrectly formatted name", name)
	}
	out.Symbol, out.Object, out.Position = sym, symObject, pos
	if symObject == vmlinux && object != vmlinux {
		return fail("invalid access to vmlinux symbol '%s' from module-specific livepatch relocation section", sym)
	}
	lookup := symObject
	if lookup == vmlinux {
		lookup = ""
	}
	obj := in.Kernel.Object(lookup)
	if obj == nil {
		out.Why = fmt.Sprintf("module %s is not there; the symbol is looked up when it comes", symObject)
		return out
	}
	all, chosen, refusal := position(obj, lookup, sym, pos)
	if refusal != "" {
		return fail("%s", refusal)
	}
	out.Resolved, out.Addr = true, hex(all[chosen].Addr)
	return out
}

const vmlinux = "vmlinux"

// parseSymbol takes .klp.sym.OBJECT.NAME,POS apart.
func parseSymbol(name string) (object, sym string, pos uint64, ok bool) {
	rest, ok := strings.CutPrefix(name, symPrefix)
	if !ok {
		return "", "", 0, false
	}
	object, rest, ok = strings.Cut(rest, ".")
	at := strings.LastIndexByte(rest, ',')
	if !ok || at < 0 {
		return "", "", 0, false
	}
	pos, err := strconv.ParseUint(rest[at+1:], 10, 64)
	return object, rest[:at], pos, err == nil && object != "" && at > 0
}
