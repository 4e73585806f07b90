package machine

import (
	"klpemu/cpu"
	"klpemu/mem"
)

const permRW = mem.R | mem.W

// heap is the slab allocator, much simplified: sizes are rounded to powers of
// two, freed objects are used again first.
type heap struct {
	next  uint64
	limit uint64 // end of the mapped part
	free  [65][]uint64
	sizes map[uint64]uint
}

const minAlloc = 4 // log2 of the smallest object

// alloc returns zeroed guest memory of at least size bytes, or 0.
func (m *Machine) alloc(size uint64) uint64 {
	h := &m.heap
	if h.next == 0 {
		h.next, h.limit, h.sizes = heapBase, heapBase, map[uint64]uint{}
	}
	class := uint(minAlloc)
	for class < 40 && size > 1<<class {
		class++
	}
	if size > 1<<class || size > m.cfg.Limits.Memory {
		return 0
	}
	var addr uint64
	if list := h.free[class]; len(list) > 0 {
		addr = list[len(list)-1]
		h.free[class] = list[:len(list)-1]
	} else if addr = m.growHeap(class); addr == 0 {
		return 0
	}
	h.sizes[addr] = class
	if err := m.mem.Write(addr, make([]byte, 1<<class)); err != nil {
		return 0
	}
	return addr
}

func (m *Machine) growHeap(class uint) uint64 {
	h := &m.heap
	size := uint64(1) << class
	addr := (h.next + size - 1) &^ (size - 1)
	if addr+size > heapEnd {
		return 0
	}
	if addr+size > h.limit {
		end := (addr + size + pageSize - 1) &^ (pageSize - 1)
		if err := m.mem.Map(h.limit, end-h.limit, permRW); err != nil {
			return 0
		}
		h.limit = end
	}
	h.next = addr + size
	return addr
}

// release gives memory back and reports whether it was allocated.
func (m *Machine) release(addr uint64) bool {
	class, ok := m.heap.sizes[addr]
	if !ok {
		return false
	}
	delete(m.heap.sizes, addr)
	m.heap.free[class] = append(m.heap.free[class], addr)
	return true
}

func (m *Machine) gateKmalloc(c *CPU, t *Task) error {
	c.vcpu.SetReg(cpu.RAX, m.alloc(c.vcpu.Reg(cpu.RDI)))
	return nil
}

func (m *Machine) gateKfree(c *CPU, t *Task) error {
	addr := c.vcpu.Reg(cpu.RDI)
	if addr > zeroSizePtr && !m.release(addr) {
		m.src.WarnOn(true, "kfree", "invalid or freed object")
	}
	return nil
}
