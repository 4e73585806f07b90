package ftrace

import "sort"

// OpsFlags are the FTRACE_OPS_FL_ flags that the model knows.
type OpsFlags uint32

// The flags of an ops (include/linux/ftrace.h, 6.12).
const (
	OpsEnabled     OpsFlags = 1 << 0
	OpsDynamic     OpsFlags = 1 << 1 // may go away: unregister waits for its users
	OpsSaveRegs    OpsFlags = 1 << 2 // the handler wants every register
	OpsSaveRegsIf  OpsFlags = 1 << 3 // ... where that can be had; nothing here
	OpsRecursion   OpsFlags = 1 << 4 // the handler needs protection from recursion
	OpsStub        OpsFlags = 1 << 5 // no handler at all
	OpsInitialized OpsFlags = 1 << 6
	OpsDeleted     OpsFlags = 1 << 7
	OpsAdding      OpsFlags = 1 << 8
	OpsRemoving    OpsFlags = 1 << 9
	OpsModifying   OpsFlags = 1 << 10
	OpsAllocTramp  OpsFlags = 1 << 11 // the trampoline was made for it
	OpsIPModify    OpsFlags = 1 << 12 // the handler may change regs->ip
	OpsPID         OpsFlags = 1 << 13
	OpsRCU         OpsFlags = 1 << 14 // only where RCU is watching
	OpsPermanent   OpsFlags = 1 << 16 // must not be switched off by sysctl
	OpsDirect      OpsFlags = 1 << 17
)

// Handler is ftrace_func_t. ip is the call site, parentIP the return address
// of the traced function.
type Handler func(ip, parentIP uint64, ops *Ops, regs *Regs)

// Ops is struct ftrace_ops.
type Ops struct {
	Name    string  // for reports: the symbol of Func
	Func    uint64  // guest address that the trampoline calls
	Handler Handler // what that gate runs
	Flags   OpsFlags

	// Addr is the ops' own guest address: what trampolines pass as their
	// third argument. The owner of the memory sets it before Register.
	Addr uint64

	// Direct is the function that the sites of a DIRECT ops call themselves.
	Direct uint64
	// OpsFunc is ops_func of a DIRECT ops: whether it shares a function with an
	// IPMODIFY ops. Nil: it does not.
	OpsFunc func(*Ops, OpsCmd) error

	filter     hash // func_hash->filter_hash; empty means every site
	notrace    hash // func_hash->notrace_hash
	trampoline *Trampoline
}

// Filter returns the filter's call sites in ascending order.
func (o *Ops) Filter() []uint64 { return o.filter.sorted() }

// Notrace returns the sites that are never covered, in ascending order.
func (o *Ops) Notrace() []uint64 { return o.notrace.sorted() }

func (h hash) sorted() []uint64 {
	ips := make([]uint64, 0, len(h))
	for ip := range h {
		if ip > pending {
			ips = append(ips, ip)
		}
	}
	sort.Slice(ips, func(i, j int) bool { return ips[i] < ips[j] })
	return ips
}

// gone is what becomes of a site in a filter when its module goes: an entry
// that matches nothing. The filter must not become empty, because an empty one
// covers every site (clear_mod_from_hash).
const gone = 0

// pending stands in a filter while functions of modules that are not loaded are
// to be added (FTRACE_HASH_FL_MOD): such a filter is not empty either.
const pending = 1

// Trampoline returns the trampoline made for the ops, or nil.
func (o *Ops) Trampoline() *Trampoline { return o.trampoline }

// TrampolineOf is ops->trampoline: the trampoline made for the ops, for a DIRECT
// one ftrace_regs_caller, else 0.
func (f *Ftrace) TrampolineOf(o *Ops) uint64 {
	switch {
	case o.trampoline != nil:
		return o.trampoline.Addr
	case o.Flags&OpsDirect != 0 && o.Direct != 0:
		return f.regsCaller.Start
	}
	return 0
}

// Covers reports whether the ops wants the call site at ip.
func (o *Ops) Covers(ip uint64) bool { return o.covers(ip) }

// covers is hash_contains_ip: an empty filter covers every site.
func (o *Ops) covers(ip uint64) bool {
	return (len(o.filter) == 0 || o.filter[ip]) && !o.notrace[ip]
}
