/* What kernel code has that other code has not: inline assembly with sections
   of its own, in our own words. */
typedef unsigned long u64;

static inline u64 save_flags(void)
{
	u64 f;
	asm volatile("# save\n\tpushf ; pop %0\n\tcli" : "=rm"(f) : : "memory");
	return f;
}
static inline void restore_flags(u64 f)
{
	asm volatile("push %0\n\tpopf" : : "g"(f) : "memory", "cc");
}
u64 locked(u64 *p) { u64 f = save_flags(); u64 v = ++*p; restore_flags(f); return v; }

/* A static branch: a nop and a record about it. */
int feature(void)
{
	asm goto("1:.byte 0x0f,0x1f,0x44,0x00,0\n\t"
		 ".pushsection __jump_table, \"aw\"\n\t.balign 8\n\t"
		 ".long 1b - ., %l[yes] - .\n\t.quad %c0 + 1 - .\n\t.popsection"
		 : : "i"(&feature) : : yes);
	return 0;
yes:
	return 1;
}

/* A load that may fault, with a fixup. */
long probe(const long *p)
{
	long v;
	int err;
	asm volatile("1:\tmov %2,%0\n\txor %1,%1\n2:\n"
		     ".section .fixup,\"ax\"\n3:\tmov %3,%1\n\tjmp 2b\n.previous\n"
		     ".section __ex_table,\"a\"\n.balign 4\n.long (1b) - .\n.long (3b) - .\n.long 7\n.previous"
		     : "=r"(v), "=r"(err) : "m"(*p), "i"(-14));
	return err ? err : v;
}

/* Alternative instructions: the longer one decides the space. */
void barrier_or_lock(void)
{
	asm volatile("661:\n\tlock; addl $0,-4(%%rsp)\n662:\n"
		     ".skip -(((6651f-6641f)-(662b-661b)) > 0) * ((6651f-6641f)-(662b-661b)),0x90\n663:\n"
		     ".pushsection .altinstructions,\"a\"\n.long 661b - .\n.long 6641f - .\n"
		     ".word 26\n.byte 663b-661b\n.byte 6651f-6641f\n.popsection\n"
		     ".pushsection .altinstr_replacement, \"ax\"\n6641:\n\tmfence; lfence; mfence; lfence\n6651:\n.popsection"
		     : : : "memory");
}

/* A bug table entry and ud2. */
void bug(int x)
{
	if (x)
		asm volatile("1:\tud2\n.pushsection __bug_table,\"aw\"\n2:\t.long 1b - .\n\t.long %c0 - .\n"
			     "\t.word %c1\n\t.word %c2\n\t.org 2b+%c3\n.popsection"
			     : : "i"("kernel.c"), "i"(17), "i"(0), "i"(12));
}

u64 msr(unsigned n) { unsigned lo, hi; asm volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(n)); return lo | (u64)hi << 32; }
void port(int v) { asm volatile("outb %b0, $0x80\n\toutw %w0, %%dx\n\tinl %%dx, %%eax" : "+a"(v)); }
u64 current_task(void) { u64 p; asm("movq %%gs:%P1, %0" : "=r"(p) : "i"(0x35000)); return p; }
void copy_fast(void *d, const void *s, u64 n) { asm volatile("rep ; movsb" : "+D"(d), "+S"(s), "+c"(n) : : "memory"); }
void set(u64 *p, long n) { asm volatile("lock ; btsq %1, %0" : "+m"(*p) : "Ir"(n)); }
