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

// TextPoke is the text_poke_bp machinery: it changes instructions while other
// CPUs may be fetching them.
type TextPoke struct {
	mem   *mem.Memory
	bus   *smp.Bus
	sync  func() // text_poke_sync: every CPU serialises
	queue []poke
	live  []poke // bp_desc: the entries an int3 may belong to
}

// NewTextPoke returns a poker; sync makes every CPU see the code as it is.
func NewTextPoke(m *mem.Memory, bus *smp.Bus, sync func()) *TextPoke {
	return &TextPoke{mem: m, bus: bus, sync: sync}
}

// Queue is text_poke_queue: entries are kept in address order.
func (p *TextPoke) Queue(addr uint64, text [siteSize]byte) {
	p.queue = append(p.queue, poke{addr: addr, text: text})
}

// Finish is text_poke_finish: it writes what is queued by the steps of
// text_poke_bp_batch. At each named point another CPU may run.
func (p *TextPoke) Finish() error {
	batch := p.queue
	p.queue = nil
	if len(batch) == 0 {
		return nil
	}
	sort.SliceStable(batch, func(i, j int) bool { return batch[i].addr < batch[j].addr })
	p.live = batch
	p.bus.Wmb("text_poke_bp_batch:armed")
	defer func() { p.live = nil }()
	steps := []struct {
		write func(*poke) error
		point smp.Point
	}{
		{p.writeInt3, "text_poke_bp_batch:int3"},
		{p.writeTail, "text_poke_bp_batch:tail"},
		{p.writeFirst, "text_poke_bp_batch:first"},
	}
	for _, s := range steps {
		for i := range batch {
			if err := s.write(&batch[i]); err != nil {
				return fmt.Errorf("text poke at %x: %w", batch[i].addr, err)
			}
			p.bus.Yield(s.point)
		}
		p.sync()
		p.bus.Yield(s.point + ":synced")
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

// HandleInt3 is poke_int3_handler for a breakpoint at addr: it returns where
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
