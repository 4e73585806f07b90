// Package mem is the guest's memory: sparse 4 KiB pages in a 64-bit address
// space, each with its own permissions.
//
// Nothing here reads as zero by accident: an access to an address that is not
// mapped, or that the page does not permit, is a [*Fault] that says which byte,
// how many and why. A page is writable or executable, never both, unless the
// memory was told otherwise with [Memory.AllowWX]; code is rewritten through
// [Memory.Poke], the privileged path that text poking uses.
//
// Several CPUs share one Memory. They keep pages in software TLBs and decode
// code once, so Memory counts what could make such a copy wrong: [Memory.Version]
// changes with every mapping change and with every write to a page that a CPU
// has fetched code from ([Page.Watch]). A CPU compares that one number before it
// trusts anything it kept.
//
// A machine has one Memory, and one more for each process: [Memory.NewSpace] gives
// it a low half of its own beside the common high half.
//
// Addresses are 64-bit linear addresses with four-level paging's rule: bits 63
// to 47 must be equal. Little-endian helpers live here and nowhere else.
package mem
