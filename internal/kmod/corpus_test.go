package kmod

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"klpemu/cpu"
	"klpemu/internal/compress"
	"klpemu/internal/trace"
)

// corpusEnv names a directory with modules of a real kernel, such as
// /lib/modules/VERSION, that TestCorpus loads.
const corpusEnv = "KLPEMU_MODULES"

// flat is memory made of a module's own, and of nothing else.
type flat struct{ k *Module }

func (f flat) at(addr uint64, n int) []byte {
	for i := range f.k.Mem {
		if m := &f.k.Mem[i]; addr >= m.Base && addr-m.Base < m.Size && uint64(n) <= m.Size-(addr-m.Base) {
			return m.Bytes[addr-m.Base:][:n]
		}
	}
	return nil
}

func (f flat) Read(addr uint64, b []byte) error {
	if addr >= kernelStart && addr < kernelEnd {
		clear(b) // of a key of the kernel: false
		return nil
	}
	from := f.at(addr, len(b))
	if from == nil {
		return fmt.Errorf("no memory at %#x", addr)
	}
	copy(b, from)
	return nil
}

func (f flat) Poke(addr uint64, b []byte) error {
	to := f.at(addr, len(b))
	if to == nil {
		return fmt.Errorf("no memory at %#x", addr)
	}
	copy(to, b)
	return nil
}

const (
	kernelStart = 0xffffffff81000000
	kernelEnd   = 0xffffffff82000000
	returnThunk = kernelStart
	thunkBase   = kernelStart + 0x100
	moduleStart = 0xffffffffc0000000
)

// everything is a kernel that exports whatever a module wants.
func everything() Resolver {
	next := uint64(kernelStart + 0x1000)
	known := map[string]uint64{"__x86_return_thunk": returnThunk}
	for i, reg := range []string{"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"} {
		known["__x86_indirect_thunk_"+reg] = thunkBase + uint64(i)
	}
	return func(name string) (uint64, bool, error) {
		if known[name] == 0 {
			known[name] = next
			next += 16
		}
		return known[name], true, nil
	}
}

// modern is a CPU for which modules are patched in a test. warn takes the
// warnings.
func modern(k *Module, warn func(string)) CPU {
	return CPU{
		Mem: flat{k}, Has: Features(cpu.CPUID), Possible: 2, ReturnThunk: returnThunk,
		Thunk:  func(addr uint64) (cpu.Reg, bool) { return cpu.Reg(addr - thunkBase), addr-thunkBase < 16 },
		IsText: func(addr uint64) bool { return false },
		Warn:   func(fn, cond string) { warn(fn + ": " + cond) },
	}
}

// load does all that this package does for a module.
func load(file []byte, log Log, find Resolver, warn func(string)) (*Module, error) {
	k, err := Open(file, log)
	if err != nil {
		return nil, err
	}
	if _, err := k.Check(Debian()); err != nil {
		return k, err
	}
	if err := k.Layout(); err != nil {
		return k, err
	}
	var bases [MemTypes]uint64
	at := uint64(moduleStart)
	for i := range k.Mem {
		if k.Mem[i].Size > 0 {
			bases[i] = at
			at += k.Mem[i].Size + pageSize
		}
	}
	k.Place(bases)
	k.SetPercpu(0x40000)
	if err := k.Resolve(find); err != nil {
		return k, err
	}
	if err := k.Relocate(func(addr uint64) string { return fmt.Sprintf("%016x", addr) }); err != nil {
		return k, err
	}
	if _, err := k.LivepatchSections(); err != nil {
		return k, err
	}
	c := modern(k, warn)
	if err := k.Finalize(c); err != nil {
		return k, err
	}
	if _, err := k.CallSites(); err != nil {
		return k, err
	}
	jumps, err := k.JumpEntries(c)
	if err == nil {
		err = k.EnableJumps(c, jumps)
	}
	if err == nil {
		err = k.StaticCalls(c)
	}
	k.Exports()
	k.Kallsyms(true)
	k.Image()
	return k, err
}

// corpus visits the modules of a real kernel.
func corpus(t *testing.T, visit func(name string, file []byte)) {
	dir := os.Getenv(corpusEnv)
	if dir == "" {
		t.Skip("set " + corpusEnv + " to a directory with kernel modules to load them all")
	}
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(compress.Name(name), ".ko") {
			return err
		}
		data, err := os.ReadFile(name)
		if err == nil {
			data, err = compress.Unpack(name, data, 0)
		}
		if err != nil {
			return err
		}
		visit(filepath.Base(name), data)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestCorpus loads every module against a kernel that exports all: nothing is
// refused, and nothing is warned of.
func TestCorpus(t *testing.T) {
	count := 0
	corpus(t, func(name string, file []byte) {
		count++
		log := func(level trace.Level, text string) { t.Errorf("%s: %s", name, text) }
		if _, err := load(file, log, everything(), func(w string) { t.Errorf("%s: WARNING: %s", name, w) }); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	})
	t.Logf("%d modules", count)
}
