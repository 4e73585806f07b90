// Package dyndbg is dynamic debug (lib/dynamic_debug.c): the list of pr_debug
// call sites, the queries that switch them on and off, and the lines of
// /sys/kernel/debug/dynamic_debug/control.
package dyndbg
