/* Exports two symbols: one to all, one to GPL modules. */
#include "module.h"

#define EXPORT(sym, sec) \
	__asm__(".pushsection __ksymtab" sec ", \"a\"\n" \
		"	.balign 4\n	.long " #sym " - .\n	.long 1f - .\n	.long 0\n" \
		"	.popsection\n	.pushsection __ksymtab_strings, \"aMS\", %progbits, 1\n" \
		"1:	.asciz \"" #sym "\"\n	.popsection\n")

int supply(int n) { return n + 1; }
int supply_gpl(int n) { return n + 2; }
static int inner(int n) { return n + 3; }
int not_exported(int n) { return inner(n); }
EXPORT(supply, "");
EXPORT(supply_gpl, "_gpl");
int init_module(void) { return 0; }
void cleanup_module(void) {}
