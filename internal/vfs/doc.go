// Package vfs is the machine's tree of files.
//
// The tree has three kinds of nodes:
//
//	memory      files and directories that live in memory: /, /tmp, /root
//	lower       the same, filled from a read-only fs.FS the first time they
//	            are looked at: the scenario's own directory
//	dynamic     directories and files whose content is made when they are
//	            read: /proc, /sys, /dev
//
// Paths are absolute and slash-separated, errors are errno.Errno values as the
// kernel returns them to root, and nothing is ever written to a host: a file
// of the lower tree that is written to becomes a memory file.
//
// Symbolic links of the lower tree are resolved inside this tree, never by the
// host, so a link cannot lead out of the scenario's directory.
package vfs
