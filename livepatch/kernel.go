package livepatch

import (
	"klpemu/ftrace"
	"klpemu/transition"
)

// Resolver is what the core needs of kallsyms.
type Resolver interface {
	// Symbols returns the addresses of name in an object ("" is vmlinux) in
	// kallsyms order: vmlinux by address, modules by ELF symbol table.
	Symbols(object, name string) []uint64
	// SizeOffset is kallsyms_lookup_size_offset.
	SizeOffset(addr uint64) (size, offset uint64, ok bool)
}

// Modules is what the core needs of the module loader.
type Modules interface {
	// Alive is find_module with klp_alive set.
	Alive(name string) bool
	// MarkAlive sets or clears klp_alive.
	MarkAlive(name string, alive bool)
	// Marked is is_livepatch_module: MODULE_INFO(livepatch, "Y").
	Marked(name string) bool
	// Get is try_module_get, Put module_put.
	Get(name string) bool
	Put(name string)
}

// Scheduler is what the core needs of the rest of the kernel.
type Scheduler interface {
	// Lock and Unlock are klp_mutex.
	Lock()
	Unlock()
	// Synchronize is klp_synchronize_transition: every CPU has passed a
	// context switch, so nobody is in the handler any more.
	Synchronize()
	// QueueWork is schedule_work: f runs after the caller, in a kworker.
	QueueWork(name string, f func())
	// QueueTransitionWork is schedule_delayed_work of klp_transition_work
	// after a second, rounded to whole seconds.
	QueueTransitionWork()
	// Callback calls a guest function with one argument and returns its int.
	Callback(fn, arg uint64) int32
	// AllocOps returns guest memory for a struct klp_ops, of which the
	// ftrace_ops is a part; FreeOps gives it back.
	AllocOps() (ops, fops uint64, err error)
	FreeOps(ops uint64)
	// Context is the task and CPU that the handler runs on.
	Context() Context
}

// Context is the surroundings of one run of the handler.
type Context interface {
	ftrace.Context
	Task() *transition.Task
}
