# What compiled programs do not have and kernels do, in every shape that matters.
	.text
start:
	endbr64
	pause; hlt; cli; sti; cld; std; clc; stc; cmc; clac; stac; leave; ret; ret $16
	lfence; mfence; sfence; cpuid; rdtsc; rdtscp; rdmsr; wrmsr; rdpmc; swapgs; serialize
	iretq; iretl; iretw; lretq; lret; sysretq; sysretl; syscall; clts; invd; wbinvd; wbnoinvd
	vmcall; vmmcall; monitor; mwait; rdpkru; wrpkru; xgetbv; int3; int $0x80; ud2; ud1 %rax,%rbx
	pushfq; popfq; pushfw; popfw; lahf; sahf; xlat; nop; nopw 0x200(%rax,%rax,1); nopl (%rax)
	rdrand %eax; rdrand %r9; rdseed %ecx; rdseed %dx; rdpid %rax
	rdfsbase %rax; rdgsbase %ecx; wrfsbase %r8; wrgsbase %rdx
	mov %cr0,%rax; mov %rax,%cr3; mov %cr4,%r8; mov %cr8,%rdx; mov %db7,%rcx; mov %rcx,%db0
	mov %ds,%eax; mov %eax,%ds; mov %gs,(%rax); mov (%rax),%ss; push %fs; pop %gs
	lgdt (%rax); lidt 8(%rsp); sgdt (%rdi); sidt (%rsi); lldt %ax; ltr %cx; sldt %eax; str %edx
	invlpg (%rdi); invpcid (%rax),%rcx; verw 0x10(%rip); verr %ax; smsw %eax; lmsw %ax
	in $0x60,%al; in $0x60,%eax; in (%dx),%al; in (%dx),%ax; out %al,$0x20; out %eax,(%dx); out %al,(%dx)
	insb; insl; outsb; outsw; rep insl; rep outsb
	rep stosb; rep stosq; rep stosl; rep stosw; rep movsb; rep movsq; rep movsl; movsw; lodsq; lodsb
	repe cmpsb; repne scasb; repe scasq; cmpsq; scasl; stosb
	rep stosb %al,%es:(%edi); lodsb %gs:(%rsi),%al; movsq %fs:(%rsi),%es:(%rdi)
	lock addl $1,(%rax); lock xaddq %rcx,8(%rdx); lock cmpxchgb %al,(%rbx); lock cmpxchg16b (%rdi)
	lock cmpxchg8b 16(%rbp); lock incq (%rax); lock decl %gs:(%rax); lock btsq $3,(%rdi); lock btrl %eax,(%rdx)
	lock btcw $1,(%rax); lock orb $4,1(%rbx); lock xorq %r9,(%r10,%r11,8); lock negq (%rax); lock notb (%rcx)
	xchg %rax,%rbx; xchg %eax,%ecx; xchg %ax,%ax; xchg %al,(%rdx); xchg %rcx,(%rdx); xchg %r8,%rax
	mov %gs:0x28,%rax; sub %gs:0x28,%rdx; incl %gs:0x35008(%rip); mov %fs:(%rax),%ecx; movzbl %gs:4(%rdi),%eax
	call *%rax; call *8(%rbx); call *(%rax,%rcx,8); call *0x1000; jmp *%r11; notrack jmp *%rdx; bnd jmp start; bnd ret
	cs call start; jmp *table(,%rax,8); jmp start; je,pn start; jne,pt start; loop 1f; loope 1f; loopne 1f; jrcxz 1f; jecxz 1f; 1:
	ljmp *(%rax); lcall *(%rdi); rex.w ljmp *(%rdi)
	enter $16,$0; enter $0x200,$3; push $1; push $-1; push $0x12345; push (%rax); pop (%rbx); pushw %ax; popw (%rax); push %r12
	movabs $0x123456789abcdef0,%r10; movabs 0x1122334455667788,%al; movabs %eax,0x1122334455667788; mov $-1,%rax; mov $0xffffffff,%eax
	movb $1,(%rax); movw $0x1234,(%rax); movl $-2,8(%rbp,%rcx,4); movq $0x7fffffff,(%rsp); mov %ah,%bl; mov %sil,%r9b; mov %dh,(%rax)
	movzbl %ah,%eax; movzbw %al,%cx; movzwl (%rdi),%eax; movzbq %al,%rdx; movsbl %al,%eax; movsbw (%rax),%dx; movswq %ax,%rcx; movslq (%rax),%rdx
	cbtw; cwtl; cltq; cwtd; cltd; cqto; bswap %eax; bswap %r13
	shl %eax; shl $3,%rcx; shl %cl,%dl; shrl (%rax); sarq $63,(%rdx); sarb %cl,(%rcx); rolw $8,%ax; rorl %cl,(%rax); rcl %rax; rcrq $1,(%rdx)
	shld $4,%eax,%edx; shld %cl,%rax,(%rdx); shrd $1,%cx,%dx; shrd %cl,%r8,%r9
	bt %eax,(%rdx); btl $5,(%rdx); bts %rcx,%rdx; btr $9,%r8; btcq $1,(%rax); bsf %eax,%ecx; bsr (%rax),%rdx
	popcnt %eax,%edx; tzcnt (%rdi),%rax; lzcnt %r8,%r9; popcnt %cx,%dx
	mul %cl; mulq (%rax); imul %rdx; imul %eax,%ecx; imul $100,%rdx,%rax; imul $-2,(%rax),%ecx; div %r8; idivl (%rax); divb %ah
	neg %rax; notl (%rcx); incb (%rax); decw %ax; adc $1,%rax; sbb %ecx,%ecx; sbbl $0,(%rax); test $1,%al; testb $0x80,(%rdx); testq $-8,%rcx
	cmpb $0x7f,8(%rax); cmpw $-1,(%rax); cmp %rax,(%rcx); cmp (%rcx),%rax; cmpq $0x80,-0x10(%rbp)
	seta %al; setnp (%rax); setl %r9b; cmovs %eax,%ecx; cmovge (%rdi),%rdx; cmovnp %ax,%bx
	movbe (%rax),%ecx; movbe %rdx,(%rcx); movnti %eax,(%rdx); movnti %r8,8(%rcx)
	crc32b %al,%ecx; crc32w (%rax),%edx; crc32q %rax,%rcx; crc32l %eax,%ecx
	adcx %eax,%ecx; adox (%rdi),%rdx; andn %eax,%ecx,%edx; blsr %rax,%rcx; blsi (%rax),%edx; blsmsk %eax,%ecx
	bextr %eax,%ecx,%edx; bzhi %rax,(%rcx),%rdx; pdep %eax,%ecx,%edx; pext (%rax),%rcx,%rdx; mulx %rax,%rcx,%rdx
	shlx %eax,%ecx,%edx; sarx %rax,(%rcx),%rdx; shrx %r8,%r9,%r10; rorx $7,%eax,%ecx; rorx $63,(%rax),%rcx
	prefetcht0 (%rax); prefetcht1 8(%rcx); prefetcht2 (%rdx); prefetchnta (%rsi); prefetchw (%rdi); prefetch (%rax)
	clflush (%rax); clflushopt (%rcx); clwb (%rdx)
	lea (%rax),%ecx; lea 0x10(%rip),%rax; lea (,%rcx,4),%rdx; lea -1(%rax,%rax,2),%r9; lea (%eax),%edx
	mov 0x12345678,%eax; mov -8(%r13),%rax; mov (%r12),%rax; mov (%rsp),%rcx; mov 0(%rbp,%r12,1),%rdx
	.byte 0x66,0x2e,0x0f,0x1f,0x84,0,0,0,0,0
	.byte 0x66,0x66,0x2e,0x0f,0x1f,0x84,0,0,0,0,0
	.byte 0x0f,0x1f,0x80,0,0,0,0
	.byte 0x66,0x0f,0x1f,0x44,0,0
	.byte 0xf3,0xc3
	.byte 0x8d,0x74,0x26,0
	.byte 0x48,0x8b,0x1c,0x60
table:
