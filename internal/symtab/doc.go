// Package symtab answers the questions kernel/kallsyms.c answers: which symbol
// an address lies in, how large that symbol is, and which addresses a name has.
//
// Names live in objects: the kernel ("vmlinux") and one per module. An Object
// is immutable once built; a Table is the list of those that are loaded.
//
// Sizes follow kallsyms, not ELF: a symbol reaches to the next higher symbol of
// its object, or to the end of the region it lies in. So the padding behind a
// function counts as part of it, as it does in the kernel's backtraces and in
// the address ranges that klp_check_stack_func compares.
package symtab
