package mem

// NewSpace makes the address space of a process: its low half is empty and its
// own, its high half is that of m. kernel is the space as the kernel sees it,
// user as the process does: without the high half. Limit, version and the bytes
// mapped are those of m.
func (m *Memory) NewSpace() (kernel, user *Memory) {
	low := map[uint64]*Page{}
	return &Memory{shared: m.shared, low: low, high: m.high}, &Memory{shared: m.shared, low: low}
}

// ClearLow unmaps everything in the low half: the end of a process.
func (m *Memory) ClearLow() {
	for _, p := range m.low {
		p.gen++
	}
	m.mapped -= uint64(len(m.low)) * PageSize
	clear(m.low)
	m.changed()
}
