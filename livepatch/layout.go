package livepatch

// Layout says where the structures of a livepatch have what: offsets and sizes in
// bytes. A module brings its own in its debugging information; without, it is the
// kernel's (DefaultLayout).
type Layout struct {
	Patch  PatchLayout
	Object ObjectLayout
	Func   FuncLayout
	State  StateLayout
}

// PatchLayout is struct klp_patch.
type PatchLayout struct {
	Size, Mod, Objs, States, Replace, ObjList, Enabled, Forced uint64
}

// ObjectLayout is struct klp_object. Callbacks is where the four pointers begin.
type ObjectLayout struct {
	Size, Name, Funcs, Callbacks, PostUnpatchEnabled, FuncList, Node, Mod, Dynamic, Patched uint64
}

// FuncLayout is struct klp_func.
type FuncLayout struct {
	Size, OldName, NewFunc, Sympos, OldFunc, Node, OldSize, NewSize, Nop, Patched, Transition uint64
}

// StateLayout is struct klp_state.
type StateLayout struct{ Size, ID, Version uint64 }

// DefaultLayout is the layout of 6.12 on x86-64.
func DefaultLayout() Layout {
	return Layout{
		Patch: PatchLayout{
			Size: PatchSize, Mod: patchMod, Objs: patchObjs, States: patchStates, Replace: patchReplace,
			ObjList: patchObjList, Enabled: patchEnabled, Forced: patchForced,
		},
		Object: ObjectLayout{
			Size: ObjectSize, Name: objName, Funcs: objFuncs, Callbacks: objCallbacks,
			PostUnpatchEnabled: objPostUnpatchEnabled, FuncList: objFuncList, Node: objNode,
			Mod: objMod, Dynamic: objDynamic, Patched: objPatched,
		},
		Func: FuncLayout{
			Size: FuncSize, OldName: funcOldName, NewFunc: funcNewFunc, Sympos: funcSympos, OldFunc: funcOldFunc,
			Node: funcNode, OldSize: funcOldSize, NewSize: funcNewSize,
			Nop: funcNop, Patched: funcPatched, Transition: funcTransition,
		},
		State: StateLayout{Size: StateSize, ID: 0, Version: 8},
	}
}

// lay is the layout of a structure that may have none of its own.
func (c *Core) lay(own *Layout) *Layout {
	if own != nil {
		return own
	}
	return &c.layout
}
