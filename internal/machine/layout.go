package machine

// The address space, as on x86-64 without KASLR
// (Documentation/arch/x86/x86_64/mm.rst).
const (
	textBase   = 0xffffffff81000000 // kernel image
	textLimit  = 0x1e000000         // up to the core text
	coreBase   = 0xffffffff9f000000 // entry code, trampolines, gates
	coreLimit  = 0x00100000
	moduleBase = 0xffffffffc0000000 // modules and ftrace trampolines
	moduleEnd  = 0xffffffffff000000
	heapBase   = 0xffff888000000000 // direct map: kmalloc
	heapEnd    = 0xffffc80000000000
	percpuBase = 0xffff88ff00000000 // per-CPU areas
	percpuStep = 0x200000
	taskBase   = 0xffff88fe00000000 // task_structs
	stackBase  = 0xffffc90000000000 // task stacks, each with a guard page below
	stackSize  = 16 << 10           // THREAD_SIZE
	stackStep  = 32 << 10

	// lowText is where objects go that were not compiled for the kernel's
	// half of the address space; the core text follows at lowCore.
	lowText = 0x400000
	lowCore = 0x60000000

	pageSize = 4096
)

// ptRegsSize is sizeof(struct pt_regs): what the entry code has saved at the
// top of a task's stack.
const ptRegsSize = 0xa8

// canaryOffset is where gcc looks for the stack canary in the per-CPU area.
const canaryOffset = 0x28
