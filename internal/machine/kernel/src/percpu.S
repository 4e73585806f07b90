/*
 * What inline functions of a kernel's headers reach without asking: the
 * per-CPU variables, whose symbols are offsets into each CPU's area, and the
 * data of the memory and CPU model.
 */
	.include "macros.inc"

/* Per-CPU: %gs:sym(%rip) and %gs:sym are the same place. */
.macro PERCPU name, at
	.globl \name
	.set \name, \at
.endm
	PERCPU __per_cpu_start, 0
	PERCPU fixed_percpu_data, 0
	PERCPU this_cpu_off, 0x30
	PERCPU pcpu_hot, 0x35000
	PERCPU const_pcpu_hot, 0x35000
	PERCPU __preempt_count, 0x35008
	PERCPU cpu_info, 0x35100
	PERCPU cpu_number, 0x3500c
	PERCPU numa_node, 0x35080
	PERCPU cpu_sibling_map, 0x35400
	PERCPU cpu_core_map, 0x35800

	MAX_CPUS = 64
	NR_CPUS_BYTES = 1024

.macro OBJECT name, size
	.globl \name
	.type \name, @object
	.size \name, \size
\name:
.endm

	.data
	.p2align 6
OBJECT __per_cpu_offset, 8*MAX_CPUS
	.skip MAX_CPUS * 8
OBJECT nr_cpu_ids, 4
	.long 1
OBJECT __num_online_cpus, 4
	.long 1
OBJECT system_state, 4
	.long 3			/* SYSTEM_RUNNING */
OBJECT oops_in_progress, 4
	.long 0
	.p2align 3
.irp mask, possible, online, present, active, dying
OBJECT __cpu_\mask\()_mask, NR_CPUS_BYTES
	.skip NR_CPUS_BYTES
.endr
OBJECT page_offset_base, 8
	.quad 0xffff888000000000
OBJECT vmalloc_base, 8
	.quad 0xffffc90000000000
OBJECT vmemmap_base, 8
	.quad 0xffffea0000000000
OBJECT phys_base, 8
	.quad 0
OBJECT high_memory, 8
	.quad 0xffff890000000000
OBJECT loops_per_jiffy, 8
	.quad 4000

/* kernel/cred.c: root's credentials, with every capability. */
	.p2align 6
OBJECT init_cred, 184
	.quad 4
	.skip 40
	.quad 0, 0x1ffffffffff, 0x1ffffffffff, 0x1ffffffffff, 0
	.skip 184 - 88

/* init/init_task.c: the idle task of the first CPU. */
	.bss
	.p2align 6
OBJECT init_task, 9792
	.skip 9792
