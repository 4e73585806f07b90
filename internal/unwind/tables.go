package unwind

import "fmt"

// Tables finds unwind data by address. The zero value is empty and ready for
// use.
type Tables struct {
	tables  []named
	aliases []alias
}

type named struct {
	name string
	t    *Table
}

// alias says that [start, end) is a copy of the code at original.
type alias struct {
	name                 string
	start, end, original uint64
}

// Add registers the tables of an image or module under its name.
func (ts *Tables) Add(name string, tables ...*Table) {
	for _, t := range tables {
		ts.tables = append(ts.tables, named{name, t})
	}
}

// Alias makes the unwind data of the size bytes of code at original serve for a
// copy of them at start, as orc_ftrace_find does for ftrace trampolines.
func (ts *Tables) Alias(name string, start, size, original uint64) error {
	if size == 0 || start+size < start || original+size < original {
		return fmt.Errorf("unwind data of %s: %#x bytes at %#x, copied from %#x, are no range", name, size, start, original)
	}
	for _, a := range ts.aliases {
		if start < a.end && a.start < start+size {
			return fmt.Errorf("unwind data of %s: %#x-%#x overlaps %s at %#x-%#x", name, start, start+size, a.name, a.start, a.end)
		}
	}
	ts.aliases = append(ts.aliases, alias{name, start, start + size, original})
	return nil
}

// Remove takes out all tables and aliases of that name.
func (ts *Tables) Remove(name string) {
	var tables []named
	for _, n := range ts.tables {
		if n.name != name {
			tables = append(tables, n)
		}
	}
	var aliases []alias
	for _, a := range ts.aliases {
		if a.name != name {
			aliases = append(aliases, a)
		}
	}
	ts.tables, ts.aliases = tables, aliases
}

// Clone returns an independent set. The tables themselves are immutable.
func (ts *Tables) Clone() *Tables {
	return &Tables{
		tables:  append([]named(nil), ts.tables...),
		aliases: append([]alias(nil), ts.aliases...),
	}
}

// Known reports whether there is unwind data for the code at pc.
func (ts *Tables) Known(pc uint64) bool {
	f, _ := ts.find(pc)
	return f != nil
}

// find returns the entry for pc, and pc as that entry counts it.
func (ts *Tables) find(pc uint64) (*fde, uint64) {
	for _, a := range ts.aliases {
		if pc >= a.start && pc < a.end {
			pc = pc - a.start + a.original
			break
		}
	}
	for _, n := range ts.tables {
		if f := n.t.find(pc); f != nil {
			return f, pc
		}
	}
	return nil, pc
}
