// Package shell is the machine's shell: it parses with mvdan.cc/sh/v3/syntax,
// expands with mvdan.cc/sh/v3/expand, and evaluates itself.
//
// Nothing of the host is visible in it. Files come from a vfs.FS, the clock,
// sleeping, jobs and pids from a Host, random numbers from a seed. Nothing runs
// in parallel: the stages of a pipeline run one after the other into bounded
// buffers, a job is handed to the Host.
//
// Every loop, buffer and recursion has a limit; reaching one ends the command
// line with a *LimitError and leaves the shell usable.
//
// Commands are values of type Command in a table given to New; those every Unix
// has are in Builtins and Coreutils, and the machine adds its own.
package shell
