	.type r,@gnu_indirect_function
	.globl r
r: ret
l: .type l,@gnu_indirect_function
	ret
	call r
	jmp r
	call l
	jmp l
	.quad l
	lea l(%rip),%rax
