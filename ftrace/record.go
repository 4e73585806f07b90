package ftrace

import "sort"

// RecordFlags are the flags and the count of struct dyn_ftrace
// (include/linux/ftrace.h, 6.12).
type RecordFlags uint32

// The flags of a record; the low bits count the ops attached to it.
const (
	FlagEnabled  RecordFlags = 1 << 31 // the site is a call
	FlagRegs     RecordFlags = 1 << 30 // some ops wants all registers
	FlagRegsEn   RecordFlags = 1 << 29 // the site calls a regs trampoline
	FlagTramp    RecordFlags = 1 << 28 // one ops with a trampoline of its own
	FlagTrampEn  RecordFlags = 1 << 27
	FlagIPModify RecordFlags = 1 << 26 // an ops may move the instruction pointer
	FlagDisabled RecordFlags = 1 << 25 // of a module that is not ready
	FlagDirect   RecordFlags = 1 << 24
	FlagDirectEn RecordFlags = 1 << 23
	FlagTouched  RecordFlags = 1 << 20 // was ever enabled
	FlagModified RecordFlags = 1 << 19 // ever had an IPMODIFY or DIRECT ops

	countMask = 1<<19 - 1
	noClear   = FlagDisabled | FlagTouched | FlagModified // FTRACE_NOCLEAR_FLAGS
)

// Record is struct dyn_ftrace: one call site.
type Record struct {
	IP    uint64 // address of the 5 bytes
	Flags RecordFlags
	// Late is how far behind its function's start the site of an old
	// `call mcount` lies: it can be traced, but a livepatch there would
	// come after the prologue. 0 for a site at the entry.
	Late uint64

	text [siteSize]byte // what ftrace last wrote to the site
}

// MaxOffset is FTRACE_MCOUNT_MAX_OFFSET: how far behind the start of a function
// its call site may lie, which is the size of an endbr64.
const MaxOffset = 4

// Count is ftrace_rec_count: the number of ops attached.
func (r *Record) Count() int { return int(r.Flags & countMask) }

// skip is skip_record: a record that is not usable, and never was called.
func (r *Record) skip() bool { return r.Flags&FlagDisabled != 0 && r.Flags&FlagEnabled == 0 }

// recordTable is the records of the kernel or of one module, sorted by IP.
type recordTable struct {
	owner string // "" for vmlinux
	recs  []*Record
}

func newRecordTable(owner string, sites []Site, initial RecordFlags) *recordTable {
	sorted := append([]Site(nil), sites...)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].IP < sorted[j].IP })
	t := &recordTable{owner: owner}
	for i, s := range sorted {
		if s.IP == 0 || i > 0 && s.IP == sorted[i-1].IP {
			continue // a weak function's slot, or one site named twice
		}
		t.recs = append(t.recs, &Record{IP: s.IP, Flags: initial, Late: s.Late})
	}
	return t
}

// within returns the first record in [start, end).
func (t *recordTable) within(start, end uint64) *Record {
	i := sort.Search(len(t.recs), func(i int) bool { return t.recs[i].IP >= start })
	if i < len(t.recs) && t.recs[i].IP < end {
		return t.recs[i]
	}
	return nil
}

// invalid is !test_for_valid_rec: the site belongs to no function that is known,
// such as a weak one that was overridden. A late site is none of those.
func (f *Ftrace) invalid(r *Record) bool {
	_, offset, ok := f.syms.SizeOffset(r.IP)
	return r.Late == 0 && ok && offset > MaxOffset
}

// lookup is lookup_rec: the record in [start, end), or nil.
func (f *Ftrace) lookup(start, end uint64) *Record {
	for _, t := range f.tables {
		if r := t.within(start, end); r != nil {
			return r
		}
	}
	return nil
}

// Location is ftrace_location: the call site for an address, or 0. An address
// that is a site itself is its own location; the start of a symbol stands for
// the site inside it; any other address has none.
func (f *Ftrace) Location(ip uint64) uint64 {
	if r := f.lookup(ip, ip+1); r != nil {
		return r.IP
	}
	size, offset, ok := f.syms.SizeOffset(ip)
	if !ok || offset != 0 || size == 0 {
		return 0
	}
	if r := f.lookup(ip, ip+size); r != nil {
		return r.IP
	}
	return 0
}

// Records returns every record in the order of ftrace_pages: the kernel's,
// then each module's, by address within each.
func (f *Ftrace) Records() []*Record {
	var all []*Record
	for _, t := range f.tables {
		all = append(all, t.recs...)
	}
	return all
}

// Record returns the record at ip, or nil.
func (f *Ftrace) Record(ip uint64) *Record { return f.lookup(ip, ip+1) }
