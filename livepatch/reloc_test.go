package livepatch

import (
	"fmt"
	"strings"
	"testing"

	"klpemu/internal/errno"
)

// relocator logs what it is told to write.
type relocator struct{ *rig }

func (r relocator) WriteRelocs(mod string, s *RelaSection, apply bool) error {
	for _, rel := range s.Relocs {
		r.logf("%s %s = %x, %v", s.Name, rel.Sym.Name, rel.Sym.Value, apply)
	}
	return nil
}

func rela(section string, symbols ...string) *RelaSection {
	s := &RelaSection{Name: section}
	for _, name := range symbols {
		s.Relocs = append(s.Relocs, Rela{Sym: &RelaSymbol{Name: name, Livepatch: true}})
	}
	return s
}

func TestRelocationsOfTheKernel(t *testing.T) {
	long := strings.Repeat("m", 56)
	tests := []struct {
		name string
		sec  *RelaSection
		err  errno.Errno
		log  []string
	}{
		{"applied", rela(".klp.rela.vmlinux..text", ".klp.sym.vmlinux.read,0", ".klp.sym.vmlinux.dup,2"), 0, []string{
			fmt.Sprintf(".klp.rela.vmlinux..text .klp.sym.vmlinux.read,0 = %x, true", uint64(readAt)),
			fmt.Sprintf(".klp.rela.vmlinux..text .klp.sym.vmlinux.dup,2 = %x, true", uint64(dup2At)),
		}},
		{"for a module", rela(".klp.rela.e1000..text", ".klp.sym.e1000.xmit,0"), 0, nil},
		{"no object", rela(".klp.rela.", ".klp.sym.vmlinux.read,0"), errno.EINVAL,
			[]string{"section .klp.rela. has an incorrectly formatted name"}},
		{"no prefix", rela(".rela.klp", ".klp.sym.vmlinux.read,0"), errno.EINVAL,
			[]string{"section .rela.klp has an incorrectly formatted name"}},
		{"not marked", &RelaSection{Name: ".klp.rela.vmlinux..text", Relocs: []Rela{{Sym: &RelaSymbol{Name: "read"}}}}, errno.EINVAL,
			[]string{"symbol read is not marked as a livepatch symbol"}},
		{"no position", rela(".klp.rela.vmlinux..text", ".klp.sym.vmlinux.read"), errno.EINVAL,
			[]string{"symbol .klp.sym.vmlinux.read has an incorrectly formatted name"}},
		{"position no number", rela(".klp.rela.vmlinux..text", ".klp.sym.vmlinux.read,x"), errno.EINVAL,
			[]string{"symbol .klp.sym.vmlinux.read,x has an incorrectly formatted name"}},
		{"number and more", rela(".klp.rela.vmlinux..text", ".klp.sym.vmlinux.read,0x"), 0,
			[]string{fmt.Sprintf(".klp.rela.vmlinux..text .klp.sym.vmlinux.read,0x = %x, true", uint64(readAt))}},
		{"no symbol", rela(".klp.rela.vmlinux..text", ".klp.sym.vmlinux.,0"), errno.EINVAL,
			[]string{"symbol .klp.sym.vmlinux.,0 has an incorrectly formatted name"}},
		{"no prefix of the symbol", rela(".klp.rela.vmlinux..text", "read,0"), errno.EINVAL,
			[]string{"symbol read,0 has an incorrectly formatted name"}},
		{"long object", rela(".klp.rela.vmlinux..text", ".klp.sym."+long+".read,0"), errno.EINVAL,
			[]string{"symbol .klp.sym." + long + ".read,0 has an incorrectly formatted name"}},
		{"unknown", rela(".klp.rela.vmlinux..text", ".klp.sym.vmlinux.gone,0"), errno.EINVAL,
			[]string{"symbol 'gone' not found in symbol table"}},
		{"ambiguous", rela(".klp.rela.vmlinux..text", ".klp.sym.vmlinux.dup,0"), errno.EINVAL,
			[]string{"unresolvable ambiguity for symbol 'dup' in object '(null)'"}},
		{"no such position", rela(".klp.rela.vmlinux..text", ".klp.sym.vmlinux.dup,3"), errno.EINVAL,
			[]string{"symbol position 3 for symbol 'dup' in object 'vmlinux' not found"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			r.core.relocator = relocator{r}
			r.wantErr(r.core.ApplyModuleRelocs("p1", []*RelaSection{tt.sec}), tt.err)
			r.wantLog(tt.log...)
		})
	}
}

// TestRelocationsOfAModule: they are applied before the symbols are looked up
// when the module comes, and cleared when it goes.
func TestRelocationsOfAModule(t *testing.T) {
	r := newRig(t)
	r.core.relocator = relocator{r}
	p := &Patch{Mod: "p1", Objects: []*Object{object("e1000", "xmit", 2)}, Relas: []*RelaSection{
		rela(".klp.rela.vmlinux..text", ".klp.sym.vmlinux.read,0"),
		rela(".klp.rela.e1000..text", ".klp.sym.e1000.xmit,0"),
	}}
	r.enabled(p)
	r.load()
	r.log = nil
	r.must(r.core.ModuleComing("e1000"))
	const line = ".klp.rela.e1000..text .klp.sym.e1000.xmit,0 = ffffffffc0100000, "
	if r.log[0] != line+"true" {
		t.Errorf("first of the coming module: %q", r.log[0])
	}
	r.log = nil
	r.core.ModuleGoing("e1000")
	if last := r.log[len(r.log)-1]; last != line+"false" {
		t.Errorf("last of the going module: %q", last)
	}
}

// TestRelocationAgainstTheKernelForAModule: such a section must not use symbols
// of vmlinux, which could be resolved at load.
func TestRelocationAgainstTheKernelForAModule(t *testing.T) {
	r := newRig(t)
	r.core.relocator = relocator{r}
	p := &Patch{Mod: "p1", Objects: []*Object{object("e1000", "xmit", 2)}, Relas: []*RelaSection{
		rela(".klp.rela.e1000..text", ".klp.sym.vmlinux.read,0"),
	}}
	r.enabled(p)
	r.load()
	r.log = nil
	r.wantErr(r.core.ModuleComing("e1000"), errno.EINVAL)
	r.wantLog(
		"invalid access to vmlinux symbol 'read' from module-specific livepatch relocation section",
		"failed to initialize patch 'p1' for module 'e1000' (-22)",
		"patch 'p1' failed for module 'e1000', refusing to load module 'e1000'")
}
