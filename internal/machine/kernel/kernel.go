// Package kernel holds the guest code that every machine has: entry code,
// ftrace trampolines, gates and the functions that gcc calls by itself; and the
// small kernel that boots where no image is given. src/build.sh makes the objects
// of the former; the latter is source, and assembled at boot.
package kernel

import _ "embed" // for the objects and the sources

// Object is one object file, or the source of one.
type Object struct {
	Name string
	Data []byte
}

//go:embed entry.o
var entry string

//go:embed ftrace.o
var ftrace string

//go:embed services.o
var services string

//go:embed sched.o
var sched string

//go:embed lib.o
var lib string

//go:embed modules.o
var modules string

// Core returns the objects of the core kernel text, in link order.
func Core() []Object {
	return []Object{
		{"entry.o", []byte(entry)},
		{"ftrace.o", []byte(ftrace)},
		{"services.o", []byte(services)},
		{"sched.o", []byte(sched)},
		{"lib.o", []byte(lib)},
		{"modules.o", []byte(modules)},
		{"irq.o", []byte(irq)},
		{"tracers.o", []byte(tracers)},
		{"notifier.o", []byte(notifier)},
	}
}

//go:embed irq.o
var irq string

//go:embed tracers.o
var tracers string

//go:embed notifier.o
var notifier string

//go:embed builtin/proc.s
var builtinProc string

//go:embed builtin/syscall.s
var builtinSyscall string

//go:embed builtin/work.s
var builtinWork string

//go:embed builtin/pipe.s
var builtinPipe string

// Builtin returns the sources of the kernel that boots by default.
func Builtin() []Object {
	return []Object{
		{"proc.s", []byte(builtinProc)},
		{"syscall.s", []byte(builtinSyscall)},
		{"work.s", []byte(builtinWork)},
		{"pipe.s", []byte(builtinPipe)},
	}
}
