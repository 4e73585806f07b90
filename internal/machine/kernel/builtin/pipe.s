# A pipe of 256 bytes with a reader that sleeps (fs/pipe.c in small).
#
#	spawn pipe_read			sleeps until there is a byte, returns it
#	call pipe_write 65		puts a byte in and wakes the reader
#
# The sleep is interruptible, as that of a read from a real pipe: the signal
# that a transition sends to those it waits for ends it with -ERESTARTSYS, and
# the call starts again when it has gone through kernel exit.

	.set	TASK_INTERRUPTIBLE, 1
	.set	TASK_NORMAL, 3
	.set	EAGAIN, 11
	.set	PIPE_SIZE, 256
	.set	WAIT_ENTRY, 40			# sizeof(struct wait_queue_entry)

# int pipe_read(void)
func pipe_read
	sub	$WAIT_ENTRY, %rsp
	.cfi_adjust_cfa_offset WAIT_ENTRY
	mov	%rsp, %rdi
	xor	%esi, %esi
	call	init_wait_entry
1:	mov	$pipe_rd_wait, %rdi
	mov	%rsp, %rsi
	mov	$TASK_INTERRUPTIBLE, %edx
	call	prepare_to_wait_event
	test	%rax, %rax
	jne	3f				# a signal
	mov	pipe_tail(%rip), %eax
	cmp	pipe_head(%rip), %eax
	jne	2f
	call	schedule
	jmp	1b
2:	mov	$pipe_rd_wait, %rdi
	mov	%rsp, %rsi
	call	finish_wait
	call	pipe_get
3:	add	$WAIT_ENTRY, %rsp
	.cfi_adjust_cfa_offset -WAIT_ENTRY
	ret
endfunc

# int pipe_get(void): the oldest byte; the pipe is not empty
func pipe_get, local
	mov	pipe_tail(%rip), %edx
	incl	pipe_tail(%rip)
	movzbl	%dl, %edx
	movzbl	pipe_buffer(%rdx), %eax
	ret
endfunc

# int pipe_write(int byte): 1, or -EAGAIN where the pipe is full
func pipe_write
	sub	$8, %rsp
	.cfi_adjust_cfa_offset 8
	mov	pipe_head(%rip), %edx
	mov	%edx, %eax
	sub	pipe_tail(%rip), %eax
	cmp	$PIPE_SIZE, %eax
	mov	$-EAGAIN, %rax
	je	1f
	movzbl	%dl, %edx
	mov	%dil, pipe_buffer(%rdx)
	incl	pipe_head(%rip)
	mov	$pipe_rd_wait, %rdi
	mov	$TASK_NORMAL, %esi
	mov	$1, %edx
	xor	%ecx, %ecx
	call	__wake_up
	mov	$1, %eax
1:	add	$8, %rsp
	.cfi_adjust_cfa_offset -8
	ret
endfunc

	.data
	.p2align 3
	.globl	pipe_rd_wait
	.type	pipe_rd_wait, @object
	.size	pipe_rd_wait, 24
pipe_rd_wait:					# struct wait_queue_head
	.quad	0				# lock
	.quad	pipe_rd_wait + 8, pipe_rd_wait + 8	# head

	.bss
	.globl	pipe_buffer
	.type	pipe_buffer, @object
	.size	pipe_buffer, PIPE_SIZE
pipe_buffer:
	.zero	PIPE_SIZE
	.p2align 2
pipe_head:	.zero	4
pipe_tail:	.zero	4
