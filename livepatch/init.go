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
		if err := c.addNops(p); err != nil {
			return err
		}
	}
	for i, o := range p.Objects {
		if err := c.initObject(p, o, p.Objects[:i]); err != nil {
			return err
		}
	}
	c.linkPatch(p)
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
	c.setLoaded(o, o.Name != "" && c.mods.Alive(o.Name))
	for _, other := range before {
		if other.DirName() == o.DirName() {
			return c.duplicate("kernel/livepatch/"+p.Mod+"/"+o.DirName(), o.DirName())
		}
	}
	o.added = true
	seen := make(map[string]bool, len(o.Funcs))
	for _, f := range o.Funcs {
		if err := c.initFunc(p, o, f, seen); err != nil {
			return err
		}
	}
	if o.Loaded() {
		return c.initObjectLoaded(p, o)
	}
	return nil
}

// initFunc is klp_init_func. seen are the functions that have a directory.
func (c *Core) initFunc(p *Patch, o *Object, f *Func, seen map[string]bool) error {
	if f.Unnamed || f.NewFunc == 0 && !f.Nop || len(f.OldName) >= ksymNameLen {
		return errno.EINVAL
	}
	c.setPatched(f, false)
	name := f.DirName()
	if seen[name] {
		return c.duplicate("kernel/livepatch/"+p.Mod+"/"+o.DirName()+"/"+name, name)
	}
	seen[name] = true
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

// initObjectLoaded is klp_init_object_loaded: relocations of the new code for
// a module, then addresses and sizes. Relocations that were written stay when a
// symbol is missing afterwards.
func (c *Core) initObjectLoaded(p *Patch, o *Object) error {
	const fn = "klp_init_object_loaded"
	if o.Name != "" {
		if err := c.applyRelocs(p, o.Name); err != nil {
			return err
		}
	}
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
		c.storeFunc(f)
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
func (c *Core) addNops(p *Patch) error {
	for _, old := range c.patches {
		for _, oldObj := range old.Objects {
			if err := c.addObjectNops(p, oldObj); err != nil {
				return err
			}
		}
	}
	return nil
}

// addObjectNops is klp_add_object_nops. What klp_find_func compares are names
// with positions 0 and 1 the same: the names of the directories.
func (c *Core) addObjectNops(p *Patch, oldObj *Object) error {
	obj := p.object(oldObj.Name)
	if obj == nil {
		obj = &Object{Name: oldObj.Name, Dynamic: true, Layout: p.Layout}
		if !c.allocObject(obj) {
			return errno.ENOMEM
		}
		p.Objects = append(p.Objects, obj)
	}
	have := make(map[string]bool, len(obj.Funcs))
	for _, f := range obj.Funcs {
		have[f.DirName()] = true
	}
	for _, old := range oldObj.Funcs {
		if name := old.DirName(); !have[name] {
			f := &Func{OldName: old.OldName, OldSympos: old.OldSympos, Nop: true, Layout: p.Layout}
			if !c.allocFunc(f) {
				return errno.ENOMEM
			}
			have[name] = true
			obj.Funcs = append(obj.Funcs, f)
		}
	}
	return nil
}

func (p *Patch) object(name string) *Object {
	for _, o := range p.Objects {
		if o.Name == name {
			return o
		}
	}
	return nil
}
