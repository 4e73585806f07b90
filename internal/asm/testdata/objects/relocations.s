	.file "x.c"
	.text
	.globl f
	.type f,@function
f:	.cfi_startproc
	endbr64
	call __fentry__
	mov .LC0(%rip),%eax
	lea .LC0(%rip),%rdi
	mov $.LC0,%esi
	mov $.LC0+3,%esi
	mov d1(%rip),%eax
	mov d1+4(%rip),%eax
	mov gd(%rip),%eax
	call loc
	call loc@PLT
	jmp loc@PLT
	jmp loc
	jmp f
	jmp f@PLT
	jmp other
	call other+4
	jmp other+4
	call dloc
	jmp dloc
	je f
	jne ext
	call *ext@GOTPCREL(%rip)
	jmp *ext@GOTPCREL(%rip)
	mov ext@GOTPCREL(%rip),%rax
	mov ext@GOTPCREL(%rip),%eax
	mov d1@GOTPCREL(%rip),%rax
	add ext@GOTPCREL(%rip),%rax
	lea ext@GOTPCREL(%rip),%rax
	push ext@GOTPCREL(%rip)
	test %rax,ext@GOTPCREL(%rip)
	cmp ext@GOTPCREL(%rip),%eax
	movl $1,ext(%rip)
	movb $1,ext(%rip)
	movl $ext,ext2(%rip)
	movq $ext,ext2
	mov ext,%eax
	mov $ext,%rax
	movabs $ext,%rax
	movabs ext,%rax
	mov $ext,%ax
	mov $ext,%al
	push $ext
	loop ext
	jrcxz loc
	ret
	.cfi_endproc
	.size f,.-f
loc: nop
	.cfi_startproc
	push %rbp
	.cfi_def_cfa_offset 16
	.cfi_offset 6,-16
	ret
	.cfi_endproc
	.section .rodata.str1.1,"aMS",@progbits,1
.LC0:	.string "hello"
	.data
	.long 0
d1:	.long 5, ext, f, loc, d1, d1-., f-., ext-., loc-.,.LC0,.LC0+1
	.quad ext, f, loc, d1, loc-., f-d1,.LC0
	.word ext
	.byte ext, ext-.
	.word ext-.
dloc:
	.globl gd
gd:	.long 1
	.section __mcount_loc,"a",@progbits
	.quad f
	.comm cc,8,8
	.lcomm lc,8
	.section .note.GNU-stack,"",@progbits
