package kmod

import (
	"debug/elf"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/internal/errno"
	"klpemu/internal/trace"
)

// editor changes a module file.
type editor struct {
	t *testing.T
	k *Module
	b []byte
}

func edit(t *testing.T, name string) *editor {
	t.Helper()
	file := append([]byte(nil), samples(t)[name]...)
	k, err := Open(file, func(trace.Level, string) {})
	if err != nil {
		t.Fatal(err)
	}
	return &editor{t, k, file}
}

// section returns where a section's header is, and the section.
func (e *editor) section(name string) (header uint64, s *Section) {
	e.t.Helper()
	for _, s := range e.k.Sections[1:] {
		if s.Name == name {
			return e.k.ident.shoff + uint64(s.Index)*shdrSize, s
		}
	}
	e.t.Fatalf("no section %s", name)
	return 0, nil
}

// header sets a 32-bit field of a section's header.
func (e *editor) header(name string, field int, v uint32) {
	at, _ := e.section(name)
	binary.LittleEndian.PutUint32(e.b[at+uint64(field):], v)
}

// Fields of a section header.
const (
	shName   = 0
	shType   = 4
	shFlags  = 8
	shOffset = 24
	shSize   = 32
	shLink   = 40
	shInfo   = 44
	shAlign  = 48
)

// put writes to a section's contents.
func (e *editor) put(name string, off uint64, b ...byte) {
	_, s := e.section(name)
	copy(e.b[s.Offset+off:], b)
}

// symbol gives the place of a symbol's entry.
func (e *editor) symbol(name string) []byte {
	e.t.Helper()
	for i, y := range e.k.Symbols {
		if y.Name == name {
			return e.b[e.k.Sections[e.k.index.sym].Offset+uint64(i)*symSize:]
		}
	}
	e.t.Fatalf("no symbol %s", name)
	return nil
}

// reloc gives the place of the n-th relocation of a section.
func (e *editor) reloc(section string, n uint64) []byte {
	_, s := e.section(section)
	return e.b[s.Offset+n*relaSize:]
}

// replace puts text in the place of as much in a section.
func (e *editor) replace(section, old, text string) {
	e.t.Helper()
	_, s := e.section(section)
	i := strings.Index(string(s.Data), old)
	if i < 0 || len(old) != len(text) {
		e.t.Fatalf("cannot put %q for %q", text, old)
	}
	copy(e.b[s.Offset+uint64(i):], text)
}

func TestRefusals(t *testing.T) {
	le := binary.LittleEndian
	tests := []struct {
		name   string
		file   string // hello.ko
		edit   func(e *editor)
		err    errno.Errno
		log    string // lines
		detail string // part of it
	}{
		{name: "short", edit: func(e *editor) { e.b = e.b[:63] }, log: "Invalid ELF header len 63"},
		{name: "magic", edit: func(e *editor) { e.b[0] = 'X' }, log: "Invalid ELF header magic: != \x7fELF"},
		{name: "executable", edit: func(e *editor) { e.b[16] = 2 }, log: "Invalid ELF header type: 2 != 1"},
		{name: "aarch64", edit: func(e *editor) { e.b[18] = 183 }, log: "Invalid architecture in ELF header: 183"},
		{name: "header size", edit: func(e *editor) { e.b[58] = 63 }, log: "Invalid ELF section header size"},
		{name: "truncated", edit: func(e *editor) { e.b = e.b[:len(e.b)-100] }, log: "Invalid ELF section header overflow"},
		{name: "many sections", edit: func(e *editor) { le.PutUint16(e.b[60:], 0xfeff) }, log: "Invalid ELF section header overflow"},
		{name: "no sections", edit: func(e *editor) { le.PutUint16(e.b[60:], 0) }, detail: "the file has no sections"},
		{
			name: "section 0", edit: func(e *editor) { e.b[e.k.ident.shoff+shType] = 1 },
			log: "ELF Spec violation: section 0 type(1)!=SH_NULL or non-zero len or addr",
		},
		{name: "section outside", edit: func(e *editor) { e.header(".text", shOffset+4, 1) }, log: "Invalid ELF section in module (section 2 type 1)"},
		{name: "section too long", edit: func(e *editor) { e.header(".text", shSize+4, 1) }, log: "Invalid ELF section in module (section 2 type 1)"},
		{name: "names index", edit: func(e *editor) { le.PutUint16(e.b[62:], 200) }, log: "Invalid ELF section name index: 200 || e_shstrndx (200) >= e_shnum (25)"},
		{name: "names type", edit: func(e *editor) { e.header(".shstrtab", shType, 1) }, log: "Invalid ELF section name table type: 1"},
		{name: "names empty", edit: func(e *editor) { e.header(".shstrtab", shSize, 0) }, log: "empty section name table"},
		{
			name: "names open", edit: func(e *editor) { _, s := e.section(".shstrtab"); e.put(".shstrtab", s.Size-1, 'x') },
			log: "ELF Spec violation: section name table isn't null terminated",
		},
		{name: "name outside", edit: func(e *editor) { e.header(".text", shName, 1<<20) }, log: "Invalid ELF section name in module (section 2 type 1)"},
		{
			name: "two modinfos", edit: func(e *editor) { at, _ := e.section(".modinfo"); e.header(".data", shName, le.Uint32(e.b[at:])) },
			log: "Only one .modinfo section must exist.",
		},
		{
			name: "no this_module", edit: func(e *editor) { at, _ := e.section(".data"); e.header(secThisModule, shName, le.Uint32(e.b[at:])) },
			log: "module hello: Exactly one .gnu.linkonce.this_module section must exist.",
		},
		{
			name: "two this_modules", edit: func(e *editor) { at, _ := e.section(secThisModule); e.header(".data", shName, le.Uint32(e.b[at:])) },
			log: "module hello: Exactly one .gnu.linkonce.this_module section must exist.",
		},
		{
			name: "this_module without contents", edit: func(e *editor) { e.header(secThisModule, shType, uint32(elf.SHT_NOBITS)) },
			log: "module hello: .gnu.linkonce.this_module section must have a size set",
		},
		{
			name: "this_module not loaded", edit: func(e *editor) { e.header(secThisModule, shFlags, 1) },
			log: "module hello: .gnu.linkonce.this_module must occupy memory during process execution",
		},
		{
			name: "this_module of another kernel", edit: func(e *editor) { e.header(secThisModule, shSize, 0x4c0) },
			log: "module hello: .gnu.linkonce.this_module section size must match the kernel's built struct module size at run time",
		},
		{
			name: "no name", edit: func(e *editor) {
				e.header(secThisModule, shSize, 0x4c0)
				e.replace(".modinfo", "name=hello", "nome=hello")
			},
			log: "module (missing .modinfo section or name field): .gnu.linkonce.this_module section size must match the kernel's built struct module size at run time",
		},
		{name: "stripped", edit: func(e *editor) { e.header(".symtab", shType, 1) }, log: "hello: module has no symbols (stripped?)"},
		{
			name: "symbol names", edit: func(e *editor) { e.header(".symtab", shLink, 99) },
			log: "Invalid ELF sh_link!=SHN_UNDEF(99) or (sh_link(99) >= hdr->e_shnum(25)",
		},
		{name: "symbol names type", edit: func(e *editor) { e.header(".symtab", shLink, 2) }, log: "Invalid ELF symbol string table type: 1"},
		{name: "symbol name outside", edit: func(e *editor) { le.PutUint32(e.symbol("twice"), 1<<20) }, detail: "the name of symbol"},
		{name: "module name open", edit: func(e *editor) { e.put(secThisModule, moduleNameAt, []byte(strings.Repeat("x", 56))...) }, detail: "does not end within 56 bytes"},
		{name: "module name", edit: func(e *editor) { e.put(secThisModule, moduleNameAt, '/') }, detail: "cannot be the name of a module"},
		{
			name: "magic of another kernel", file: "forced.ko", edit: func(e *editor) { e.replace(".modinfo", "6.12.117", "5.10.103") },
			log: "forced: version magic '5.10.103+deb12-cloud-amd64 SMP preempt mod_unload modversions ' should be '6.12.117+deb12-cloud-amd64 SMP preempt mod_unload modversions '",
		},
		{name: "another layout", edit: func(e *editor) { e.put("__versions", 0, 1) }, log: "hello: disagrees about version of symbol module_layout"},
		{name: "no layout version", edit: func(e *editor) { e.put("__versions", 8, 'x') }, log: "hello: no symbol version for module_layout"},
		{
			name: "writable code", edit: func(e *editor) { e.header(".text", shFlags, 7) },
			log: "hello: section .text (index 2) has invalid WRITE|EXEC flags",
		},
		{name: "alignment", edit: func(e *editor) { e.header(".text", shAlign, 3) }, detail: "alignment 0x3 is not a power of two"},
		{
			name: "huge bss", edit: func(e *editor) { e.header(".bss", shSize+4, 1) }, err: errno.ENOMEM,
			detail: "a module may take",
		},
		{name: "common symbol", edit: func(e *editor) { le.PutUint16(e.symbol("answer")[6:], uint16(elf.SHN_COMMON)) }, log: "hello: please compile with -fno-common"},
		{
			name: "symbol without section", edit: func(e *editor) { le.PutUint16(e.symbol("answer")[6:], 99) },
			log: "hello: Symbol answer has an invalid section index 99 (max 24)",
		},
		{
			name: "unknown relocation", edit: func(e *editor) { e.reloc(".rela.text", 0)[8] = 99 },
			log: "module: hello: Unknown rela relocation: 99",
		},
		{
			name: "overflow", edit: func(e *editor) { e.reloc(".rela.text", 0)[8] = 10 },
			log: "module: overflow in relocation type 10 val ffffffff81000ffc\nmodule: `hello' likely not compiled with -mcmodel=kernel",
		},
		{
			name: "relocated twice", edit: func(e *editor) { r := e.reloc(".rela.text", 0); copy(e.reloc(".rela.text", 1), r[:relaSize]) },
			log: "module: x86/modules: Invalid relocation target, existing value is nonzero for type 4, loc ffffffffc0000005, val ffffffffc1000ff7",
		},
		{name: "relocation outside", edit: func(e *editor) { le.PutUint32(e.reloc(".rela.text", 0), 1<<20) }, detail: "relocation 0 is for .text+0x100000, outside"},
		{name: "relocation of no symbol", edit: func(e *editor) { le.PutUint32(e.reloc(".rela.text", 0)[12:], 1000) }, detail: "relocation against symbol 1000"},
		{name: "REL", edit: func(e *editor) { e.header(".rela.text", shType, uint32(elf.SHT_REL)) }, log: "module hello: REL relocation unsupported"},
		{
			name: "alternative", file: "patched.ko", edit: func(e *editor) { e.put(".altinstructions", altCPUID, 0xff, 0xff) },
			log: "kernel BUG in apply_alternatives: a->cpuid >= (NCAPINTS + NBUGINTS) * 32",
		},
		{
			name: "jump", file: "patched.ko", edit: func(e *editor) { e.put(".text", 0x50, 0x0f, 0x1f, 0x44, 0, 1) },
			log: "kernel BUG in __jump_label_patch: unexpected op at 0xffffffffc0000050: 0f 1f 44 00 01, expected 0f 1f 44 00 00",
		},
		{
			name: "static call", file: "patched.ko", edit: func(e *editor) { e.put(".text", 0x65, 0x90) },
			log: "kernel BUG in __static_call_validate: unexpected static_call insn opcode 0x90 at 0xffffffffc0000065",
		},
		{name: "empty signature", edit: func(e *editor) { e.b = append(e.b[:4], signatureMarker...) }, err: errno.EBADMSG},
		{
			name: "signature too long", err: errno.EBADMSG,
			edit: func(e *editor) { e.b = append(append(e.b, 0, 0, 2, 0, 0, 0, 0, 0, 0xff, 0, 0, 0), signatureMarker...) },
		},
		{
			name: "signature of another kind", err: errno.EBADMSG, log: "module: PKCS#7 signature info has unexpected non-zero params",
			edit: func(e *editor) { e.b = append(append(e.b, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0), signatureMarker...) },
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.file == "" {
				tt.file = "hello.ko"
			}
			if tt.err == 0 {
				tt.err = errno.ENOEXEC
			}
			e := edit(t, tt.file)
			tt.edit(e)
			var lines []string
			_, err := load(e.b, func(_ trace.Level, text string) { lines = append(lines, text) }, everything(), func(string) {})
			var r *Refusal
			if !errors.As(err, &r) || r.Err != tt.err {
				t.Fatalf("%v, want %v", err, tt.err)
			}
			if diff := cmp.Diff(tt.log, strings.Join(lines, "\n")); diff != "" {
				t.Error(diff)
			}
			if (r.Detail != nil) != (tt.detail != "") || !strings.Contains(r.Error(), tt.detail) {
				t.Errorf("detail %v, want %q", r.Detail, tt.detail)
			}
		})
	}
}

// TestSigned loads a module that has a signature, which comes off.
func TestSigned(t *testing.T) {
	for _, kind := range []byte{idTypePKCS7, 1} {
		file := append([]byte(nil), samples(t)["hello.ko"]...)
		size := len(file)
		file = append(file, "signature"...)
		file = append(file, 0, 0, kind, 0, 0, 0, 0, 0, 0, 0, 0, 9)
		file = append(file, signatureMarker...)
		k, err := load(file, func(trace.Level, string) {}, everything(), func(string) {})
		if err != nil || !k.Signed {
			t.Fatalf("type %d: %v, signed %v", kind, err, k.Signed)
		}
		if kind == idTypePKCS7 && len(k.file) != size {
			t.Errorf("%d bytes are left of the file, want %d", len(k.file), size)
		}
	}
}
