// Package kernel holds the guest code that every machine has: entry code,
// ftrace trampolines, gates and the functions that gcc calls by itself; and the
// small kernel that boots where no image is given. src/build.sh makes the objects
// of the former; the latter is source, and assembled at boot.
package kernel

import "embed"

// Object is one object file, or the source of one.
type Object struct {
	Name string
	Data []byte
}

//go:embed *.o
var objects embed.FS

// Core returns the objects of the core kernel text, in link order.
func Core() ([]Object, error) {
	var core []Object
	for _, name := range []string{
		"entry.o", "ftrace.o", "services.o", "sched.o", "lib.o", "modules.o", "irq.o", "tracers.o", "notifier.o",
		"percpu.o", "signal.o", "syscall.o", "exports.o", "kobject.o", "string.o", "number.o", "bits.o", "container.o",
		"crc.o", "seqfile.o", "xarray.o", "nls.o", "libgcc.o", "jumplabel.o",
	} {
		data, err := objects.ReadFile(name)
		if err != nil {
			return nil, err
		}
		core = append(core, Object{name, data})
	}
	return core, nil
}

//go:embed builtin/proc.s
var builtinProc string

//go:embed builtin/syscall.s
var builtinSyscall string

//go:embed builtin/work.s
var builtinWork string

//go:embed builtin/pipe.s
var builtinPipe string

//go:embed builtin/seq.s
var builtinSeq string

// Builtin returns the sources of the kernel that boots by default.
func Builtin() []Object {
	return []Object{
		{"proc.s", []byte(builtinProc)},
		{"syscall.s", []byte(builtinSyscall)},
		{"work.s", []byte(builtinWork)},
		{"pipe.s", []byte(builtinPipe)},
		{"seq.s", []byte(builtinSeq)},
	}
}
