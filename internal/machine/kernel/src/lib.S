/*
 * What gcc calls without being asked (lib/string.c, arch/x86/lib), as guest
 * code: plain and short, not fast.
 */
	.include "macros.inc"
	.text

FUNC memcpy
	endbr64
	mov %rdi, %rax
	mov %rdx, %rcx
	rep movsb
	ret
ENDFUNC memcpy

FUNC memmove
	endbr64
	mov %rdi, %rax
	mov %rdx, %rcx
	mov %rdi, %r8
	sub %rsi, %r8
	cmp %rdx, %r8
	jb 1f
	rep movsb
	ret
1:	lea -1(%rdi,%rdx), %rdi
	lea -1(%rsi,%rdx), %rsi
	std
	rep movsb
	cld
	ret
ENDFUNC memmove

FUNC memset
	endbr64
	mov %rdi, %r8
	mov %esi, %eax
	mov %rdx, %rcx
	rep stosb
	mov %r8, %rax
	ret
ENDFUNC memset

FUNC memcmp
	endbr64
	xor %eax, %eax
	mov %rdx, %rcx
	cmp %rcx, %rcx
	repe cmpsb
	je 1f
	movzbl -1(%rdi), %eax
	movzbl -1(%rsi), %ecx
	sub %ecx, %eax
1:	ret
ENDFUNC memcmp

FUNC strlen
	endbr64
	xor %eax, %eax
1:	cmpb $0, (%rdi,%rax)
	je 2f
	inc %rax
	jmp 1b
2:	ret
ENDFUNC strlen

FUNC strcmp
	endbr64
1:	movzbl (%rdi), %eax
	movzbl (%rsi), %ecx
	sub %ecx, %eax
	jne 2f
	test %ecx, %ecx
	je 2f
	inc %rdi
	inc %rsi
	jmp 1b
2:	ret
ENDFUNC strcmp

FUNC strncmp
	endbr64
	xor %eax, %eax
1:	test %rdx, %rdx
	je 2f
	movzbl (%rdi), %eax
	movzbl (%rsi), %ecx
	sub %ecx, %eax
	jne 2f
	test %ecx, %ecx
	je 2f
	inc %rdi
	inc %rsi
	dec %rdx
	jmp 1b
2:	ret
ENDFUNC strncmp

FUNC strcpy
	endbr64
	mov %rdi, %rax
1:	movzbl (%rsi), %ecx
	mov %cl, (%rdi)
	inc %rsi
	inc %rdi
	test %cl, %cl
	jne 1b
	ret
ENDFUNC strcpy

/* The mitigations' thunks: what -mfunction-return=thunk-extern and friends call. */
FUNC __x86_return_thunk
	ret
	int3
ENDFUNC __x86_return_thunk

.irp reg, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
FUNC __x86_indirect_thunk_\reg
	jmp *%\reg
	int3
ENDFUNC __x86_indirect_thunk_\reg
.endr
