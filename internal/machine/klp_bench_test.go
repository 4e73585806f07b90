package machine

import (
	"fmt"
	"strings"
	"testing"

	"klpemu/internal/obj"
)

// manyFuncs is assembly with functions NAME_0, NAME_1... that have a call site
// where traced says so.
func manyFuncs(name string, n int, traced bool) string {
	var b strings.Builder
	b.WriteString("\t.text\n")
	for i := range n {
		fmt.Fprintf(&b, "\t.globl %[1]s_%[2]d\n\t.type %[1]s_%[2]d, @function\n%[1]s_%[2]d:\n", name, i)
		if traced {
			b.WriteString("\tcall __fentry__\n")
		}
		fmt.Fprintf(&b, "\tmov $%[2]d, %%eax\n\tret\n\t.size %[1]s_%[2]d, .-%[1]s_%[2]d\n", name, i)
	}
	return b.String()
}

func assembled(t testing.TB, name, source string) *obj.File {
	t.Helper()
	f, err := ParseObject(name, []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// patchOf is a livepatch module of n functions.
func patchOf(t testing.TB, name string, n int, replace bool) ModuleSource {
	spec := &PatchSpec{Name: name, Replace: replace, Objects: []ObjectSpec{{}}}
	for i := range n {
		spec.Objects[0].Funcs = append(spec.Objects[0].Funcs, FuncSpec{Old: fmt.Sprintf("old_%d", i), New: fmt.Sprintf("new_%d", i)})
	}
	return ModuleSource{Name: name, Patch: spec, Files: []*obj.File{assembled(t, "new.s", manyFuncs("new", n, false))}}
}

func manyKernel(t testing.TB, n int) *Machine {
	t.Helper()
	m, err := Boot(Config{CPUs: 1, Kernel: []*obj.File{assembled(t, "old.s", manyFuncs("old", n, true))}})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (m *Machine) disable(t testing.TB, name string) {
	t.Helper()
	for _, p := range m.klp.Dirs() {
		if p.Mod == name {
			var err error
			if blocked := m.Do("enabled_store", func() { err = m.klp.Store(p, false) }); blocked != nil || err != nil {
				t.Fatal(blocked, err)
			}
			if err := m.EndCommand(); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("no patch %s", name)
}

// BenchmarkEnable is the curve of patches with more and more functions: load,
// enable, disable and unload. It grows as the number of functions does.
func BenchmarkEnable(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			m := manyKernel(b, n)
			defer m.Close()
			src := patchOf(b, "fix", n, false)
			for b.Loop() {
				m.BeginCommand()
				if err := m.Insmod(src); err != nil {
					b.Fatal(err)
				}
				m.disable(b, "fix")
				if err := m.Rmmod("fix"); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "us/func")
		})
	}
}

// BenchmarkStack is one more version of a function that has many.
func BenchmarkStack(b *testing.B) {
	for _, depth := range []int{1, 10, 100} {
		b.Run(fmt.Sprint(depth), func(b *testing.B) {
			m := manyKernel(b, 1)
			defer m.Close()
			for i := range depth {
				if err := m.Insmod(patchOf(b, fmt.Sprintf("p%d", i), 1, false)); err != nil {
					b.Fatal(err)
				}
			}
			top := patchOf(b, "top", 1, false)
			for b.Loop() {
				m.BeginCommand()
				if err := m.Insmod(top); err != nil {
					b.Fatal(err)
				}
				m.disable(b, "top")
				if err := m.Rmmod("top"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkReplace replaces many installed patches of 10 functions each at
// once.
func BenchmarkReplace(b *testing.B) {
	for _, patches := range []int{2, 20, 200} {
		b.Run(fmt.Sprint(patches), func(b *testing.B) {
			for b.Loop() {
				m := manyKernel(b, 10)
				for i := range patches {
					m.BeginCommand()
					if err := m.Insmod(patchOf(b, fmt.Sprintf("p%d", i), 10, false)); err != nil {
						b.Fatal(err)
					}
				}
				if err := m.Insmod(patchOf(b, "all", 1, true)); err != nil {
					b.Fatal(err)
				}
				if err := m.EndCommand(); err != nil {
					b.Fatal(err)
				}
				if n := len(m.klp.Patches()); n != 1 {
					b.Fatalf("%d patches are left", n)
				}
				m.Close()
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(patches), "us/patch")
		})
	}
}
