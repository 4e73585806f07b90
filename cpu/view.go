package cpu

import "klpemu/mem"

// leafFunc executes one decoded instruction and returns the next; nil means that
// it changed nothing and the executor must do it.
type leafFunc func(c *VCPU, o *op) *op

// An op is a decoded instruction at its address, specialised for execution.
// Ops that follow each other in memory form a run; the last op of a run has no
// instruction and only says where execution goes on.
type op struct {
	leaf leafFunc
	link *op // of a direct branch: the target, once known; of a run's end: what follows
	imm  uint64
	disp uint64
	rip  uint64
	inst *Inst  // nil at a run's end
	code uint16 // case of the big switch
	base uint16 // the same of this instruction alone, with all its flags
	cost int16  // of a direct branch: by how much following it lessens what is left at the run's end
	pair uint16 // this and the next as one of pairs, or 0
	rem  uint16 // instructions from here to the run's end
	d, s uint8  // register slots
	b, x uint8  // base and index of the memory operand
	k    uint8  // scale, or shift count
	len  uint8
}

// maxRun bounds the decoding done ahead of execution.
const maxRun = 64

// maxCopies bounds the part of it that was decoded before.
const maxCopies = 32

// maxOps bounds what a view holds; beyond it the view starts again. Decoding at
// every byte of a page makes 4096 instructions of it.
const maxOps = 1 << 18

// A view is what one CPU has fetched and decoded. Normally it follows the memory
// at once; a stale one keeps what it has until it is refreshed.
type view struct {
	mem   *mem.Memory // what is fetched from
	whole *mem.Memory // mem and what user mode does not see of it
	pages map[uint64]*codePage
	last  [viewCache]*codePage // recently used pages, by low bits of their number
	ops   int
	stale bool
	half  codeHalf
	plain bool // leave every instruction to its executor: for tests

	unjoined bool // for the profile of sequences
}

const viewCache = 16

// A codePage holds the decoded instructions that begin in one page. It is right
// as long as the generation of the page, and of the next one if an instruction
// runs into it, are what they were.
type codePage struct {
	num        uint64
	page, next *mem.Page
	gen        uint64
	nextGen    uint64
	slot       [mem.PageSize]uint16 // index in ops, plus one, by offset
	ops        []*op
	held       int   // ops of all runs here, some of them copies
	incoming   []*op // ops elsewhere whose link leads here
}

func (v *view) init(m *mem.Memory) {
	v.mem, v.whole = m, m
	v.pages = make(map[uint64]*codePage)
}

// reset forgets everything.
func (v *view) reset() {
	clear(v.pages)
	v.last = [viewCache]*codePage{}
	v.ops = 0
}

// valid reports whether the page still has the bytes that were decoded.
func (p *codePage) valid() bool {
	return p.page.Generation() == p.gen && (p.next == nil || p.next.Generation() == p.nextGen)
}

// revalidate drops the pages that have changed. A stale view keeps those that
// are still mapped.
func (v *view) revalidate() (dropped bool) {
	for num, p := range v.pages {
		gone := v.whole.Page(num<<pageShift) != p.page || p.page.Perm()&mem.X == 0
		if gone || !v.stale && !p.valid() {
			v.drop(num, p)
			dropped = true
		}
	}
	return dropped
}

// drop forgets a page and cuts the links that lead to it.
func (v *view) drop(num uint64, p *codePage) {
	for _, o := range p.incoming {
		o.link = nil
	}
	delete(v.pages, num)
	v.last[num%viewCache] = nil
	v.ops -= p.held + len(p.incoming)
}

// A jumpCache finds the targets of indirect jumps, calls and returns that were
// taken before.
type jumpCache [1024]struct {
	rip uint64
	op  *op
}

func jumpIndex(rip uint64) uint64 { return (rip ^ rip>>10) & 1023 }

// flush empties the cache: each entry is for an address that is looked up in
// another one, so no address finds an entry without an instruction.
func (j *jumpCache) flush() {
	for i := range j {
		j[i].rip, j[i].op = uint64(i)^1, nil
	}
}

func (j *jumpCache) insert(o *op) {
	e := &j[jumpIndex(o.rip)]
	e.rip, e.op = o.rip, o
}

// lookup returns the decoded instruction at rip, or nil.
func (v *view) lookup(rip uint64) *op {
	num := rip >> pageShift
	p := v.last[num%viewCache]
	if p == nil || p.num != num {
		if p = v.pages[num]; p == nil {
			return nil
		}
		v.last[num%viewCache] = p
	}
	if i := p.slot[rip&pageMask]; i != 0 {
		return p.ops[i-1]
	}
	return nil
}

// connect remembers that o continues at t.
func (v *view) connect(o, t *op) {
	if o.link == t {
		return
	}
	o.link = t
	o.cost = int16(t.rem) - int16(o.rem)
	if o.inst != nil {
		o.cost++
	}
	if p := v.pages[t.rip>>pageShift]; p != nil {
		p.incoming = append(p.incoming, o)
		v.ops++
	}
}

// full reports whether the view holds as much as it may.
func (v *view) full() bool { return v.ops > maxOps }

// fetch returns the decoded instruction at rip, decoding a run from there if
// there is none.
func (v *view) fetch(rip uint64) (*op, *Fault) {
	if v.half.bars(rip) {
		return nil, v.barred(rip)
	}
	if o := v.lookup(rip); o != nil {
		return o, nil
	}
	p, f := v.codePage(rip)
	if f != nil {
		f.RIP = rip
		return nil, f
	}
	var t translator
	if f := t.run(v, p, rip); f != nil {
		return nil, f
	}
	return v.lookup(rip), nil
}

// codePage returns the page that holds rip, ready for decoding.
func (v *view) codePage(rip uint64) (*codePage, *Fault) {
	num := rip >> pageShift
	if p := v.pages[num]; p != nil {
		return p, nil
	}
	pg, f := v.fetchable(rip)
	if f != nil {
		return nil, f
	}
	p := &codePage{num: num, page: pg, gen: pg.Generation()}
	v.pages[num] = p
	return p, nil
}

// fetchable returns the page of an instruction fetch and watches it.
func (v *view) fetchable(addr uint64) (*mem.Page, *Fault) {
	if !mem.Canonical(addr) {
		return nil, fault(VectorGP, 0)
	}
	pg := v.mem.Page(addr)
	if pg == nil || pg.Perm()&mem.X == 0 {
		f := fault(VectorPF, CodeFetch)
		if pg != nil {
			f.Code |= CodePresent
		}
		if v.half == lowHalf {
			f.Code |= CodeUser
		}
		f.Addr = addr
		return nil, f
	}
	pg.Watch()
	return pg, nil
}
