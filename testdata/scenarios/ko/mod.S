/* What modpost adds to a module: .modinfo, __versions, struct module. */
#ifndef VERMAGIC
#define VERMAGIC "6.12.117+deb12-cloud-amd64 SMP preempt mod_unload modversions "
#endif
#ifndef LICENSE
#define LICENSE "GPL"
#endif
#ifndef LAYOUT
#define LAYOUT 0x2f9b2b9a /* CRC of module_layout */
#endif

	.section .modinfo, "a"
	.asciz "license=" LICENSE
	.asciz "version=1.0"
	.asciz "depends="
#ifdef INTREE
	.asciz "intree=Y"
#endif
	.asciz "name=" NAME
	.asciz "vermagic=" VERMAGIC

#ifndef NOVERSIONS
	.section __versions, "a"
	.p2align 5
	.quad LAYOUT
1:	.asciz "module_layout"
	.zero 56 - (. - 1b)
#endif

	.section .note.Linux, "a", @note
	.p2align 2
	.long 6, 1, 0x101
	.asciz "Linux"
	.p2align 2
	.byte 0

	.section .gnu.linkonce.this_module, "aw"
	.p2align 6
	.globl __this_module
	.type __this_module, @object
__this_module:
	.zero 24
1:	.asciz NAME
	.zero 56 - (. - 1b)
	.zero 0x138 - (. - __this_module)
	.quad init_module
	.zero 0x4b0 - (. - __this_module)
	.quad cleanup_module
	.zero 0x500 - (. - __this_module)
	.size __this_module, . - __this_module
	.section .note.GNU-stack, "", @progbits
