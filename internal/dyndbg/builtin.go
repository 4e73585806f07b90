package dyndbg

// Builtin is the table of the pr_debugs of Linux 6.12.117 whose messages klpemu
// prints: those of the livepatch core.
func Builtin() []*Table {
	const file = "kernel/livepatch/transition.c"
	return []*Table{{Module: "livepatch", Sites: []Site{
		{File: file, Line: 97, Func: "klp_complete_transition", Format: "'%s': completing %s transition\n", Class: DefaultClass},
		{File: file, Line: 170, Func: "klp_cancel_transition", Format: "'%s': canceling patching transition, going to unpatch\n", Class: DefaultClass},
		{File: file, Line: 345, Func: "klp_try_switch_task", Format: "%s: %s:%d is running\n", Class: DefaultClass},
		{File: file, Line: 349, Func: "klp_try_switch_task", Format: "%s: %s:%d has an unreliable stack\n", Class: DefaultClass},
		{File: file, Line: 353, Func: "klp_try_switch_task", Format: "%s: %s:%d is sleeping on function %s\n", Class: DefaultClass},
		{File: file, Line: 358, Func: "klp_try_switch_task", Format: "%s: Unknown error code (%d) when trying to switch %s:%d\n", Class: DefaultClass},
		{File: file, Line: 591, Func: "klp_init_transition", Format: "'%s': initializing %s transition\n", Class: DefaultClass},
		{File: file, Line: 653, Func: "klp_reverse_transition", Format: "'%s': reversing transition from %s\n", Class: DefaultClass},
	}}}
}
