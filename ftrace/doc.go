// Package ftrace is the layer of kernel/trace/ftrace.c and arch/x86's ftrace.c
// and alternative.c that livepatching stands on: a record for each call site,
// ops that are attached to sites by address, the bytes of the site, and the
// trampolines that a site calls.
//
//	   guest function            trampoline (guest bytes)         gate
//	f: endbr64
//	   call tramp  ───────────►  save registers, rdi=site
//	   ...                       call handler  ───────────────►  Go: Handler
//	                             restore, ret to regs->ip ◄────  sets regs->ip
//
// A site holds the 5-byte nop while nobody wants it. Text is written by the
// steps of text_poke_bp: an int3 first, then the tail, then the first byte.
package ftrace
