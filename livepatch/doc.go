// Package livepatch is kernel/livepatch/core.c and patch.c: which patches
// exist, which functions they replace, and what the ftrace handler does when a
// patched function is called.
//
// patch.go holds what the seed of this project describes: klp_find_ops,
// klp_ftrace_handler, klp_patch_func, klp_unpatch_func and the object-wise
// functions above them. core.go enables and disables patches, init.go resolves
// their symbols, transition.go is the patch half of transition.c (its task
// half is package transition), module.go follows modules that come and go.
//
// A func_stack, newest version first:
//
//	Ops{read_pair} ─► fix2's read_pair ─► fix's read_pair ─► (the original)
package livepatch
