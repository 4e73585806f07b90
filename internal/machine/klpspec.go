package machine

import "klpemu/livepatch"

// PatchSpec is a livepatch module as a .klp file describes it.
type PatchSpec struct {
	Name    string
	Replace bool
	Objects []ObjectSpec
	Externs []Extern
	States  []livepatch.State
	Code    []CodeRef
}

// ObjectSpec is one object of a PatchSpec.
type ObjectSpec struct {
	Name      string // "" is vmlinux
	Funcs     []FuncSpec
	Callbacks map[string]string // "pre_patch" and so on: the function's name
	Line      int
}

// FuncSpec is one function of an ObjectSpec.
type FuncSpec struct {
	Old, New string
	Sympos   uint64
	Line     int
}

// Extern is a local symbol of the target that the new code uses.
type Extern struct {
	Name   string
	Object string // "" is vmlinux
	Sympos uint64
	Line   int
}

// CodeRef names a file of new functions.
type CodeRef struct {
	File string
	Line int
}
