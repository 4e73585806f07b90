package machine

import "fmt"

// This file is include/linux/list.h on lists in guest memory.

// maxList bounds the walk of a list of the guest.
const maxList = 1 << 16

// listAddTail is list_add_tail.
func (m *Machine) listAddTail(entry, head uint64) error {
	prev, err := m.mem.Load(head+8, 8)
	if err != nil {
		return err
	}
	return m.listLink(entry, prev, head)
}

// listAdd is list_add.
func (m *Machine) listAdd(entry, head uint64) error {
	next, err := m.mem.Load(head, 8)
	if err != nil {
		return err
	}
	return m.listLink(entry, head, next)
}

func (m *Machine) listLink(entry, prev, next uint64) error {
	for _, f := range [][2]uint64{{entry, next}, {entry + 8, prev}, {prev, entry}, {next + 8, entry}} {
		if err := m.mem.Store(f[0], 8, f[1]); err != nil {
			return err
		}
	}
	return nil
}

// listDelInit is list_del_init.
func (m *Machine) listDelInit(entry uint64) error {
	next, err := m.mem.Load(entry, 8)
	if err != nil {
		return err
	}
	prev, err := m.mem.Load(entry+8, 8)
	if err != nil {
		return err
	}
	if err := m.mem.Store(next+8, 8, prev); err != nil {
		return err
	}
	if err := m.mem.Store(prev, 8, next); err != nil {
		return err
	}
	return m.listInit(entry)
}

// listInit is INIT_LIST_HEAD.
func (m *Machine) listInit(head uint64) error {
	if err := m.mem.Store(head, 8, head); err != nil {
		return err
	}
	return m.mem.Store(head+8, 8, head)
}

// listEntries returns the entries of a list, first to last.
func (m *Machine) listEntries(head uint64) ([]uint64, error) {
	var entries []uint64
	for at := head; ; {
		next, err := m.mem.Load(at, 8)
		if err != nil {
			return nil, err
		}
		if next == head {
			return entries, nil
		}
		if len(entries) == maxList {
			return nil, fmt.Errorf("the list at %x has more than %d entries; is it corrupt?", head, maxList)
		}
		entries = append(entries, next)
		at = next
	}
}
