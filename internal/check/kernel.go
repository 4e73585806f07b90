package check

import "fmt"

// Symbol is a symbol of a kernel or a module.
type Symbol struct {
	Name string
	Addr uint64
	Size uint64 // by the kallsyms rule: up to the next symbol
	Func bool
}

// Kernel is what a module is checked against.
type Kernel interface {
	// Name is what the report calls it.
	Name() string
	// VerMagic is the version magic that it wants of modules; "" where that is
	// not known. Release is its first word.
	VerMagic() string
	Release() string
	// Exports reports whether modules may use a symbol.
	Exports(name string) bool
	// Object is vmlinux ("") or a module that is there.
	Object(name string) Object
}

// Object is a part of a running kernel that can be patched.
type Object interface {
	// Symbols are those of a name, in the order that old_sympos counts.
	Symbols(name string) []Symbol
	// CallSite says whether ftrace has a call site in a function.
	CallSite(fn Symbol) Site
}

// Site is an answer of Object.CallSite.
type Site struct {
	Known bool // whether call sites are known at all
	Found bool
	Addr  uint64
}

// why says why a function cannot be traced.
func (s Site) why() string {
	if !s.Known {
		return "not known: the image has no list of call sites"
	}
	return "no call site: the function is marked notrace, or was compiled without -pg"
}

// position finds the symbol that old_sympos means (klp_find_object_symbol). The
// text is the kernel's message.
func position(o Object, object, name string, sympos uint64) (all []Symbol, chosen int, refusal string) {
	all = o.Symbols(name)
	shown := object
	if shown == "" {
		shown = "vmlinux"
	}
	switch n := uint64(len(all)); {
	case n == 0:
		return all, -1, fmt.Sprintf("symbol '%s' not found in symbol table", name)
	case sympos == 0 && n > 1:
		if object == "" {
			shown = "(null)" // as the kernel prints it
		}
		return all, -1, fmt.Sprintf("unresolvable ambiguity for symbol '%s' in object '%s'", name, shown)
	case sympos > n:
		return all, -1, fmt.Sprintf("symbol position %d for symbol '%s' in object '%s' not found", sympos, name, shown)
	}
	return all, int(max(sympos, 1)) - 1, ""
}
