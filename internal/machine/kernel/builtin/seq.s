# A read of a file in /proc: fs/read_write.c, fs/proc/inode.c, fs/seq_file.c.
#
# ksys_read takes the struct file itself, not its number. What has been read is in
# the buffer of the seq_file; copying it to the user is not part of the model, so the
# result is how much there is.

	.set	FILE_F_OP, 16			# in struct file
	.set	FILE_PRIVATE_DATA, 32
	.set	FILE_INODE, 40			# here: the entry of a module in /proc, or 0
	.set	FOP_READ_ITER, 40		# in struct file_operations
	.set	KIOCB, 48			# sizeof(struct kiocb); ki_filp 0, ki_pos 8
	.set	SEQ_BUF, 0			# in struct seq_file
	.set	SEQ_SIZE, 8
	.set	SEQ_COUNT, 24
	.set	SEQ_INDEX, 40
	.set	SEQ_LOCK, 56
	.set	SEQ_OP, 88
	.set	OP_START, 0			# in struct seq_operations
	.set	OP_STOP, 8
	.set	OP_NEXT, 16
	.set	OP_SHOW, 24
	.set	GFP_KERNEL_ACCOUNT, 0x400cc0
	.set	NUMA_NO_NODE, -1
	.set	ENOMEM, 12

# ssize_t ksys_read(struct file *file, char __user *buf, size_t count)
func ksys_read
	sub	$8, %rsp
	.cfi_adjust_cfa_offset 8
	xor	%ecx, %ecx
	call	vfs_read
	add	$8, %rsp
	.cfi_adjust_cfa_offset -8
	ret
endfunc

# ssize_t vfs_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
func vfs_read
	sub	$KIOCB + 8, %rsp
	.cfi_adjust_cfa_offset KIOCB + 8
	mov	%rdi, (%rsp)			# init_sync_kiocb
	movq	$0, 8(%rsp)
	mov	FILE_F_OP(%rdi), %rax
	mov	%rsp, %rdi
	xor	%esi, %esi
	call	*FOP_READ_ITER(%rax)
	add	$KIOCB + 8, %rsp
	.cfi_adjust_cfa_offset -(KIOCB + 8)
	ret
endfunc

# ssize_t proc_reg_read_iter(struct kiocb *iocb, struct iov_iter *iter): the entry of
# a module may go away and is held meanwhile; those of the kernel are permanent, and
# leave no frame.
func proc_reg_read_iter
	mov	(%rdi), %rax
	cmpq	$0, FILE_INODE(%rax)
	je	seq_read_iter
	sub	$8, %rsp
	.cfi_adjust_cfa_offset 8
	call	seq_read_iter
	add	$8, %rsp
	.cfi_adjust_cfa_offset -8
	ret
endfunc

# ssize_t seq_read_iter(struct kiocb *iocb, struct iov_iter *iter)
func seq_read_iter
	push	%rbx
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbx, 0
	push	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbp, 0
	push	%r12
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %r12, 0
	mov	(%rdi), %rax
	mov	FILE_PRIVATE_DATA(%rax), %rbx	# m
	lea	SEQ_LOCK(%rbx), %rdi
	call	mutex_lock
	movq	$0, SEQ_COUNT(%rbx)
	cmpq	$0, SEQ_BUF(%rbx)
	jne	1f
	mov	SEQ_SIZE(%rbx), %rdi
	call	seq_buf_alloc
	mov	%rax, SEQ_BUF(%rbx)
	mov	$-ENOMEM, %r12
	test	%rax, %rax
	je	4f
1:	mov	SEQ_OP(%rbx), %rbp
	mov	%rbx, %rdi
	lea	SEQ_INDEX(%rbx), %rsi
	call	*OP_START(%rbp)
	mov	%rax, %r12
	test	%rax, %rax
	je	3f				# the end
	mov	%rbx, %rdi
	mov	%rax, %rsi
	call	*OP_SHOW(%rbp)
	movslq	%eax, %rax
	test	%rax, %rax
	js	2f
	mov	SEQ_SIZE(%rbx), %rax
	cmp	%rax, SEQ_COUNT(%rbx)
	jb	5f
	# it did not fit: a buffer twice as large, and again
	mov	%rbx, %rdi
	mov	%r12, %rsi
	call	*OP_STOP(%rbp)
	mov	SEQ_BUF(%rbx), %rdi
	call	kvfree
	movq	$0, SEQ_COUNT(%rbx)
	shlq	SEQ_SIZE(%rbx)
	mov	SEQ_SIZE(%rbx), %rdi
	call	seq_buf_alloc
	mov	%rax, SEQ_BUF(%rbx)
	mov	$-ENOMEM, %r12
	test	%rax, %rax
	jne	1b
	jmp	4f
5:	mov	%rbx, %rdi
	mov	%r12, %rsi
	lea	SEQ_INDEX(%rbx), %rdx
	call	*OP_NEXT(%rbp)
	mov	%rax, %r12
3:	mov	%rbx, %rdi
	mov	%r12, %rsi
	call	*OP_STOP(%rbp)
	mov	SEQ_COUNT(%rbx), %r12
	jmp	4f
2:	xchg	%rax, %r12			# show has failed
	mov	%rbx, %rdi
	mov	%rax, %rsi
	call	*OP_STOP(%rbp)
4:	lea	SEQ_LOCK(%rbx), %rdi
	call	mutex_unlock
	mov	%r12, %rax
	pop	%r12
	.cfi_adjust_cfa_offset -8
	.cfi_restore %r12
	pop	%rbp
	.cfi_adjust_cfa_offset -8
	.cfi_restore %rbp
	pop	%rbx
	.cfi_adjust_cfa_offset -8
	.cfi_restore %rbx
	ret
endfunc

# void *seq_buf_alloc(unsigned long size); inlined in a real kernel
func seq_buf_alloc, local, notrace
	mov	$GFP_KERNEL_ACCOUNT, %esi
	mov	$NUMA_NO_NODE, %edx
	jmp	__kvmalloc_node_noprof
endfunc

# The iterator of single_open(): one round, v is 1.
func single_start
	xor	%eax, %eax
	cmpq	$0, (%rsi)
	sete	%al
	ret
endfunc

func single_next
	incq	(%rdx)
	xor	%eax, %eax
	ret
endfunc

func single_stop
	ret
endfunc

	.section .rodata
	.p2align 3
	.globl	proc_iter_file_ops
	.type	proc_iter_file_ops, @object
	.size	proc_iter_file_ops, 48
proc_iter_file_ops:
	.zero	FOP_READ_ITER
	.quad	proc_reg_read_iter
