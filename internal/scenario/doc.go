// Package scenario reads, runs, compares and updates scenario files.
//
// A scenario is a Markdown file. Its console blocks form one session:
//
//	```console
//	$ insmod fix.klp              a command; "> " directly below continues it
//	livepatch: enabling ...       exactly what it prints
//	...                           any number of lines, also none
//	[1]                           a status that is not 0, last
//	```
//
// Blocks with file=NAME in their info string are files of the session's
// directory. The rest is prose. Parse gives a *File; Run drives a Session, which
// is an interface, so that the format is tested without a machine; Update gives
// the file with the output that was seen.
package scenario
