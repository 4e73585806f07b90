# fs/proc: what `cat /proc/cmdline` and its neighbours print.
#
# Each is int show(struct seq_file *m, void *v): the text goes to m, the return
# value is 0 or a negative errno. `func` ... `endfunc` is what a compiler emits
# around a function that can be traced.

func cmdline_proc_show, local
	push	%rbx
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbx, 0
	mov	%rdi, %rbx
	mov	saved_command_line(%rip), %rsi
	call	seq_puts
	mov	%rbx, %rdi
	mov	$'\n, %esi
	call	seq_putc
	xor	%eax, %eax
	pop	%rbx
	.cfi_adjust_cfa_offset -8
	.cfi_restore %rbx
	ret
endfunc

func loadavg_proc_show, local
	sub	$8, %rsp
	.cfi_adjust_cfa_offset 8
	mov	$loadavg_text, %rsi
	call	seq_puts
	xor	%eax, %eax
	add	$8, %rsp
	.cfi_adjust_cfa_offset -8
	ret
endfunc

func meminfo_proc_show, local
	sub	$8, %rsp
	.cfi_adjust_cfa_offset 8
	mov	$memtotal_label, %rsi
	mov	_totalram_pages(%rip), %rdx
	call	show_val_kb
	xor	%eax, %eax
	add	$8, %rsp
	.cfi_adjust_cfa_offset -8
	ret
endfunc

# void show_val_kb(struct seq_file *m, const char *s, unsigned long pages)
func show_val_kb, local
	sub	$8, %rsp
	.cfi_adjust_cfa_offset 8
	mov	%rdx, %rcx
	shl	$PAGE_SHIFT - 10, %rcx		# pages to kB
	mov	%rsi, %rdx
	mov	$kb_format, %rsi
	xor	%eax, %eax			# no vector registers for a variadic function
	call	seq_printf
	add	$8, %rsp
	.cfi_adjust_cfa_offset -8
	ret
endfunc

func uptime_proc_show, local
	push	%rbx
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbx, 0
	mov	%rdi, %rbx
	rdtsc					# nanoseconds since boot
	shl	$32, %rdx
	or	%rdx, %rax
	xor	%edx, %edx
	mov	$10000000, %ecx
	div	%rcx				# hundredths of a second
	xor	%edx, %edx
	mov	$100, %ecx
	div	%rcx
	mov	%rdx, %rcx
	mov	%rax, %rdx
	mov	%rcx, %r9			# uptime, and as much idle time
	mov	%rdx, %r8
	mov	$uptime_format, %rsi
	mov	%rbx, %rdi
	xor	%eax, %eax
	call	seq_printf
	xor	%eax, %eax
	pop	%rbx
	.cfi_adjust_cfa_offset -8
	.cfi_restore %rbx
	ret
endfunc

func version_proc_show, local
	sub	$8, %rsp
	.cfi_adjust_cfa_offset 8
	mov	$linux_proc_banner, %rsi
	mov	$uts_sysname, %rdx
	mov	$uts_release, %rcx
	xor	%eax, %eax
	call	seq_printf
	xor	%eax, %eax
	add	$8, %rsp
	.cfi_adjust_cfa_offset -8
	ret
endfunc

	.set	PAGE_SHIFT, 12

	.section .rodata
command_line:	.asciz	"console=ttyS0 nokaslr quiet"
loadavg_text:	.asciz	"0.00 0.00 0.00 1/5 100\n"
memtotal_label:	.asciz	"MemTotal:       "
kb_format:	.asciz	"%s%8lu kB\n"
uptime_format:	.asciz	"%lu.%02lu %lu.%02lu\n"
uts_sysname:	.asciz	"Linux"
uts_release:	.asciz	"6.12.0-klpemu"
	.globl	linux_proc_banner
	.type	linux_proc_banner, @object
linux_proc_banner:
	.asciz	"%s version %s\n"
	.size	linux_proc_banner, . - linux_proc_banner

	.data
	.p2align 3
	.globl	saved_command_line
	.type	saved_command_line, @object
	.size	saved_command_line, 8
saved_command_line:
	.quad	command_line

	.globl	_totalram_pages
	.type	_totalram_pages, @object
	.size	_totalram_pages, 8
_totalram_pages:
	.quad	65536
