// Package kmod is the part of the kernel's module loader that works on bytes:
// kernel/module/main.c, kallsyms.c, version.c and signing.c, and module.c,
// alternative.c, jump_label.c and static_call.c of x86.
//
//	Open      the file: signature, ELF headers, .modinfo, struct module
//	Check     may this kernel load it: versions, version magic
//	Layout    how much memory of each kind it takes
//	Place     its sections at their addresses
//	Resolve   its symbols
//	Relocate  its relocations
//	Finalize  its code patched for the CPU at hand, once it is in memory
//
// Whoever loads calls these in this order, as load_module does, and does between
// them what needs a running kernel. What the kernel prints goes to a Log; what
// it returns is a *Refusal.
//
// A kernel trusts whoever may load modules: a file that is broken in the right
// way makes it write where it should not. Here every index and offset is
// checked, and such a file is refused as an invalid format, with the place.
package kmod
