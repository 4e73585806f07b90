package ftrace

import "sort"

// OpsFlags are the FTRACE_OPS_FL_ flags that the model knows.
type OpsFlags uint32

// The flags of an ops (include/linux/ftrace.h, 6.12).
const (
	OpsEnabled     OpsFlags = 1 << 0
	OpsDynamic     OpsFlags = 1 << 1 // may go away: unregister waits for its users
	OpsSaveRegs    OpsFlags = 1 << 2 // the handler wants every register
	OpsInitialized OpsFlags = 1 << 6
	OpsIPModify    OpsFlags = 1 << 12 // the handler may change regs->ip
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

	filter     map[uint64]bool // func_hash->filter_hash; empty means every site
	trampoline *Trampoline
}

// Filter returns the filter's call sites in ascending order.
func (o *Ops) Filter() []uint64 {
	ips := make([]uint64, 0, len(o.filter))
	for ip := range o.filter {
		if ip != gone {
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

// Trampoline returns the trampoline made for the ops, or nil.
func (o *Ops) Trampoline() *Trampoline { return o.trampoline }

// Covers reports whether the ops wants the call site at ip.
func (o *Ops) Covers(ip uint64) bool { return o.covers(ip) }

// covers is ops_references_ip: an empty filter covers every site.
func (o *Ops) covers(ip uint64) bool { return len(o.filter) == 0 || o.filter[ip] }
