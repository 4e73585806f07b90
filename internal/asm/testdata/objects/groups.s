	.text
	.globl f
f:	call f
	lea f(%rip),%rax
	jmp f@PLT
	mov $f, %eax
	call w
	jmp w
	.weak w
w:	nop
	call h
	jmp h
	.globl h
	.hidden h
h:	nop
	.set al, f+1
	.globl ga
	.set ga, w
	.set ua, undef1
	.set ub, undef2+4
	call al
	call ga
	call ua
	mov $ub,%eax
	.globl unusedg
	.weak unusedw
	.quad al, ga, ua, ub, 5
	.equ k, 7
	mov $k,%eax
	mov $later,%eax
	.equ later, 9
	.type f,@function
	.size f, 10
	.section foo,"ax"
	.long foo
	.section .init_array,"aw"
	.quad foo-4
	.section .rodata
	.section .text.unlikely,"ax",@progbits
	nop
x1:	.long x1, x2
	.data
x2:	.section .rodata.cst8,"aM",@progbits,8
	.quad x1
	.section .tbss,"awT",@nobits
	.section .fini_array
	.section .note.x,"",@note
	.section .bar
	.byte 1
	.section .ltext,"axo",@progbits,.text
	.section .text._Z1f,"axG",@progbits,_Z1f,comdat
	.weak _Z1f
_Z1f: ret
	.section .text._Z1g,"axG",@progbits,_Z1g,comdat
	ret
	.section .data._Z1g,"awG",@progbits,_Z1g,comdat
	.quad bar
bar: .quad 1
