// Package unwind walks stacks by DWARF call frame information (.eh_frame), the
// data that compilers and the core's own assembly carry. It stands where the
// kernel has arch/x86/kernel/unwind_orc.c, and keeps that file's contract: "the
// stack is unreliable, because ..." is a result, not an error.
//
//	Parse:            the bytes of .eh_frame -> Table
//	Tables.Add:       tables of the kernel and of each module, by name
//	Tables.Alias:     code copied elsewhere (ftrace trampolines) keeps its data
//	Tables.Step:      one frame -> its caller
//	Tables.Reliable:  arch_stack_walk_reliable
//
// A return address is looked up by the byte before it, because a call may be the
// last instruction of its function; the address at which a frame was
// interrupted is looked up as it is. An undefined return address ends the stack,
// and that is reliable: the entry stubs say so.
//
// Data is trusted to be true but not to be sane: parsing is linear in its size,
// and a step runs a bounded number of operations.
package unwind
