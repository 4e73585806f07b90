package livepatch

import (
	"klpemu/ftrace"
	"klpemu/internal/smp"
)

// Func is struct klp_func: one function to replace.
type Func struct {
	OldName   string // name of the function to replace
	Unnamed   bool   // old_name is NULL, which is not the empty name
	NewFunc   uint64 // its replacement
	OldSympos uint64 // n-th symbol of that name in the object; 0: it is unique

	OldFunc uint64 // resolved address, 0 while the object is not loaded
	OldSize uint64
	NewSize uint64
	Nop     bool // restores the original under an atomic replace
	Patched bool // is on a func_stack

	// Addr is the guest's struct klp_func, 0 where there is none.
	Addr   uint64
	Layout *Layout // nil: the kernel's

	name       uint64 // of a nop: its old_name in guest memory
	transition smp.Shared[bool]
	stackNode  smp.Node[Func]
}

// Transition is func->transition, for reports and tests.
func (f *Func) Transition() bool { return smp.Peek(&f.transition) }

// DirName is the name of the function's directory in sysfs.
func (f *Func) DirName() string {
	return funcDirName(f.OldName, f.OldSympos)
}

// Callbacks is struct klp_callbacks: guest functions, 0 where there is none.
type Callbacks struct {
	PrePatch, PostPatch, PreUnpatch, PostUnpatch uint64

	postUnpatchEnabled bool
}

// Object is struct klp_object: the functions of vmlinux or of one module.
type Object struct {
	Name      string // module name; "" is vmlinux
	Funcs     []*Func
	Callbacks Callbacks

	// Addr is the guest's struct klp_object, which callbacks get.
	Addr   uint64
	Layout *Layout // nil: the kernel's

	Dynamic bool // made for nops only
	Patched bool

	name   uint64 // of a dynamic object: its name in guest memory
	loaded bool   // vmlinux, or obj->mod is set
	added  bool   // its directory is in sysfs
}

// Loaded is klp_is_object_loaded.
func (o *Object) Loaded() bool { return o.Name == "" || o.loaded }

// InSysfs reports whether the object has a directory.
func (o *Object) InSysfs() bool { return o.added }

// DirName is the name of the object's directory in sysfs, and what messages
// call it.
func (o *Object) DirName() string {
	if o.Name == "" {
		return "vmlinux"
	}
	return o.Name
}

// State is struct klp_state: a change of the system that a patch makes.
type State struct {
	ID      uint64
	Version uint32
}

// Patch is struct klp_patch.
type Patch struct {
	Mod     string // the livepatch module's name
	Objects []*Object
	States  []State
	Replace bool // atomic replace of all older patches

	Enabled bool
	Forced  bool // a task may still be in its code: the module stays

	// Addr is the guest's struct klp_patch, 0 where there is none.
	Addr uint64
	// Layout is that of the module's structures; nil is the kernel's.
	Layout *Layout
	// StatesAddr is the guest's array of struct klp_state.
	StatesAddr uint64
	// Relas are the livepatch relocations of the module (mod->klp_info).
	Relas []*RelaSection

	listed bool // on klp_patches
	added  bool // its directory is in sysfs
}

// InSysfs reports whether the patch has a directory.
func (p *Patch) InSysfs() bool { return p.added }

// Ops is struct klp_ops: one per patched function address. It is on the list
// of a Core exactly while its FuncStack is not empty.
type Ops struct {
	FuncStack smp.List[Func] // newest version first
	Fops      ftrace.Ops
}

// OldFunc is the address that the ops belongs to: that of its first entry.
func (o *Ops) OldFunc() uint64 {
	if all := o.FuncStack.All(); len(all) > 0 {
		return all[0].OldFunc
	}
	return 0
}
