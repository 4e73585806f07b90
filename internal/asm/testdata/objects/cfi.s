	.text
a:	.cfi_startproc
	.cfi_personality 0x9b,DW.ref.__gxx_personality_v0
	.cfi_lsda 0x1b,.LLSDA1
	push %rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	mov %rsp,%rbp
	.cfi_def_cfa_register 6
	.skip 100
	.cfi_remember_state
	.cfi_def_cfa 7, 8
	.skip 300
	.cfi_restore_state
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbx, 0
	.cfi_restore 3
	.cfi_undefined %rip
	.cfi_same_value %rbx
	.cfi_register %rbx, %r12
	.skip 70000
	.cfi_escape 0x0f,3,0x76,8,6
	.cfi_val_offset 3, 8
	.cfi_return_column 16
	.cfi_window_save
	.cfi_offset 12, 24
	.cfi_offset 12, 40
	.cfi_def_cfa_offset 17
	.cfi_def_cfa_offset 170
	ret
	.cfi_endproc
b:	.cfi_startproc simple
	.cfi_signal_frame
	nop
	.cfi_endproc
c:	.cfi_startproc
	nop
	.cfi_def_cfa_offset 16
	.cfi_endproc
	.section .text.x,"ax"
d:	.cfi_startproc
	.cfi_endproc
e:	.cfi_startproc
	.cfi_personality 0x3,__gxx_personality_v0
	.cfi_lsda 0x3,.LLSDA2
	nop
	.cfi_endproc
	.data
.LLSDA1: .uleb128 5, 128, 300
.LLSDA2: .sleb128 -5, 128
