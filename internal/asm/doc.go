// Package asm assembles GNU assembler source (AT&T syntax, x86-64) into
// ELF64 relocatable objects.
//
// The yardstick is GNU as 2.40: for the supported subset the object has the
// same sections, symbols, relocations and bytes, so a scenario written for a
// tool chain and one written for klpemu are the same scenario. That includes
// choices nobody asks for but everybody sees in a disassembly: the shortest
// encoding, the order in which encodings are preferred, rel8 against rel32,
// the nops that fill an alignment, and whether a relocation names a symbol or
// its section.
//
// The path of a source file:
//
//	source.go   text -> statements            (comments, strings, `;`)
//	input.go    statements, macros, .rept     (a stack of sources, all bounded)
//	stmt.go     labels, assignments, dispatch
//	directive*.go, cfi*.go, func.go           what a directive does
//	table*.go   one row per instruction form  -> match.go -> encode.go
//	frag.go     bytes with elastic ends       -> relax.go  (addresses)
//	fixup.go    expressions with symbols      -> values or relocations
//	elf.go      sections, symbols, strings    -> the object file
//
// # The func extension
//
// One directive is ours. The two lines
//
//	func read_pair
//	    mov     %rdi, %rax
//	    ret
//	endfunc
//
// make a traceable global function as gcc -pg -mfentry -mrecord-mcount
// -fcf-protection=branch lays it out. They stand for
//
//	        .p2align 4
//	        .globl  read_pair
//	        .type   read_pair, @function
//	read_pair:
//	        .cfi_startproc
//	        endbr64
//	1:      call    __fentry__
//	        .section __mcount_loc, "a", @progbits
//	        .quad   1b
//	        .previous
//	        ...
//	        .cfi_endproc
//	        .size   read_pair, .-read_pair
//
// with a private label in place of 1. `func NAME, local` leaves out .globl,
// `func NAME, notrace` the call and its record, `func NAME, noendbr` the
// endbr64; options combine.
//
// # What it does not do
//
// SSE, AVX and x87 arithmetic (klpemu raises #UD for them), 16- and 32-bit
// modes, Intel syntax, subsections, .altmacro and line-number tables (.loc is
// read and forgotten, so -g gives the same code and no .debug_line).
//
// # Where it differs from gas on purpose
//
// It refuses some things that gas lets pass: a .L label that nothing defines,
// an 8- or 16-bit immediate of shifts, in, out and the like that does not fit,
// `0x` without digits, a missing operand of an expression. What gas assembles
// with a warning goes to Options.Warn. It takes // comments anywhere, and
// jmpq and callq, which other tools write. Sizes of .skip and LEB128 that
// depend on jumps over themselves may settle differently.
package asm
