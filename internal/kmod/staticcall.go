package kmod

import (
	"encoding/binary"
	"fmt"
)

// struct static_call_site, and the flags in its key.
const (
	staticCallSize = 8
	staticCallTail = 1
	staticCallMask = 3
)

// StaticCalls is static_call_add_module: calls through a static key become
// direct ones. The key of a site that names a trampoline instead, as those do
// whose key is not exported, is the kernel's alone: such a site goes on to call
// the trampoline.
func (k *Module) StaticCalls(c CPU) error {
	return newPatcher(k, c).staticSites(func(site staticSite) error {
		if c.IsText(site.key) {
			return nil
		}
		var fn [8]byte
		if err := c.Mem.Read(site.key, fn[:]); err != nil {
			return k.broken(".static_call_sites: the key of the call at %#x: %w", site.addr, err)
		}
		return site.p.staticCall(site.addr, binary.LittleEndian.Uint64(fn[:]), site.tail)
	})
}

// UpdateStaticCalls is the module's share of __static_call_update: what the key
// leads to has become fn. Sites in init memory that has gone are left alone.
func (k *Module) UpdateStaticCalls(c CPU, key, fn uint64) error {
	return newPatcher(k, c).staticSites(func(site staticSite) error {
		if site.key != key || c.Mem.Read(site.addr, make([]byte, 5)) != nil {
			return nil
		}
		return site.p.staticCall(site.addr, fn, site.tail)
	})
}

// UpdateTrampoline makes the trampoline of a static call lead to fn.
func (k *Module) UpdateTrampoline(c CPU, tramp, fn uint64) error {
	return newPatcher(k, c).staticCall(tramp, fn, true)
}

// staticSite is one struct static_call_site.
type staticSite struct {
	p         *patcher
	addr, key uint64
	tail      bool
}

// staticSites visits the module's .static_call_sites.
func (p *patcher) staticSites(visit func(staticSite) error) error {
	s, data, err := p.table(".static_call_sites")
	if err != nil || s == nil {
		return err
	}
	for off := 0; off+staticCallSize <= len(data); off += staticCallSize {
		at := s.Addr + uint64(off)
		addr := at + uint64(int64(int32(binary.LittleEndian.Uint32(data[off:]))))
		key := at + 4 + uint64(int64(int32(binary.LittleEndian.Uint32(data[off+4:]))))
		if err := p.own(s, uint64(off), addr, 5); err != nil {
			return err
		}
		if err := visit(staticSite{p, addr, key &^ staticCallMask, key&staticCallTail != 0}); err != nil {
			return err
		}
	}
	return nil
}

// staticCall is arch_static_call_transform.
func (p *patcher) staticCall(addr, fn uint64, tail bool) error {
	var b [6]byte
	if err := p.Mem.Read(addr, b[:5]); err != nil {
		return p.k.broken(".static_call_sites: %w", err)
	}
	jcc := isJcc32(b[:])
	valid := b[0] == opCall || string(b[:5]) == string(nop(5)) || string(b[:5]) == xor5rax
	if tail {
		valid = b[0] == opJmp || b[0] == opRet || jcc
	}
	if !valid {
		return p.bug("__static_call_validate", fmt.Sprintf("unexpected static_call insn opcode %#x at %#x", b[0], addr))
	}
	code := staticCallCode(addr, fn, tail, jcc, b[1], p.Return0)
	if code == nil {
		return p.k.broken(".static_call_sites: the call at %#x does not reach %#x", addr, fn)
	}
	return p.Mem.Poke(addr, code)
}

const xor5rax = "\x2e\x2e\x2e\x31\xc0" // clears %rax

// staticCallCode is __static_call_transform.
func staticCallCode(addr, fn uint64, tail, jcc bool, cond byte, return0 uint64) []byte {
	switch {
	case tail && jcc:
		code := relative(cond, addr+1, fn)
		if code == nil || fn == 0 {
			return nil
		}
		return append([]byte{0x0f}, code...)
	case tail && fn == 0:
		return []byte{opRet, opInt3, opInt3, opInt3, opInt3}
	case tail:
		return relative(opJmp, addr, fn)
	case fn == 0:
		return nop(5)
	case fn == return0:
		return []byte(xor5rax)
	}
	return relative(opCall, addr, fn)
}
