package kmod

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// struct jump_entry and struct static_key.
const (
	jumpSize     = 16
	jumpTargetAt = 4
	jumpKeyAt    = 8
	jumpIsBranch = 1 // of the key: the likely case is out of line

	keyTypeAt   = 8
	keyTypeTrue = 1
)

// JumpEntry is one place whose code depends on a static key.
type JumpEntry struct {
	Code, Target, Key uint64
	Branch            bool // the code jumps where the key is false
	Init              bool // in init memory
}

// JumpEntries reads __jump_table from memory.
func (k *Module) JumpEntries(c CPU) ([]JumpEntry, error) {
	p := newPatcher(k, c)
	s, data, err := p.table("__jump_table")
	if err != nil || s == nil {
		return nil, err
	}
	entries := make([]JumpEntry, len(data)/jumpSize)
	for i := range entries {
		b := data[i*jumpSize:]
		at := s.Addr + uint64(i*jumpSize)
		rel := func(off uint64) uint64 {
			return at + off + uint64(int64(int32(binary.LittleEndian.Uint32(b[off:]))))
		}
		key := binary.LittleEndian.Uint64(b[jumpKeyAt:])
		entries[i] = JumpEntry{
			Code: rel(0), Target: rel(jumpTargetAt), Key: at + jumpKeyAt + key&^3, Branch: key&jumpIsBranch != 0,
		}
		entries[i].Init = k.inMem(InitText, entries[i].Code)
		if err := p.own(s, uint64(i*jumpSize), entries[i].Code, 1); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

func (k *Module) inMem(t MemType, addr uint64) bool {
	return addr >= k.Mem[t].Base && addr-k.Mem[t].Base < k.Mem[t].Size
}

// EnableJumps is jump_label_add_module: the code of keys that are no longer in
// their first state is changed.
func (k *Module) EnableJumps(c CPU, entries []JumpEntry) error {
	p := newPatcher(k, c)
	for _, e := range entries {
		on, kind, err := e.state(c.Mem)
		if err != nil {
			return k.broken("__jump_table: the static key of the code at %#x: %w", e.Code, err)
		}
		if on == kind {
			continue
		}
		if err := p.setJump(e, on != e.Branch); err != nil {
			return err
		}
	}
	return nil
}

// SetJump is the module's share of jump_label_update: the key of e is now on or
// off.
func (k *Module) SetJump(c CPU, e JumpEntry, on bool) error {
	return newPatcher(k, c).setJump(e, on != e.Branch)
}

// state reads a static key: what it is, and what it was compiled as.
func (e *JumpEntry) state(m Machine) (on, compiled bool, err error) {
	var key [16]byte
	if err := m.Read(e.Key, key[:]); err != nil {
		return false, false, err
	}
	return int32(binary.LittleEndian.Uint32(key[:])) > 0, key[keyTypeAt]&keyTypeTrue != 0, nil
}

// setJump is __jump_label_transform.
func (p *patcher) setJump(e JumpEntry, jump bool) error {
	in, b, err := p.insn(e.Code)
	if err != nil || in.Len != 2 && in.Len != 5 {
		return p.k.broken("__jump_table: there is no jump or nop of 2 or 5 bytes at %#x", e.Code)
	}
	jmp := jumpTo(e.Code, e.Target, int(in.Len))
	if jmp == nil {
		return p.k.broken("__jump_table: the jump at %#x does not reach %#x", e.Code, e.Target)
	}
	was, code := jmp, nop(int(in.Len))
	if jump {
		was, code = code, was
	}
	if !bytes.Equal(b, was) {
		return p.bug("__jump_label_patch", fmt.Sprintf("unexpected op at %#x: % x, expected % x", e.Code, b, was))
	}
	return p.Mem.Poke(e.Code, code)
}

// jumpTo is a jmp of 2 or 5 bytes, nil where the target is too far.
func jumpTo(at, to uint64, size int) []byte {
	d := int64(to - at - uint64(size))
	if size == 2 {
		if d != int64(int8(d)) {
			return nil
		}
		return []byte{opJmp8, byte(d)}
	}
	return relative(opJmp, at, to)
}

// relative is a call or jmp of 5 bytes, nil where the target is too far.
func relative(op byte, at, to uint64) []byte {
	d := int64(to - at - 5)
	if d != int64(int32(d)) {
		return nil
	}
	return binary.LittleEndian.AppendUint32([]byte{op}, uint32(d))
}
