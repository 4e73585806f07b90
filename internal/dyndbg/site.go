package dyndbg

import (
	"fmt"
	"strings"
)

// Flags are those of struct _ddebug (include/linux/dynamic_debug.h).
type Flags uint8

// The flags: whether a site prints, and what stands before its text.
const (
	Print Flags = 1 << iota
	ModName
	FuncName
	LineNo
	TID
	SourceName

	anyPrefix = ModName | FuncName | LineNo | TID | SourceName
)

// flagChars are the letters of the flags, in the order in which control has them.
func flagChars() []struct {
	flag Flags
	char byte
} {
	return []struct {
		flag Flags
		char byte
	}{{Print, 'p'}, {ModName, 'm'}, {FuncName, 'f'}, {SourceName, 's'}, {LineNo, 'l'}, {TID, 't'}, {0, '_'}}
}

// String is ddebug_describe_flags.
func (f Flags) String() string {
	var b strings.Builder
	for _, o := range flagChars() {
		if f&o.flag != 0 {
			b.WriteByte(o.char)
		}
	}
	if b.Len() == 0 {
		return "_"
	}
	return b.String()
}

// Site is struct _ddebug: one pr_debug in the source.
type Site struct {
	File   string // from the root of the source tree
	Line   int
	Func   string
	Format string // without the prefix of pr_fmt, with its newline
	Class  int    // DefaultClass for a plain pr_debug
	Flags  Flags
}

// DefaultClass is _DPRINTK_CLASS_DFLT: a site of no class.
const DefaultClass = 63

// Prefix is __dynamic_emit_prefix: what the flags put before the text. pid is 0
// in an interrupt.
func (s *Site) Prefix(module string, pid int, interrupt bool) string {
	if s.Flags&anyPrefix == 0 {
		return ""
	}
	var tid, rest strings.Builder
	if s.Flags&TID != 0 {
		if interrupt {
			tid.WriteString("<intr> ")
		} else {
			fmt.Fprintf(&tid, "[%d] ", pid)
		}
	}
	for _, part := range []struct {
		flag Flags
		text string
	}{{ModName, module}, {FuncName, s.Func}, {SourceName, s.File}, {LineNo, fmt.Sprint(s.Line)}} {
		if s.Flags&part.flag != 0 {
			rest.WriteString(part.text + ":")
		}
	}
	if rest.Len() > 0 {
		rest.WriteByte(' ')
	}
	return tid.String() + rest.String()
}

// Table is struct ddebug_table: the sites of one module, or of one object of
// the kernel image, in the order of the source.
type Table struct {
	Module  string
	Sites   []Site
	Classes []ClassMap
}

// ClassMap is struct ddebug_class_map: names for the classes from Base on.
type ClassMap struct {
	Base  int
	Names []string
}

// class finds the number of a class by its name.
func (t *Table) class(name string) (int, bool) {
	for _, m := range t.Classes {
		for i, n := range m.Names {
			if n == name {
				return m.Base + i, true
			}
		}
	}
	return 0, false
}

// className is ddebug_class_name.
func (t *Table) className(id int) (string, bool) {
	for _, m := range t.Classes {
		if id >= m.Base && id < m.Base+len(m.Names) {
			return m.Names[id-m.Base], true
		}
	}
	return "", false
}
