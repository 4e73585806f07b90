package unwind

import (
	"fmt"
	"slices"
)

// Tables finds unwind data by address. The zero value is empty and ready for
// use.
type Tables struct {
	tables  []named
	debug   []named // .debug_frame: asked where the others know nothing
	orc     []namedORC
	aliases []alias
	rows    map[uint64]*row // computed rows by address; emptied when the set changes
}

// maxRows bounds the cache of computed rows.
const maxRows = 1 << 12

// row computes the row for pc, or finds it: stacks stand in few places.
func (ts *Tables) row(d *fde, pc uint64) (*row, error) {
	if w := ts.rows[pc]; w != nil {
		return w, nil
	}
	w, err := d.rowFor(pc)
	if err != nil {
		return nil, err
	}
	if ts.rows == nil || len(ts.rows) >= maxRows {
		ts.rows = make(map[uint64]*row)
	}
	ts.rows[pc] = w
	return w, nil
}

type named struct {
	name string
	t    *Table
}

type namedORC struct {
	name string
	t    *ORCTable
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
	ts.rows = nil
}

// AddDebug registers tables that are believed where Add has none for an address.
func (ts *Tables) AddDebug(name string, tables ...*Table) {
	for _, t := range tables {
		ts.debug = append(ts.debug, named{name, t})
	}
	ts.rows = nil
}

// AddORC registers the ORC data of an image or module under its name. Where
// code has both, ORC is believed, as the kernel knows nothing else.
func (ts *Tables) AddORC(name string, t *ORCTable) {
	ts.orc = append(ts.orc, namedORC{name, t})
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
	ts.tables = slices.DeleteFunc(ts.tables, func(n named) bool { return n.name == name })
	ts.debug = slices.DeleteFunc(ts.debug, func(n named) bool { return n.name == name })
	ts.aliases = slices.DeleteFunc(ts.aliases, func(a alias) bool { return a.name == name })
	ts.orc = slices.DeleteFunc(ts.orc, func(n namedORC) bool { return n.name == name })
	ts.rows = nil
}

// Clone returns an independent set. The tables themselves are immutable.
func (ts *Tables) Clone() *Tables {
	return &Tables{
		tables:  append([]named(nil), ts.tables...),
		debug:   append([]named(nil), ts.debug...),
		orc:     append([]namedORC(nil), ts.orc...),
		aliases: append([]alias(nil), ts.aliases...),
	}
}

// Known reports whether there is unwind data for the code at pc.
func (ts *Tables) Known(pc uint64) bool {
	f, _ := ts.find(pc)
	return f != nil || ts.findORC(pc) != nil
}

// unalias turns an address in a copy of code into that of the original.
func (ts *Tables) unalias(pc uint64) uint64 {
	for _, a := range ts.aliases {
		if pc >= a.start && pc < a.end {
			return pc - a.start + a.original
		}
	}
	return pc
}

// findORC returns the ORC entry for pc, or nil.
func (ts *Tables) findORC(pc uint64) *orcEntry {
	if len(ts.orc) == 0 {
		return nil
	}
	pc = ts.unalias(pc)
	for _, n := range ts.orc {
		if o := n.t.find(pc); o != nil {
			return o
		}
	}
	return nil
}

// find returns the entry for pc, and pc as that entry counts it.
func (ts *Tables) find(pc uint64) (*fde, uint64) {
	pc = ts.unalias(pc)
	for _, tables := range [2][]named{ts.tables, ts.debug} {
		for _, n := range tables {
			if f := n.t.find(pc); f != nil {
				return f, pc
			}
		}
	}
	return nil, pc
}
