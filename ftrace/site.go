package ftrace

import (
	"fmt"
	"strings"

	"klpemu/internal/errno"
	"klpemu/internal/trace"
)

// Site is a call site as the object file has it.
type Site struct {
	IP uint64
	// Nop is set where the compiler left a 5-byte run of nops rather than a
	// call.
	Nop bool
	// Late is the distance from the function's start of a `call mcount`
	// behind the prologue.
	Late uint64
}

// Init is ftrace_init (owner "") and ftrace_module_init: it makes a record of
// each site, verifies its bytes and turns it into the 5-byte nop. A module's
// records stay disabled until ModuleEnable. A site with other bytes is
// reported as the kernel reports it and kills ftrace. Of a module that comes
// after that the sites stay as they are built.
func (f *Ftrace) Init(owner string, sites []Site) error {
	var initial RecordFlags
	if owner != "" {
		initial = FlagDisabled
	}
	nop := make(map[uint64]bool, len(sites))
	for _, s := range sites {
		nop[s.IP] = s.Nop
	}
	t := newRecordTable(owner, sites, initial)
	f.tables = append(f.tables, t)
	for _, r := range t.recs {
		if f.disabled {
			return nil
		}
		if err := f.makeNop(r, nop[r.IP]); err != nil {
			return err
		}
		if f.invalid(r) {
			r.Flags |= FlagDisabled // for good
		}
	}
	return nil
}

// makeNop is ftrace_init_nop for one record.
func (f *Ftrace) makeNop(r *Record, built bool) error {
	var got [siteSize]byte
	if err := f.mem.Read(r.IP, got[:]); err != nil {
		return f.bug(r, bugInit, nil, nil)
	}
	r.text = nop5
	if got == nop5 {
		return nil
	}
	if f.log.WarnOn(!f.convertible(r.IP, got, built), "ftrace_verify_code", "1") {
		want, _ := callTo(r.IP, f.fentry[0])
		return f.bug(r, bugInit, got[:], want[:])
	}
	return f.poke.Early(r.IP, nop5[:])
}

// convertible reports whether the bytes at ip are what a compiler leaves.
func (f *Ftrace) convertible(ip uint64, got [siteSize]byte, built bool) bool {
	if got == [siteSize]byte{0x90, 0x90, 0x90, 0x90, 0x90} {
		return built
	}
	for _, target := range f.fentry {
		if want, ok := callTo(ip, target); ok && got == want {
			return true
		}
	}
	return false
}

// ModuleEnable is ftrace_module_enable: the records of a module that is about
// to run count, and ops whose filter covers every site get them.
func (f *Ftrace) ModuleEnable(owner string) error {
	if f.disabled {
		return nil
	}
	for _, t := range f.tables {
		if t.owner != owner {
			continue
		}
		for _, r := range t.recs {
			if f.invalid(r) {
				continue
			}
			r.Flags &^= FlagDisabled
			for _, o := range f.ops {
				if o.covers(r.IP) {
					f.attach(r, o)
				}
			}
		}
		if f.enabled {
			return f.replaceCode(t.recs)
		}
	}
	return nil
}

// Release is ftrace_release_mod: the records of a module go with its text.
func (f *Ftrace) Release(owner string) {
	kept := f.tables[:0]
	for _, t := range f.tables {
		if t.owner == owner && owner != "" {
			f.clearFromHashes(t)
			continue
		}
		kept = append(kept, t)
	}
	f.tables = kept
}

// FreeMem is ftrace_free_mem: the records of code that goes with a module's
// init.
func (f *Ftrace) FreeMem(owner string, start, end uint64) {
	for _, t := range f.tables {
		if t.owner != owner {
			continue
		}
		gone := &recordTable{owner: owner}
		kept := t.recs[:0:0]
		for _, r := range t.recs {
			if start <= r.IP && r.IP < end {
				gone.recs = append(gone.recs, r)
			} else {
				kept = append(kept, r)
			}
		}
		f.clearFromHashes(gone)
		t.recs = kept
	}
}

// clearFromHashes is clear_mod_from_hashes: no hash of tracefs names a record
// that has gone, and none becomes empty by that. The hashes of other ops are
// their owners' business.
func (f *Ftrace) clearFromHashes(t *recordTable) {
	for _, r := range t.recs {
		for _, o := range f.arrays {
			for _, h := range []hash{o.filter, o.notrace} {
				if h[r.IP] {
					delete(h, r.IP)
					h[gone] = true
				}
			}
		}
	}
}

// What was being done when a site turned out to be wrong (enum ftrace_bug_type).
const (
	bugInit   = "Initializing ftrace call sites"
	bugNop    = "Setting ftrace call site to NOP"
	bugCall   = "Setting ftrace call site to call ftrace function"
	bugUpdate = "Updating ftrace call site to call a different ftrace function"
)

// bug is ftrace_bug and ftrace_kill: what stands in the log when a site does
// not hold the bytes it should, and the end of all changes. No bytes mean that
// the site could not be read.
func (f *Ftrace) bug(r *Record, kind string, got, want []byte) error {
	const fn = "ftrace_bug"
	info := func(format string, args ...any) { f.log.Printk(trace.Info, fn, format, args...) }
	info("------------[ ftrace bug ]------------")
	what := "ftrace failed to modify "
	if len(got) == 0 {
		what = "ftrace faulted on modifying "
	}
	info("%s", what)
	info("[<%016x>] %s", r.IP, f.syms.Format(r.IP))
	if len(got) != 0 {
		info(" actual:   %s", colonHex(got))
		info(" expected: %s", colonHex(want))
	}
	info("%s", kind)
	info("ftrace record flags: %x", uint32(r.Flags))
	info(" (%d)%s  %s", r.Count(), regsMark(r), f.bugTrampoline(r))
	info(" expected tramp: %x", f.currentTarget(r))
	f.log.WarnOn(true, fn, "1")
	f.kill()
	if len(got) == 0 {
		return fmt.Errorf("ftrace: call site %x: %w", r.IP, errno.EFAULT)
	}
	return fmt.Errorf("ftrace: call site %x holds %s: %w", r.IP, colonHex(got), errno.EINVAL)
}

// bugTrampoline names the trampolines of the ops that the site calls one of.
func (f *Ftrace) bugTrampoline(r *Record) string {
	text := ""
	if r.Flags&FlagTrampEn == 0 {
		return text
	}
	for _, o := range f.ops {
		if t := o.trampoline; t != nil && o.covers(r.IP) {
			text += fmt.Sprintf("\ttramp: 0x%x (%s)", t.Addr, f.syms.Format(o.Func))
		}
	}
	if text == "" {
		return "\ttramp: ERROR!"
	}
	return text
}

// currentTarget is ftrace_get_addr_curr.
func (f *Ftrace) currentTarget(r *Record) uint64 {
	if r.text[0] == callOpcode {
		return callTarget(r.IP, r.text)
	}
	return f.caller.Start
}

func regsMark(r *Record) string {
	if r.Flags&FlagRegs != 0 {
		return " R"
	}
	return "  "
}

func colonHex(b []byte) string {
	parts := make([]string, len(b))
	for i, c := range b {
		parts[i] = fmt.Sprintf("%02x", c)
	}
	return strings.Join(parts, ":")
}

// kill is ftrace_kill: sites stay as they are, nothing can change any more.
func (f *Ftrace) kill() {
	f.disabled, f.enabled = true, false
}
