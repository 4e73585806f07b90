package cpu

import (
	"bufio"
	"bytes"
	"debug/elf"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"klpemu/mem"
)

// A program is one of testdata/programs, loaded.
type program struct {
	m       *mem.Memory
	symbols map[string]uint64
}

// stopAddr holds a hlt that programs return to.
const stopAddr = 0xffffffff9f000000

// loadProgram maps an image, a stack and the hlt.
func loadProgram(t testing.TB, name string) *program {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	f, err := elf.Open(filepath.Join("testdata", "programs", name+".elf"))
	must(err)
	defer f.Close()
	p := &program{m: mem.New(1 << 24), symbols: map[string]uint64{}}
	for _, s := range f.Progs {
		if s.Type != elf.PT_LOAD || s.Memsz == 0 {
			continue
		}
		perm := mem.R
		if s.Flags&elf.PF_W != 0 {
			perm |= mem.W
		}
		if s.Flags&elf.PF_X != 0 {
			perm |= mem.X
		}
		data := make([]byte, s.Filesz)
		if len(data) > 0 {
			_, err := s.ReadAt(data, 0)
			must(err)
		}
		start, end := s.Vaddr&^pageMask, (s.Vaddr+s.Memsz+pageMask)&^pageMask
		must(p.m.Map(start, end-start, perm))
		must(p.m.Poke(s.Vaddr, data))
	}
	must(p.m.Map(stackBase, 4*mem.PageSize, mem.R|mem.W))
	must(p.m.Map(stopAddr, mem.PageSize, mem.R|mem.X))
	must(p.m.Poke(stopAddr, []byte{0xf4}))
	syms, err := f.Symbols()
	must(err)
	for _, s := range syms {
		p.symbols[s.Name] = s.Value
	}
	return p
}

// start prepares a call of a function with one argument.
func (p *program) start(t testing.TB, c *VCPU, name string, arg, stack uint64) {
	t.Helper()
	addr, ok := p.symbols[name]
	if !ok {
		t.Fatalf("no symbol %s", name)
	}
	var s State
	s.R[RDI], s.R[RSP], s.RIP, s.Flags = arg, stack-8, addr, FlagIF
	c.SetState(s)
	if err := p.m.Store(stack-8, 8, stopAddr); err != nil {
		t.Fatal(err)
	}
}

// call runs a function to its end and returns rax.
func (p *program) call(t testing.TB, c *VCPU, name string, arg uint64) uint64 {
	t.Helper()
	p.start(t, c, name, arg, stackTop)
	s := c.Run(1 << 32)
	if s.Kind != StopHalt {
		t.Fatalf("%s(%d): %v %v", name, arg, s.Kind, s.Fault)
	}
	return c.Reg(RAX)
}

// result is a line of results.txt: what the program returned natively.
type result struct {
	name     string
	arg, val uint64
}

func loadResults(t testing.TB) []result {
	t.Helper()
	data, err := os.ReadFile("testdata/programs/results.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []result
	sc := bufio.NewScanner(bytes.NewReader(data))
	for sc.Scan() {
		var r result
		if _, err := fmt.Sscan(sc.Text(), &r.name, &r.arg, &r.val); err != nil {
			t.Fatalf("%q: %v", sc.Text(), err)
		}
		all = append(all, r)
	}
	return all
}

func TestPrograms(t *testing.T) {
	for _, image := range []string{"O0", "O1", "O2", "O3", "Os", "v3", "fentry"} {
		t.Run(image, func(t *testing.T) {
			p := loadProgram(t, image)
			c := New(0, p.m, Options{})
			for _, r := range loadResults(t) {
				if got := p.call(t, c, r.name, r.arg); got != r.val {
					t.Errorf("%s(%d) = %d, natively %d", r.name, r.arg, got, r.val)
				}
			}
		})
	}
}
