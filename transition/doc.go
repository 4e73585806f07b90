// Package transition is the per-task consistency engine of
// kernel/livepatch/transition.c.
//
// It knows tasks, a target state and the address ranges that must not be on a
// task's stack; it knows no patches and never calls up. Each function that in
// C is split over this package and livepatch names its C function in both
// halves:
//
//	livepatch.Core                      transition.Engine
//	enable ──────────────► Init         every task to !target
//	        ─────────────► Start        pending flag on every task that must move
//	        ─────────────► TryComplete  who switched, who is stuck, and why
//	        ◄───────────── Report
//	        ─────────────► Reset, Clear every task to Idle, target to Idle
//
// A task's state goes Idle → !target → target → Idle. Reverse flips the target
// in the middle; Force moves a task without asking for its stack.
package transition
