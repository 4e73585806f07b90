package ftrace

import (
	"bytes"
	"fmt"
	"sort"

	"klpemu/internal/smp"
	"klpemu/mem"
)

// siteSize is MCOUNT_INSN_SIZE.
const siteSize = 5

// Opcodes that a site begins with.
const (
	int3       = 0xcc
	callOpcode = 0xe8
)

// nop5 is the kernel's 5-byte nop (x86_nops[5]).
var nop5 = [siteSize]byte{0x0f, 0x1f, 0x44, 0x00, 0x00}

// poke is one entry of the queue: struct text_poke_loc.
type poke struct {
	addr uint64
	old  byte
	text [siteSize]byte
}

// maxBatch is TP_VEC_MAX: a page of struct text_poke_loc.
const maxBatch = 256

// The yield points of text_poke_bp_batch: after each write, and after the
// interrupts that make every CPU serialise.
const (
	pointArmed       smp.Point = "text_poke_bp_batch:armed"
	pointInt3        smp.Point = "text_poke_bp_batch:int3"
	pointInt3Synced  smp.Point = "text_poke_bp_batch:int3:synced"
	pointTail        smp.Point = "text_poke_bp_batch:tail"
	pointTailSynced  smp.Point = "text_poke_bp_batch:tail:synced"
	pointFirst       smp.Point = "text_poke_bp_batch:first"
	pointFirstSynced smp.Point = "text_poke_bp_batch:first:synced"
	pointRefs        smp.Point = "text_poke_bp_batch:refs"
	pointDone        smp.Point = "text_poke_bp_batch:done"
	pointHandler     smp.Point = "poke_int3_handler"
	pointNaive       smp.Point = "text_poke_naive"
)

// TextPoke is the text_poke_bp machinery: it changes instructions while other
// CPUs may be fetching them.
type TextPoke struct {
	mem   *mem.Memory
	bus   *smp.Bus
	sync  func() // text_poke_sync: every CPU serialises
	queue []poke
	live  []poke // bp_desc.vec: the entries an int3 may belong to
	refs  int    // bp_desc.refs: the poker, and each CPU that looks at live
	wait  func(on string, cond func() bool)
	naive bool
}

// NewTextPoke returns a poker; sync makes every CPU see the code as it is.
func NewTextPoke(m *mem.Memory, bus *smp.Bus, sync func()) *TextPoke {
	return &TextPoke{mem: m, bus: bus, sync: sync}
}

// SetWait says how the poker waits for the CPUs that look at its entries; without
// it nobody ever does while it ends.
func (p *TextPoke) SetWait(wait func(on string, cond func() bool)) { p.wait = wait }

// SetNaive makes the poker write the bytes of a site one after the other,
// without int3 and without making anybody serialise: what must not be done, to
// show why.
func (p *TextPoke) SetNaive(on bool) { p.naive = on }

// Queue is text_poke_queue: entries are kept in address order.
func (p *TextPoke) Queue(addr uint64, text [siteSize]byte) {
	p.queue = append(p.queue, poke{addr: addr, text: text})
}

// Finish is text_poke_finish: it writes what is queued, a page of entries at a
// time, in the order of their addresses, which poke_int3_handler searches by.
func (p *TextPoke) Finish() error {
	queue := p.queue
	p.queue = nil
	sort.SliceStable(queue, func(i, j int) bool { return queue[i].addr < queue[j].addr })
	for len(queue) > 0 {
		n := min(len(queue), maxBatch)
		write := p.batch
		if p.naive {
			write = p.writeNaive
		}
		if err := write(queue[:n]); err != nil {
			return err
		}
		queue = queue[n:]
	}
	return nil
}

// batch is text_poke_bp_batch. At each named point another CPU may run.
func (p *TextPoke) batch(batch []poke) error {
	p.live, p.refs = batch, 1
	p.bus.Wmb(pointArmed)
	err := p.steps(batch)
	p.refs--
	p.bus.Yield(pointRefs)
	if p.wait != nil {
		p.wait("poke_int3_handler on another CPU", func() bool { return p.refs == 0 })
	}
	p.live = nil
	p.bus.Yield(pointDone)
	return err
}

// steps is what is between: int3, tail, first byte, and after each a sync.
func (p *TextPoke) steps(batch []poke) error {
	steps := []struct {
		write         func(*poke) error
		point, synced smp.Point
	}{
		{p.writeInt3, pointInt3, pointInt3Synced},
		{p.writeTail, pointTail, pointTailSynced},
		{p.writeFirst, pointFirst, pointFirstSynced},
	}
	for _, s := range steps {
		for i := range batch {
			if err := s.write(&batch[i]); err != nil {
				return fmt.Errorf("text poke at %x: %w", batch[i].addr, err)
			}
			p.bus.Yield(s.point)
		}
		p.sync()
		p.bus.Yield(s.synced)
	}
	return nil
}

// writeNaive is the demonstration of how not to do it.
func (p *TextPoke) writeNaive(batch []poke) error {
	for _, e := range batch {
		for i := range e.text {
			if err := p.mem.Poke(e.addr+uint64(i), e.text[i:i+1]); err != nil {
				return fmt.Errorf("text poke at %x: %w", e.addr, err)
			}
			p.bus.Yield(pointNaive)
		}
	}
	return nil
}

func (p *TextPoke) writeInt3(e *poke) error {
	var b [1]byte
	if err := p.mem.Read(e.addr, b[:]); err != nil {
		return err
	}
	e.old = b[0]
	return p.mem.Poke(e.addr, []byte{int3})
}

func (p *TextPoke) writeTail(e *poke) error { return p.mem.Poke(e.addr+1, e.text[1:]) }

func (p *TextPoke) writeFirst(e *poke) error { return p.mem.Poke(e.addr, e.text[:1]) }

// Early is text_poke_early: a direct write, for code that nobody runs yet.
func (p *TextPoke) Early(addr uint64, text []byte) error { return p.mem.Poke(addr, text) }

// TryInt3 is the first half of poke_int3_handler (try_get_desc): whether a poke is
// under way. The entries stay until PutInt3. Between the two another CPU may run.
func (p *TextPoke) TryInt3() bool {
	if p.refs == 0 {
		return false // inc_not_zero
	}
	p.refs++
	p.bus.Yield(pointHandler)
	return true
}

// PutInt3 is put_desc.
func (p *TextPoke) PutInt3() { p.refs-- }

// HandleInt3 is the second half of poke_int3_handler for a breakpoint at addr: it returns where
// the CPU goes on and, for a call, the return address to push. ok is false
// where the breakpoint is nobody's.
func (p *TextPoke) HandleInt3(addr uint64) (next, push uint64, isCall, ok bool) {
	i := sort.Search(len(p.live), func(i int) bool { return p.live[i].addr >= addr })
	if i == len(p.live) || p.live[i].addr != addr {
		return 0, 0, false, false
	}
	e := &p.live[i]
	if bytes.Equal(e.text[:], nop5[:]) {
		return addr + siteSize, 0, false, true
	}
	return callTarget(addr, e.text), addr + siteSize, true, true
}

// callTo encodes `call target` at addr; ok is false where target is out of the
// reach of a rel32.
func callTo(addr, target uint64) (text [siteSize]byte, ok bool) {
	rel := int64(target - (addr + siteSize))
	if rel != int64(int32(rel)) {
		return text, false
	}
	text[0] = callOpcode
	for i := range 4 {
		text[1+i] = byte(rel >> (8 * i))
	}
	return text, true
}

func callTarget(addr uint64, text [siteSize]byte) uint64 {
	var rel uint32
	for i := range 4 {
		rel |= uint32(text[1+i]) << (8 * i)
	}
	return addr + siteSize + uint64(int64(int32(rel)))
}
