// Package machine is the modeled kernel: vCPUs, tasks, the schedule, the clock,
// modules, printk and the work queue. It is the one place where the layers are
// wired together.
//
// A machine is driven from outside by one caller; nothing in it runs in
// parallel. Guest code runs on the interpreter. Kernel work that is modeled in
// Go runs as a coroutine of a task (coroutine.go), so that it can wait while
// the guest goes on, and guest code reaches Go through gates (gates.go).
package machine
