package livepatch

import (
	"klpemu/internal/errno"
)

// Limits of names (include/linux/module.h, kallsyms.h).
const (
	moduleNameLen = 56  // MODULE_NAME_LEN
	ksymNameLen   = 512 // KSYM_NAME_LEN
)

// initPatch is klp_init_patch: directories, nops, symbols; the patch joins the
// list when all of it went well.
func (c *Core) initPatch(p *Patch) error {
	for _, other := range c.dirs {
		if other.Mod == p.Mod {
			return c.duplicate("kernel/livepatch/"+p.Mod, p.Mod)
		}
	}
	p.added = true
	c.dirs = append(c.dirs, p)
	if p.Replace {
		c.addNops(p)
	}
	for i, o := range p.Objects {
		if err := c.initObject(p, o, p.Objects[:i]); err != nil {
			return err
		}
	}
	p.listed = true
	c.patches = append(c.patches, p)
	return nil
}

// initObject is klp_init_object. before are the objects that have a directory
// already.
func (c *Core) initObject(p *Patch, o *Object, before []*Object) error {
	if len(o.Name) >= moduleNameLen {
		return errno.EINVAL
	}
	o.Patched = false
	o.loaded = o.Name != "" && c.mods.Alive(o.Name)
	for _, other := range before {
		if other.DirName() == o.DirName() {
			return c.duplicate("kernel/livepatch/"+p.Mod+"/"+o.DirName(), o.DirName())
		}
	}
	o.added = true
	for i, f := range o.Funcs {
		if err := c.initFunc(p, o, f, o.Funcs[:i]); err != nil {
			return err
		}
	}
	if o.Loaded() {
		return c.initObjectLoaded(o)
	}
	return nil
}

// initFunc is klp_init_func.
func (c *Core) initFunc(p *Patch, o *Object, f *Func, before []*Func) error {
	if f.NewFunc == 0 && !f.Nop || len(f.OldName) >= ksymNameLen {
		return errno.EINVAL
	}
	f.Patched = false
	for _, other := range before {
		if other.DirName() == f.DirName() {
			return c.duplicate("kernel/livepatch/"+p.Mod+"/"+o.DirName()+"/"+f.DirName(), f.DirName())
		}
	}
	return nil
}

// duplicate is what sysfs says when a directory would exist twice.
func (c *Core) duplicate(path, name string) error {
	log := c.log
	log.Prefix = ""
	log.Warn("sysfs_warn_dup", "sysfs: cannot create duplicate filename '/%s'", path)
	log.Err("kobject_add_internal", "kobject: kobject_add_internal failed for %s with -EEXIST, don't try to register things with the same name in the same directory.", name)
	return errno.EEXIST
}

// initObjectLoaded is klp_init_object_loaded: addresses and sizes.
func (c *Core) initObjectLoaded(o *Object) error {
	const fn = "klp_init_object_loaded"
	for _, f := range o.Funcs {
		addr, err := c.findObjectSymbol(o.Name, f.OldName, f.OldSympos)
		if err != nil {
			return err
		}
		f.OldFunc = addr
		size, _, ok := c.syms.SizeOffset(addr)
		if !ok {
			c.log.Err(fn, "kallsyms size lookup failed for '%s'", f.OldName)
			return errno.ENOENT
		}
		f.OldSize = size
		if f.Nop {
			f.NewFunc = f.OldFunc
		}
		size, _, ok = c.syms.SizeOffset(f.NewFunc)
		if !ok {
			c.log.Err(fn, "kallsyms size lookup failed for '%s' replacement", f.OldName)
			return errno.ENOENT
		}
		f.NewSize = size
	}
	return nil
}

// findObjectSymbol is klp_find_object_symbol. Note the (null) of the second
// message for vmlinux, which the third one does not have.
func (c *Core) findObjectSymbol(object, name string, sympos uint64) (uint64, error) {
	const fn = "klp_find_object_symbol"
	addrs := c.syms.Symbols(object, name)
	n := uint64(len(addrs))
	switch {
	case n == 0:
		c.log.Err(fn, "symbol '%s' not found in symbol table", name)
	case sympos == 0 && n > 1:
		c.log.Err(fn, "unresolvable ambiguity for symbol '%s' in object '%s'", name, orNull(object))
	case sympos > n:
		c.log.Err(fn, "symbol position %d for symbol '%s' in object '%s' not found", sympos, name, orVmlinux(object))
	case sympos == 0:
		return addrs[0], nil
	default:
		return addrs[sympos-1], nil
	}
	return 0, errno.EINVAL
}

func orNull(object string) string {
	if object == "" {
		return "(null)"
	}
	return object
}

func orVmlinux(object string) string {
	if object == "" {
		return "vmlinux"
	}
	return object
}

// addNops is klp_add_nops: a replacing patch must undo what it does not bring
// itself, so each function of each installed patch that it lacks gets an entry
// that leads back to the original.
func (c *Core) addNops(p *Patch) {
	for _, old := range c.patches {
		for _, oldObj := range old.Objects {
			c.addObjectNops(p, oldObj)
		}
	}
}

// addObjectNops is klp_add_object_nops.
func (c *Core) addObjectNops(p *Patch, oldObj *Object) {
	obj := p.object(oldObj.Name)
	if obj == nil {
		obj = &Object{Name: oldObj.Name, Dynamic: true, Addr: oldObj.Addr}
		p.Objects = append(p.Objects, obj)
	}
	for _, f := range oldObj.Funcs {
		if obj.findFunc(f) == nil {
			obj.Funcs = append(obj.Funcs, &Func{OldName: f.OldName, OldSympos: f.OldSympos, Nop: true})
		}
	}
}

func (p *Patch) object(name string) *Object {
	for _, o := range p.Objects {
		if o.Name == name {
			return o
		}
	}
	return nil
}

// findFunc is klp_find_func: positions 0 and 1 are the same here, and only
// here.
func (o *Object) findFunc(old *Func) *Func {
	for _, f := range o.Funcs {
		if f.DirName() == old.DirName() {
			return f
		}
	}
	return nil
}
