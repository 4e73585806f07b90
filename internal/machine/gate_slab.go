package machine

import (
	"fmt"

	"klpemu/cpu"
)

// Sizes of the allocators (mm/slab.h).
const (
	kmallocMax  = 4 << 20 // KMALLOC_MAX_SIZE
	zeroSizePtr = 16      // what kmalloc(0) returns

	cacheStructSize = 256 // of what stands for a struct kmem_cache
)

// slabCache is a kmem_cache of a module.
type slabCache struct {
	name    string
	size    uint64
	ctor    uint64
	objects int
}

// slabGates are mm/slub.c, mm/slab_common.c and mm/util.c. Memory comes zeroed,
// whatever the flags say.
func slabGates() []gate {
	gates := []gate{
		fnGate("__kmalloc_cache_noprof", func(m *Machine, _ *Task, a guestArgs) (uint64, error) { return m.kmalloc(a[2]), nil }),
		fnGate("__kmalloc_cache_node_noprof", func(m *Machine, _ *Task, a guestArgs) (uint64, error) { return m.kmalloc(a[3]), nil }),
		fnGate("__kmalloc_node_track_caller_noprof", func(m *Machine, _ *Task, a guestArgs) (uint64, error) { return m.kmalloc(a[0]), nil }),
		fnGate("krealloc_noprof", func(m *Machine, _ *Task, a guestArgs) (uint64, error) { return m.krealloc(a[0], a[1]) }),
		fnGate("ksize", func(m *Machine, _ *Task, a guestArgs) (uint64, error) { return m.allocSize(a[0]), nil }),
		fnGate("__kmem_cache_create_args", (*Machine).createCache),
		fnGate("kmem_cache_destroy", (*Machine).destroyCache),
		fnGate("kmem_cache_free", (*Machine).freeToCache),
		fnGate("kmem_cache_shrink", func(*Machine, *Task, guestArgs) (uint64, error) { return 0, nil }),
		{"kmem_cache_alloc_noprof", (*Machine).gateCacheAlloc},
		{"kmem_cache_alloc_node_noprof", (*Machine).gateCacheAlloc},
		fnGate("kmemdup_noprof", func(m *Machine, _ *Task, a guestArgs) (uint64, error) { return m.kmemdup(a[0], a[1], a[1]) }),
		fnGate("kmemdup_nul", func(m *Machine, _ *Task, a guestArgs) (uint64, error) { return m.kmemdup(a[0], a[1], a[1]+1) }),
		fnGate("kstrdup", func(m *Machine, _ *Task, a guestArgs) (uint64, error) { return m.kstrdup(a[0], pageSize*256) }),
		fnGate("kstrdup_const", func(m *Machine, _ *Task, a guestArgs) (uint64, error) { return m.kstrdup(a[0], pageSize*256) }),
		fnGate("kstrndup", func(m *Machine, _ *Task, a guestArgs) (uint64, error) {
			return m.kstrdup(a[0], int(min(a[1], pageSize*256)))
		}),
		fnGate("is_vmalloc_addr", func(*Machine, *Task, guestArgs) (uint64, error) { return 0, nil }),
	}
	for _, name := range []string{
		"__kmalloc_noprof", "__kmalloc_node_noprof", "__kmalloc_large_noprof", "__kmalloc_large_node_noprof",
		"__kvmalloc_node_noprof", "vmalloc_noprof", "vzalloc_noprof", "__vmalloc_noprof", "vmalloc_user_noprof",
	} {
		gates = append(gates, fnGate(name, func(m *Machine, _ *Task, a guestArgs) (uint64, error) { return m.kmalloc(a[0]), nil }))
	}
	return append(gates, sameGate((*Machine).gateKfree, "kvfree", "vfree", "kfree_sensitive", "kfree_const")...)
}

// kmalloc is kmalloc(): an object of size bytes, or NULL.
func (m *Machine) kmalloc(size uint64) uint64 {
	switch {
	case size == 0:
		return zeroSizePtr
	case size > kmallocMax:
		return 0
	}
	return m.alloc(size)
}

// allocSize is the room of an object: its size class.
func (m *Machine) allocSize(addr uint64) uint64 {
	class, ok := m.heap.sizes[addr]
	if !ok {
		return 0
	}
	return 1 << class
}

func (m *Machine) krealloc(old, size uint64) (uint64, error) {
	room := m.allocSize(old)
	switch {
	case size == 0:
		m.release(old)
		return zeroSizePtr, nil
	case room >= size:
		return old, nil
	}
	addr := m.kmalloc(size)
	if addr == 0 || room == 0 {
		return addr, nil
	}
	data := make([]byte, room)
	if err := m.mem.Read(old, data); err != nil {
		return 0, err
	}
	m.release(old)
	return addr, m.mem.Write(addr, data)
}

func (m *Machine) kmemdup(src, n, size uint64) (uint64, error) {
	addr := m.kmalloc(size)
	if addr == 0 || n == 0 {
		return addr, nil
	}
	data := make([]byte, n)
	if err := m.mem.Read(src, data); err != nil {
		return 0, err
	}
	return addr, m.mem.Write(addr, data)
}

func (m *Machine) kstrdup(src uint64, most int) (uint64, error) {
	if src == 0 {
		return 0, nil
	}
	text, err := m.readString(src, most)
	if err != nil {
		return 0, err
	}
	return m.newString(text), nil
}

// newString puts a string into guest memory; 0 where there is no room.
func (m *Machine) newString(text string) uint64 {
	addr := m.kmalloc(uint64(len(text)) + 1)
	if addr != 0 {
		_ = m.mem.Write(addr, append([]byte(text), 0)) // just allocated
	}
	return addr
}

// createCache is __kmem_cache_create_args(name, size, args, flags).
func (m *Machine) createCache(_ *Task, a guestArgs) (uint64, error) {
	name, err := m.readString(a[0], maxName)
	if err != nil {
		return 0, err
	}
	cache := &slabCache{name: name, size: uint64(uint32(a[1]))}
	if a[2] != 0 {
		if cache.ctor, err = m.mem.Load(a[2]+cacheArgsCtor, 8); err != nil {
			return 0, err
		}
	}
	addr := m.alloc(cacheStructSize)
	if addr == 0 || cache.size == 0 || cache.size > kmallocMax {
		return 0, nil
	}
	if m.caches == nil {
		m.caches = map[uint64]*slabCache{}
	}
	m.caches[addr] = cache
	return addr, nil
}

// cacheArgsCtor is kmem_cache_args.ctor.
const cacheArgsCtor = 24

func (m *Machine) cacheOf(addr uint64) (*slabCache, error) {
	if cache := m.caches[addr]; cache != nil {
		return cache, nil
	}
	return nil, fmt.Errorf("%x is no kmem_cache", addr)
}

func (m *Machine) destroyCache(_ *Task, a guestArgs) (uint64, error) {
	if a[0] == 0 {
		return 0, nil
	}
	cache, err := m.cacheOf(a[0])
	if err != nil {
		return 0, err
	}
	m.src.WarnOn(cache.objects > 0, "kmem_cache_destroy", "kmem_cache_destroy "+cache.name+": Slab cache still has objects")
	delete(m.caches, a[0])
	m.release(a[0])
	return 0, nil
}

// gateCacheAlloc is kmem_cache_alloc(cache, flags). A constructor runs for each
// object, not for each slab.
func (m *Machine) gateCacheAlloc(c *CPU, t *Task) error {
	cache, err := m.cacheOf(c.vcpu.Reg(cpu.RDI))
	if err != nil {
		return err
	}
	addr := m.kmalloc(cache.size)
	c.vcpu.SetReg(cpu.RAX, addr)
	if addr == 0 {
		return nil
	}
	cache.objects++
	if cache.ctor != 0 {
		m.gateWork(t, "setup_object", func() uint64 {
			klpGuest{m}.Call(cache.ctor, addr)
			return addr
		})
	}
	return nil
}

func (m *Machine) freeToCache(_ *Task, a guestArgs) (uint64, error) {
	cache, err := m.cacheOf(a[0])
	if err != nil || a[1] == 0 {
		return 0, err
	}
	if m.src.WarnOn(!m.release(a[1]), "kmem_cache_free", "invalid or freed object") {
		return 0, nil
	}
	cache.objects--
	return 0, nil
}
