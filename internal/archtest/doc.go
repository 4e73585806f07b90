// Package archtest holds the rules of the module's structure: which package
// may import which, and what nothing below the command line may touch. It has
// tests only.
//
// The rules read the source with go/parser, not with the go command: files that
// a test opens are part of its cache key, what a child process reads is not.
package archtest
