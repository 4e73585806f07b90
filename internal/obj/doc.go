// Package obj reads ELF64 relocatable objects for x86-64, as gcc, clang and the
// kernel's build emit them, links them at a chosen address and finds the call
// sites that ftrace may rewrite.
//
//	Parse: bytes -> File      every index, offset and size is checked
//	Link:  Files -> Image     segments, symbols, call sites, unwind tables
//
// A File keeps all sections, also those that Link does not place, so that the
// module loader can read .modinfo, __versions or .klp.rela.* from it.
//
// Nothing here touches the guest: an Image is plain data that the machine maps.
// The linker is a small one. It lays out sections, resolves names, builds a
// global offset table and jump stubs where relocations ask for them, and
// relaxes GOT accesses as GNU ld does. It merges no strings, has no scripts, and
// refuses thread-local storage and indirect functions.
package obj
