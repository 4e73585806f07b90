package cpu

import (
	"encoding/binary"

	"klpemu/mem"
)

// bulk does several iterations of rep movs or rep stos at once: as many as the
// budget, the count and the pages that both pointers are in allow. It reports
// false, having done nothing, where that is not more than one, and leaves the
// rest (faults, page crossings, backward copies) to single iterations.
func (c *VCPU) bulk(in *Inst, movs bool) bool {
	if in.Prefix&(PrefixRep|PrefixRepne) == 0 || in.AddrSize != 8 || c.flags&FlagDF != 0 {
		return false
	}
	size := uint64(in.Size)
	dst, src := c.r[RDI], c.source(in)
	n := min(c.r[RCX], c.left, (mem.PageSize-dst&pageMask)/size)
	if movs {
		n = min(n, (mem.PageSize-src&pageMask)/size)
	}
	to := c.wtlb.lookup(dst, in.Size)
	if n < 2 || to == nil {
		return false
	}
	d := to[dst&pageMask:][:n*size]
	if !movs {
		fill(d, c.r[RAX], size)
	} else {
		from := c.rtlb.lookup(src, in.Size)
		if from == nil {
			return false
		}
		forward(d, from[src&pageMask:][:n*size], size)
		c.r[RSI] += n * size
	}
	c.r[RDI] += n * size
	c.r[RCX] -= n
	c.count += n - 1
	if c.r[RCX] != 0 {
		c.rip -= uint64(in.Len)
	}
	return true
}

// leafStos is one iteration of rep stos, where nothing is special about it.
func leafStos(c *VCPU, o *op) *op {
	size := o.inst.Size
	if c.r[RCX] == 0 || c.flags&FlagDF != 0 || !c.storeFast(c.r[RDI], size, c.r[RAX]) {
		return nil
	}
	c.r[RDI] += uint64(size)
	return again(c, o)
}

// leafMovs is one iteration of rep movs, where nothing is special about it.
func leafMovs(c *VCPU, o *op) *op {
	size := o.inst.Size
	if c.r[RCX] == 0 || c.flags&FlagDF != 0 || c.wtlb.lookup(c.r[RDI], size) == nil {
		return nil
	}
	v, ok := c.loadFast(c.r[RSI], size)
	if !ok || !c.storeFast(c.r[RDI], size, v) {
		return nil
	}
	c.r[RSI] += uint64(size)
	c.r[RDI] += uint64(size)
	return again(c, o)
}

// again counts down and repeats o until nothing is left.
func again(c *VCPU, o *op) *op {
	if c.r[RCX]--; c.r[RCX] != 0 {
		return o
	}
	return step(o)
}

// repeatLeaf is for single steps of an instruction that the switch leaves to
// bulk, or nil.
func repeatLeaf(in *Inst) leafFunc {
	if in.attr&repString == 0 || in.Prefix&^PrefixData != PrefixRep || in.SegByte != 0 {
		return nil
	}
	switch in.Opcode &^ 1 {
	case 0xa4:
		return leafMovs
	case 0xaa:
		return leafStos
	}
	return nil
}

// fill stores the low size bytes of v over and over.
func fill(d []byte, v, size uint64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], v)
	for n := copy(d, b[:size]); n < len(d); n *= 2 {
		copy(d[n:], d[:n])
	}
}

// forward copies element by element from the front, as movs does: where the
// destination overlaps the end of the source, what was stored is read again.
func forward(d, s []byte, size uint64) {
	if &d[0] != &s[0] && !overlaps(d, s) {
		copy(d, s)
		return
	}
	for i := uint64(0); i < uint64(len(d)); i += size {
		copy(d[i:i+size], s[i:i+size])
	}
}

// overlaps reports whether two slices that may be of one page share bytes.
func overlaps(a, b []byte) bool {
	// Both end where their page does if extended to their capacity.
	if &a[:cap(a)][cap(a)-1] != &b[:cap(b)][cap(b)-1] {
		return false
	}
	return cap(a)-len(a) < cap(b) && cap(b)-len(b) < cap(a)
}
