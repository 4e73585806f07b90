package livepatch

// Guest is what the core needs of the guest's memory: the structures that
// callbacks read live there. Go's state is the truth; every field that a guest
// may look at is written through by the functions of this file.
type Guest interface {
	// Alloc is kzalloc, 0 where there is no memory; Free is kfree.
	Alloc(size uint64) uint64
	Free(addr uint64)
	// FreeLater is kfree_rcu.
	FreeLater(addr uint64)
	// Store writes a field of a structure. One that cannot be written is a
	// fault of the guest, which the machine reports.
	Store(addr uint64, size int, v uint64)
	// StoreString writes text and its NUL.
	StoreString(addr uint64, text string)
	// Call runs a guest function and returns its int.
	Call(fn uint64, args ...uint64) int32
	// Module is the address of a loaded module's struct module.
	Module(name string) uint64
	// Hash is how %p prints a pointer.
	Hash(addr uint64) string
}

// Offsets of struct klp_patch, klp_object and klp_func of 6.12 on x86-64.
const (
	patchMod, patchObjs, patchStates, patchReplace = 0, 8, 16, 24
	patchObjList, patchEnabled, patchForced        = 112, 128, 129

	objName, objFuncs, objCallbacks, objPostUnpatchEnabled = 0, 8, 16, 48
	objFuncList, objNode, objMod, objDynamic, objPatched   = 120, 136, 152, 160, 161

	funcOldName, funcNewFunc, funcSympos, funcOldFunc = 0, 8, 16, 24
	funcNode, funcOldSize, funcNewSize                = 96, 128, 136
	funcNop, funcPatched, funcTransition              = 144, 145, 146
)

// Sizes of the structures, in bytes.
const (
	PatchSize  = 200
	ObjectSize = 168
	FuncSize   = 152
	StateSize  = 24
)

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// storePatch writes through what changes in a struct klp_patch.
func (c *Core) storePatch(p *Patch) {
	if c.guest == nil || p.Addr == 0 {
		return
	}
	l := &c.lay(p.Layout).Patch
	c.guest.Store(p.Addr+l.Enabled, 1, bit(p.Enabled))
	c.guest.Store(p.Addr+l.Forced, 1, bit(p.Forced))
}

func (c *Core) setEnabled(p *Patch, on bool) {
	p.Enabled = on
	c.storePatch(p)
}

func (c *Core) setForced(p *Patch) {
	p.Forced = true
	c.storePatch(p)
}

// storeObject writes through what changes in a struct klp_object.
func (c *Core) storeObject(o *Object) {
	if c.guest == nil || o.Addr == 0 {
		return
	}
	mod := uint64(0)
	if o.loaded {
		mod = c.guest.Module(o.Name)
	}
	l := &c.lay(o.Layout).Object
	c.guest.Store(o.Addr+l.Mod, 8, mod)
	c.guest.Store(o.Addr+l.Dynamic, 1, bit(o.Dynamic))
	c.guest.Store(o.Addr+l.Patched, 1, bit(o.Patched))
	c.guest.Store(o.Addr+l.PostUnpatchEnabled, 1, bit(o.Callbacks.postUnpatchEnabled))
}

func (c *Core) setLoaded(o *Object, loaded bool) {
	o.loaded = loaded
	c.storeObject(o)
}

// storeFunc writes through what changes in a struct klp_func.
func (c *Core) storeFunc(f *Func) {
	if c.guest == nil || f.Addr == 0 {
		return
	}
	g, l := c.guest, &c.lay(f.Layout).Func
	g.Store(f.Addr+l.NewFunc, 8, f.NewFunc)
	g.Store(f.Addr+l.OldFunc, 8, f.OldFunc)
	g.Store(f.Addr+l.OldSize, 8, f.OldSize)
	g.Store(f.Addr+l.NewSize, 8, f.NewSize)
	g.Store(f.Addr+l.Nop, 1, bit(f.Nop))
	g.Store(f.Addr+l.Patched, 1, bit(f.Patched))
	g.Store(f.Addr+l.Transition, 1, bit(f.Transition()))
}

func (c *Core) setPatched(f *Func, on bool) {
	f.Patched = on
	c.storeFunc(f)
}

// linkPatch writes patch->obj_list and each obj->func_list, so that the
// kernel's klp_for_each_object and klp_for_each_func work on them.
func (c *Core) linkPatch(p *Patch) {
	if c.guest == nil || p.Addr == 0 {
		return
	}
	nodes := make([]uint64, 0, len(p.Objects))
	for _, o := range p.Objects {
		l := &c.lay(o.Layout).Object
		nodes = append(nodes, o.Addr+l.Node)
		funcs := make([]uint64, 0, len(o.Funcs))
		for _, f := range o.Funcs {
			funcs = append(funcs, f.Addr+c.lay(f.Layout).Func.Node)
		}
		c.link(o.Addr+l.FuncList, funcs)
	}
	c.link(p.Addr+c.lay(p.Layout).Patch.ObjList, nodes)
}

// link writes a list_head and its nodes.
func (c *Core) link(head uint64, nodes []uint64) {
	prev := head
	for _, n := range nodes {
		c.guest.Store(prev, 8, n)
		c.guest.Store(n+8, 8, prev)
		prev = n
	}
	c.guest.Store(prev, 8, head)
	c.guest.Store(head+8, 8, prev)
}

// allocObject is klp_alloc_object_dynamic.
func (c *Core) allocObject(o *Object) bool {
	if c.guest == nil {
		return true
	}
	l := &c.lay(o.Layout).Object
	if o.Addr = c.guest.Alloc(l.Size); o.Addr == 0 {
		return false
	}
	c.storeObject(o)
	return o.Name == "" || c.storeName(o.Addr+l.Name, o.Name, &o.name)
}

// allocFunc is klp_alloc_func_nop.
func (c *Core) allocFunc(f *Func) bool {
	if c.guest == nil {
		return true
	}
	l := &c.lay(f.Layout).Func
	if f.Addr = c.guest.Alloc(l.Size); f.Addr == 0 {
		return false
	}
	c.guest.Store(f.Addr+l.Sympos, 8, f.OldSympos)
	c.storeFunc(f)
	return c.storeName(f.Addr+l.OldName, f.OldName, &f.name)
}

// storeName is kstrdup into a pointer field.
func (c *Core) storeName(field uint64, name string, text *uint64) bool {
	if *text = c.guest.Alloc(uint64(len(name)) + 1); *text == 0 {
		return false
	}
	c.guest.StoreString(*text, name)
	c.guest.Store(field, 8, *text)
	return true
}

// freeDynamic frees what an atomic replace has allocated for p.
func (c *Core) freeDynamic(p *Patch) {
	for _, o := range p.Objects {
		for _, f := range o.Funcs {
			if f.Nop {
				c.freeFunc(f)
			}
		}
		if o.Dynamic {
			c.freeObject(o)
		}
	}
}

// freeObject is klp_free_object_dynamic, for the object and its functions.
func (c *Core) freeObject(o *Object) {
	for _, f := range o.Funcs {
		c.freeFunc(f)
	}
	c.freeStruct(&o.name)
	c.freeStruct(&o.Addr)
}

// freeFunc is klp_free_func_nop.
func (c *Core) freeFunc(f *Func) {
	c.freeStruct(&f.name)
	c.freeStruct(&f.Addr)
}

func (c *Core) freeStruct(addr *uint64) {
	if c.guest != nil && *addr != 0 {
		c.guest.Free(*addr)
	}
	*addr = 0
}
