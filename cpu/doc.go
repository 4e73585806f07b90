// Package cpu executes integer x86-64 code on a virtual CPU.
//
// A [VCPU] runs kernel code in 64-bit mode over a [mem.Memory] that it may share
// with others. [VCPU.Step] executes exactly one instruction, [VCPU.Run] at most
// a number of them; both return a [Stop] that says why they came back. Faults
// are precise: a [Fault] leaves registers, flags and memory as they were before
// the instruction.
//
// Guest code reaches Go through vmcall, which stops the CPU with [StopGate]
// behind the instruction. What the call means is the caller's business.
//
// # How it is built
//
//	optab*.go    one row per instruction: bytes, operands, name, executor
//	decode*.go   bytes -> Inst; knows no CPU
//	exec_*.go    Inst x VCPU -> effects, one small function each
//	flags.go     lazy flags, condition codes
//	view.go      what the CPU has fetched: decoded code, by page generation
//	translate.go runs of decoded instructions
//	hot.go       picks a specialised form for a decoded instruction (pick.go)
//	gen_*.go     the specialised forms, each one body; written out twice, as the
//	             cases of Run's switch and as the functions that Step calls
//	run.go       Run and Step; rotate.go: several CPUs in turn
//
// Every instruction has an executor; the hot forms only repeat what executors do
// where that needs no slow path. A hot form that meets one (a TLB miss, a
// fault) changes nothing and lets the executor do the instruction.
//
// # Not modelled
//
// Rings other than 0, paging structures in guest memory, interrupts, segment
// limits, x87, SSE and AVX. An instruction that is not supported is an
// invalid-opcode fault that names it.
package cpu
