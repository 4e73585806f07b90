/* kernel/jump_label.c, kernel/static_call_inline.c: what modules call. */
	.include "macros.inc"
	.text

GATE static_key_count
GATE static_key_fast_inc_not_disabled
GATE static_key_slow_inc
GATE static_key_slow_inc_cpuslocked
GATE static_key_slow_dec
GATE static_key_slow_dec_cpuslocked
GATE static_key_enable
GATE static_key_enable_cpuslocked
GATE static_key_disable
GATE static_key_disable_cpuslocked
GATE __static_call_update

FUNC __static_call_return0
	endbr64
	xor %eax, %eax
	ret
ENDFUNC __static_call_return0

/* What an indirect call of paravirt code becomes if it has no target. */
FUNC BUG_func
	ud2
	int3
ENDFUNC BUG_func
