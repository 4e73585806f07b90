package cpu

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"klpemu/mem"
)

// The layout of testdata/native/runner.c.
const (
	nativeCode  = 0x10000000
	nativeData  = 0x20000000
	nativeStack = 0x30000000
	codeSize    = 0x2000
	dataSize    = 0x2000
	stackSize   = 0x1000
	maxDiff     = 80
)

// A nativeCase is struct test_case of the runner.
type nativeCase struct {
	Code     [16]byte
	RIP, Len uint64
	Regs     [16]uint64
	Flags    uint64
	Patch    [4]struct{ Addr, Value uint64 }
}

// A byteDiff is one changed byte of memory.
type byteDiff struct {
	Addr, Value uint32
}

// A nativeResult is struct result of the runner.
type nativeResult struct {
	Trap, Err, CR2, RIP, Flags uint64
	Regs                       [16]uint64
	NDiff                      uint64
	Diff                       [maxDiff]byteDiff
}

// buildRunner compiles the runner; ok is false without gcc.
func buildRunner(t testing.TB) (path string, ok bool) {
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		return "", false
	}
	path = filepath.Join(t.TempDir(), "runner")
	out, err := exec.Command(gcc, "-O2", "-o", path, "testdata/native/runner.c").CombinedOutput()
	if err != nil {
		t.Fatalf("gcc: %v\n%s", err, out)
	}
	return path, true
}

// runNative executes the cases on the real CPU.
func runNative(t testing.TB, runner string, cases []nativeCase) []nativeResult {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "cases"), filepath.Join(dir, "results")
	var buf bytes.Buffer
	if err := binary.Write(&buf, binary.LittleEndian, cases); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(in, buf.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	if msg, err := exec.Command(runner, in, out).CombinedOutput(); err != nil {
		t.Fatalf("runner: %v\n%s", err, msg)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	res := make([]nativeResult, len(cases))
	if err := binary.Read(bytes.NewReader(data), binary.LittleEndian, res); err != nil {
		t.Fatal(err)
	}
	return res
}

// emuBench runs cases on the emulator, reusing memory and CPU.
type emuBench struct {
	m       *mem.Memory
	c       *VCPU
	pattern []byte
	filler  []byte
	before  []byte
	whole   bool // use Run, and so the switch
}

func newEmuBench(t testing.TB) *emuBench {
	b := &emuBench{m: mem.New(1 << 20), filler: bytes.Repeat([]byte{0xcc}, codeSize)}
	for _, r := range []struct {
		addr, size uint64
		perm       mem.Perm
	}{
		{nativeCode, codeSize, mem.R | mem.X},
		{nativeData, dataSize, mem.R | mem.W},
		{nativeStack, stackSize, mem.R | mem.W},
	} {
		if err := b.m.Map(r.addr, r.size, r.perm); err != nil {
			t.Fatal(err)
		}
	}
	x := uint32(2463534242)
	for range dataSize + stackSize {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		b.pattern = append(b.pattern, byte(x>>8))
	}
	b.before = make([]byte, len(b.pattern))
	b.c = New(0, b.m, Options{})
	if err := b.m.Poke(nativeCode, b.filler); err != nil {
		t.Fatal(err)
	}
	return b
}

// step executes one instruction: by Step or, if all is, a run of one.
func (b *emuBench) step() Stop {
	if b.whole {
		return b.c.Run(100)
	}
	return b.c.Step()
}

// run executes one case the way the runner does: until a trap or fault.
func (b *emuBench) run(t testing.TB, tc *nativeCase) nativeResult {
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(b.m.Write(nativeData, b.pattern[:dataSize]))
	must(b.m.Write(nativeStack, b.pattern[dataSize:]))
	for _, p := range tc.Patch {
		if p.Addr != 0 {
			must(b.m.Store(p.Addr, 8, p.Value))
		}
	}
	must(b.m.Read(nativeData, b.before[:dataSize]))
	must(b.m.Read(nativeStack, b.before[dataSize:]))
	must(b.m.Poke(tc.RIP, tc.Code[:tc.Len]))
	b.c.SetState(State{R: tc.Regs, RIP: tc.RIP, Flags: tc.Flags})
	var r nativeResult
	for range 200 {
		s := b.step()
		if s.Kind == StopFault {
			r.Trap, r.Err, r.CR2 = uint64(s.Fault.Vector), uint64(s.Fault.Code), s.Fault.Addr
			break
		}
	}
	st := b.c.State()
	r.RIP, r.Flags, r.Regs = st.RIP, st.Flags, st.R
	b.diff(&r)
	must(b.m.Poke(tc.RIP, b.filler[:tc.Len]))
	return r
}

func (b *emuBench) diff(r *nativeResult) {
	for at := 0; at < len(b.before); at += mem.PageSize {
		addr := uint64(nativeData + at)
		if at >= dataSize {
			addr = uint64(nativeStack + at - dataSize)
		}
		now := b.m.Page(addr).Data[:]
		was := b.before[at : at+mem.PageSize]
		if bytes.Equal(now, was) {
			continue
		}
		for i := range now {
			if now[i] == was[i] {
				continue
			}
			if r.NDiff < maxDiff {
				r.Diff[r.NDiff] = byteDiff{uint32(addr) + uint32(i), uint32(now[i])}
			}
			r.NDiff++
		}
	}
}

// compareResults describes how got differs from want, or returns "". Flags that
// the architecture leaves undefined after the instruction are not compared.
func compareResults(in *Inst, start uint64, want, got nativeResult) string {
	var b bytes.Buffer
	if in.Mnemonic() == "movbe" && want.Trap == VectorPF {
		// This one's microcode writes what it can before it faults, and takes
		// the end of the lower half for a page.
		return ""
	}
	if want.Trap != got.Trap {
		fmt.Fprintf(&b, " trap %d, want %d;", got.Trap, want.Trap)
	}
	const userBit = 4 // the runner is in user mode
	differ := (want.Err ^ got.Err) &^ userBit
	if want.CR2 >= 1<<47-mem.PageSize { // Linux hides what is mapped there
		differ &^= CodePresent
	}
	if differ != 0 && want.Trap == got.Trap {
		fmt.Fprintf(&b, " error code %#x, want %#x;", got.Err, want.Err)
	}
	if want.CR2 != got.CR2 {
		fmt.Fprintf(&b, " cr2 %x, want %x;", got.CR2, want.CR2)
	}
	if want.RIP != got.RIP {
		fmt.Fprintf(&b, " rip %x, want %x;", got.RIP, want.RIP)
	}
	ignore := uint64(FlagRF | FlagID) // the runner cannot set them
	if want.RIP != start {
		ignore |= undefinedFlags(in)
	}
	if (want.Flags^got.Flags)&^ignore != 0 {
		fmt.Fprintf(&b, " flags %#x, want %#x (of %#x);", got.Flags, want.Flags, ^uint32(ignore))
	}
	for i := range want.Regs {
		if want.Regs[i] != got.Regs[i] {
			fmt.Fprintf(&b, " %v %#x, want %#x;", Reg(i), got.Regs[i], want.Regs[i])
		}
	}
	if want.Trap == VectorGP && in.Mnemonic() == "call" {
		return b.String() // the CPU has written the return address without moving rsp
	}
	if want.NDiff != got.NDiff || want.Diff != got.Diff {
		fmt.Fprintf(&b, " memory %v, want %v;", got.Diff[:min(got.NDiff, maxDiff)], want.Diff[:min(want.NDiff, maxDiff)])
	}
	return b.String()
}
