package livepatch

// This file is kernel/livepatch/shadow.c: variables that a patch attaches to
// existing objects, which have no room for them.

// Layout of struct klp_shadow: hlist_node, rcu_head, obj, id, data.
const (
	shadowObj, shadowID, shadowData = 32, 40, 48
)

// shadowHashBits is the 12 of DEFINE_HASHTABLE(klp_shadow_hash, 12).
const shadowHashBits = 12

// shadowVar is struct klp_shadow.
type shadowVar struct {
	shadowKey
	addr       uint64 // of the struct
	prev, next *shadowVar
}

// shadowKey is what a variable is found by.
type shadowKey struct{ obj, id uint64 }

func (s *shadowVar) data() uint64 { return s.addr + shadowData }

// shadowTable is klp_shadow_hash: buckets by the object's address, the newest
// variable of a bucket first. The order of klp_shadow_free_all comes from it.
// The index answers look-ups: a guest may put all its variables in one bucket.
type shadowTable struct {
	buckets []*shadowVar
	index   map[shadowKey]*shadowVar
}

// shadowBucket is hash_long.
func shadowBucket(obj uint64) int {
	const goldenRatio64 = 0x61C8864680B583EB
	return int(obj * goldenRatio64 >> (64 - shadowHashBits))
}

// ShadowUse says how many shadow variables of an id there are.
type ShadowUse struct {
	ID    uint64
	Count int
}

// ShadowLeft is the account of shadow variables that exist, by id.
func (c *Core) ShadowLeft() []ShadowUse {
	var use []ShadowUse
	for _, first := range c.shadow.buckets {
		for s := first; s != nil; s = s.next {
			use = countShadow(use, s.id)
		}
	}
	return use
}

// ShadowCount is how many shadow variables there are.
func (c *Core) ShadowCount() int { return len(c.shadow.index) }

// countShadow keeps use sorted by id.
func countShadow(use []ShadowUse, id uint64) []ShadowUse {
	i := 0
	for i < len(use) && use[i].ID < id {
		i++
	}
	if i < len(use) && use[i].ID == id {
		use[i].Count++
		return use
	}
	return append(use[:i:i], append([]ShadowUse{{id, 1}}, use[i:]...)...)
}

// ShadowGet is klp_shadow_get: the address of the variable's data, or 0.
func (c *Core) ShadowGet(obj, id uint64) uint64 {
	if s := c.shadow.index[shadowKey{obj, id}]; s != nil {
		return s.data()
	}
	return 0
}

// ShadowSpec is the arguments of klp_shadow_alloc and klp_shadow_get_or_alloc.
type ShadowSpec struct {
	Obj, ID  uint64
	Size     uint64
	Ctor     uint64 // int (*)(void *obj, void *shadow_data, void *ctor_data), or 0
	CtorData uint64
}

// ShadowAlloc is klp_shadow_alloc: 0 where there is no memory, where the
// constructor fails, and, with a WARN, where the variable exists.
func (c *Core) ShadowAlloc(s ShadowSpec) uint64 { return c.shadowGetOrAlloc(s, true) }

// ShadowGetOrAlloc is klp_shadow_get_or_alloc.
func (c *Core) ShadowGetOrAlloc(s ShadowSpec) uint64 { return c.shadowGetOrAlloc(s, false) }

// shadowGetOrAlloc is __klp_shadow_get_or_alloc. The constructor runs under the
// lock, before anybody can find the variable; it is looked for once more under
// the lock, because another CPU may have been quicker.
func (c *Core) shadowGetOrAlloc(s ShadowSpec, warnOnExist bool) uint64 {
	const fn = "__klp_shadow_get_or_alloc"
	if data := c.ShadowGet(s.Obj, s.ID); data != 0 {
		return c.shadowExists(s, data, warnOnExist)
	}
	if s.Size > 1<<32 {
		return 0 // no slab is that large
	}
	addr := c.guest.Alloc(s.Size + shadowData)
	if addr == 0 {
		return 0
	}
	c.bus.Yield("klp_shadow_alloc:allocated")
	v := &shadowVar{shadowKey: shadowKey{s.Obj, s.ID}, addr: addr}
	if data := c.ShadowGet(s.Obj, s.ID); data != 0 {
		c.guest.Free(addr)
		return c.shadowExists(s, data, warnOnExist)
	}
	if s.Ctor != 0 {
		err := c.guest.Call(s.Ctor, s.Obj, v.data(), s.CtorData)
		if err != 0 {
			c.guest.Free(addr)
			c.shadowLog.Err(fn, "Failed to construct shadow variable <%s, %x> (%d)", c.guest.Hash(s.Obj), s.ID, err)
			return 0
		}
	}
	c.shadowAdd(v)
	return v.data()
}

func (c *Core) shadowExists(s ShadowSpec, data uint64, warn bool) uint64 {
	if !warn {
		return data
	}
	c.shadowLog.WarnOn(true, "__klp_shadow_get_or_alloc", "Duplicate shadow variable <"+c.guest.Hash(s.Obj)+", "+hex(s.ID)+">")
	return 0
}

func (c *Core) shadowAdd(v *shadowVar) {
	t := &c.shadow
	if t.buckets == nil {
		t.buckets = make([]*shadowVar, 1<<shadowHashBits)
		t.index = make(map[shadowKey]*shadowVar)
	}
	c.guest.Store(v.addr+shadowObj, 8, v.obj)
	c.guest.Store(v.addr+shadowID, 8, v.id)
	b := shadowBucket(v.obj)
	if v.next = t.buckets[b]; v.next != nil {
		v.next.prev = v
	}
	t.buckets[b] = v
	t.index[v.shadowKey] = v
}

// remove is hash_del_rcu.
func (t *shadowTable) remove(v *shadowVar) {
	if v.prev != nil {
		v.prev.next = v.next
	} else {
		t.buckets[shadowBucket(v.obj)] = v.next
	}
	if v.next != nil {
		v.next.prev = v.prev
	}
	delete(t.index, v.shadowKey)
}

// ShadowFree is klp_shadow_free; dtor may be 0.
func (c *Core) ShadowFree(obj, id, dtor uint64) {
	if s := c.shadow.index[shadowKey{obj, id}]; s != nil {
		c.shadowFree(s, dtor)
	}
}

// ShadowFreeAll is klp_shadow_free_all: every variable of an id. A destructor
// may add and free others; what it frees is passed over.
func (c *Core) ShadowFreeAll(id, dtor uint64) {
	var all []*shadowVar
	for _, first := range c.shadow.buckets {
		for s := first; s != nil; s = s.next {
			if s.id == id {
				all = append(all, s)
			}
		}
	}
	for _, s := range all {
		if c.shadow.index[s.shadowKey] == s {
			c.shadowFree(s, dtor)
		}
	}
}

// shadowFree is klp_shadow_free_struct: the variable leaves the table, the
// destructor runs under the lock, the memory goes after a grace period.
func (c *Core) shadowFree(s *shadowVar, dtor uint64) {
	c.shadow.remove(s)
	if dtor != 0 {
		c.guest.Call(dtor, s.obj, s.data())
	}
	c.guest.FreeLater(s.addr)
}
