package machine

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/internal/asm"
	"klpemu/internal/errno"
	"klpemu/internal/obj"
)

// relocSource is new code that refers to a symbol of its target in each way
// that the module loader knows.
const relocSource = `
	.text
	.globl new_show
	.type new_show, @function
new_show:
	call cmdline_local
	mov $cmdline_local, %rax
	ret
	.size new_show, .-new_show
	.data
pointer: .quad cmdline_local
`

func relocFile(t *testing.T) *obj.File {
	t.Helper()
	f, err := ParseObject("new.s", []byte(relocSource))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// relocModule is a livepatch whose code refers to cmdline_proc_show of vmlinux
// under another name.
func relocModule(t *testing.T, f *obj.File) ModuleSource {
	t.Helper()
	f, err := obj.ConvertLivepatch(f, []obj.LivepatchSymbol{{Name: "cmdline_local", Object: "vmlinux"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, y := range f.Symbols {
		if y.Name == ".klp.sym.vmlinux.cmdline_local,0" {
			y.Name = ".klp.sym.vmlinux.cmdline_proc_show,0"
		}
	}
	return ModuleSource{Name: "fix", Files: []*obj.File{f}, Patch: &PatchSpec{
		Name:    "fix",
		Objects: []ObjectSpec{{Funcs: []FuncSpec{{Old: "version_proc_show", New: "new_show"}}}},
	}}
}

func TestLivepatchRelocations(t *testing.T) {
	m := bootTest(t, Config{CPUs: 1})
	if err := m.Insmod(relocModule(t, relocFile(t))); err != nil {
		t.Fatal(err)
	}
	target := m.Symbols("", "cmdline_proc_show")[0]
	pointer, err := m.mem.Load(m.Symbols("fix", "pointer")[0], 8)
	if err != nil || pointer != target {
		t.Errorf("R_X86_64_64: %x, %v, want %x", pointer, err, target)
	}
	code := m.Symbols("fix", "new_show")[0]
	rel, _ := m.mem.Load(code+1, 4)
	if got := code + 5 + uint64(int64(int32(rel))); got != target {
		t.Errorf("R_X86_64_PLT32 leads to %x, want %x", got, target)
	}
	abs, _ := m.mem.Load(code+8, 4)
	if got := uint64(int64(int32(abs))); got != target {
		t.Errorf("R_X86_64_32S is %x, want %x", got, target)
	}
}

// TestLivepatchRelocationsRefused is what apply_relocate_add says.
func TestLivepatchRelocationsRefused(t *testing.T) {
	tests := []struct {
		name   string
		change func(f *obj.File)
		err    errno.Errno
		log    string
	}{
		{"nonzero", func(f *obj.File) { f.Section(".data").Data[3] = 1 }, errno.ENOEXEC,
			"module: x86/modules: Invalid relocation target, existing value is nonzero for type 1, loc "},
		{"not marked", func(f *obj.File) {
			for _, y := range f.Symbols {
				if strings.HasPrefix(y.Name, ".klp.sym.") {
					y.Section = f.Symbols[1].Section
				}
			}
		}, errno.EINVAL, "livepatch: symbol .klp.sym.vmlinux.cmdline_proc_show,0 is not marked as a livepatch symbol"},
		{"section", func(f *obj.File) {
			for _, s := range f.Sections {
				if strings.HasPrefix(s.Name, ".klp.rela.") {
					s.Name = ".klp.rela."
				}
			}
		}, errno.EINVAL, "livepatch: section .klp.rela. has an incorrectly formatted name"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var lines []string
			m := bootTest(t, Config{CPUs: 1, Console: func(l string) { lines = append(lines, l) }})
			src := relocModule(t, relocFile(t))
			data := src.Files[0].Section(".data")
			data.Data = append([]byte(nil), data.Data...)
			tt.change(src.Files[0])
			if err := m.Insmod(src); !errors.Is(err, tt.err) {
				t.Errorf("error %v, want %v", err, tt.err)
			}
			if len(lines) == 0 || !strings.HasPrefix(lines[len(lines)-1], tt.log) {
				t.Errorf("log %q, want %q last", lines, tt.log)
			}
			if m.Module("fix") != nil || len(m.Symbols("fix", "new_show")) != 0 {
				t.Error("the module is there all the same")
			}
		})
	}
}

// TestClearOfForeignValue: what is cleared must be what was written.
func TestClearOfForeignValue(t *testing.T) {
	var lines []string
	m := bootTest(t, Config{CPUs: 1, Console: func(l string) { lines = append(lines, l) }})
	if err := m.Insmod(relocModule(t, relocFile(t))); err != nil {
		t.Fatal(err)
	}
	mod := m.Module("fix")
	at := m.Symbols("fix", "pointer")[0]
	if err := m.mem.Store(at, 8, 0x1234); err != nil {
		t.Fatal(err)
	}
	var got []error
	for _, s := range mod.relas {
		got = append(got, klpRelocator{m}.WriteRelocs("fix", s, false))
	}
	if diff := cmp.Diff([]bool{true, false}, []bool{got[0] == nil, got[1] == nil}); diff != "" {
		t.Errorf("sections cleared (-want +got):\n%s", diff)
	}
	const want = "module: x86/modules: Invalid relocation target, existing value does not match expected value for type 1, loc "
	if last := lines[len(lines)-1]; !strings.HasPrefix(last, want) {
		t.Errorf("log %q, want %q", last, want)
	}
	if v, _ := m.mem.Load(at, 8); v != 0x1234 {
		t.Errorf("the foreign value is %x now", v)
	}
}

// TestConvertRefusesGOT: a livepatch relocation has no slot in a table.
func TestConvertRefusesGOT(t *testing.T) {
	f, err := ParseObject("pic.s", []byte(".text\nf: mov cmdline_local@GOTPCREL(%rip), %rax\n ret\n"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = obj.ConvertLivepatch(f, []obj.LivepatchSymbol{{Name: "cmdline_local", Object: "vmlinux"}})
	if err == nil || !strings.Contains(err.Error(), "pic.s: .text+0x3") {
		t.Errorf("error %v, want one that names the place", err)
	}
}

// TestLivepatchObject loads an object file that carries livepatch relocations
// itself, as kpatch-build makes them. The assembler has no words for that: the
// names stand in the source with other letters, and the headers are changed.
func TestLivepatchObject(t *testing.T) {
	const (
		symbol, symbolAs   = ".klp.sym.vmlinux.cmdline_proc_show,0", "_klp_sym_vmlinux_cmdline_proc_show_0"
		section, sectionAs = ".klp.rela.vmlinux..text", "_klp_rela_vmlinux__text"
		livepatchIndex     = 0xff20
	)
	data, err := asm.Assemble("new.s", []byte(`
	.section `+sectionAs+`
	.text
	.globl init_module, cleanup_module
	.type init_module, @function
init_module:
	call `+symbolAs+`
	xor %eax, %eax
	ret
	.size init_module, .-init_module
	.type cleanup_module, @function
cleanup_module:
	ret
	.size cleanup_module, .-cleanup_module
`))
	if err != nil {
		t.Fatal(err)
	}
	data = bytes.ReplaceAll(data, []byte(symbolAs), []byte(symbol))
	data = bytes.ReplaceAll(data, []byte(sectionAs), []byte(section))
	le := binary.LittleEndian
	header := func(i int) []byte { return data[le.Uint64(data[40:])+64*uint64(i):] }
	f, err := elf.NewFile(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]int{}
	for i, s := range f.Sections {
		named[s.Name] = i
	}
	rela := header(named[".rela.text"])
	le.PutUint32(rela, le.Uint32(header(named[section])))
	le.PutUint64(rela[8:], uint64(elf.SHF_ALLOC|elf.SHF_INFO_LINK|obj.FlagRelaLivepatch))
	syms, err := f.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	for i, y := range syms {
		if y.Name == symbol {
			le.PutUint16(data[f.Section(".symtab").Offset+24*uint64(i+1)+6:], livepatchIndex)
		}
	}

	file, err := obj.Parse("new.o", data)
	if err != nil {
		t.Fatal(err)
	}
	m := bootTest(t, Config{CPUs: 1})
	// Init calls a function that wants a seq_file: the oops says that the call
	// has arrived there.
	err = m.Insmod(ModuleSource{Name: "new", Files: []*obj.File{file}})
	var fault *GuestFault
	if !errors.As(err, &fault) && (err == nil || !strings.Contains(err.Error(), "seq_puts")) {
		t.Errorf("error %v, want the one of a call of cmdline_proc_show", err)
	}
}
