package machine

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"strings"
	"testing"

	"klpemu/internal/asm"
	"klpemu/internal/errno"
)

// koRelaSource is a livepatch of a module that may come later, with code that
// refers to symbols of vmlinux and of that module. Names that an assembler takes
// for something else have placeholders of the same length.
const koRelaSource = `
	.section .modinfo,"a"
	.asciz "license=GPL"
	.asciz "livepatch=Y"
	.asciz "vermagic=6.12.117+deb12-cloud-amd64 SMP preempt mod_unload modversions "
	.text
	.globl init_module, cleanup_module
	.type init_module, @function
init_module:
	mov $patch, %rdi
	call klp_enable_patch
	ret
	.size init_module, .-init_module
	.type cleanup_module, @function
cleanup_module:
	ret
	.size cleanup_module, .-cleanup_module

	.section .klpvmlinux.text,"ax"
	.globl use_vmlinux
	.type use_vmlinux, @function
use_vmlinux:
	call _klp_sym_vmlinux_cmdline_proc_show_0
	ret
	.size use_vmlinux, .-use_vmlinux
	.section .klpsupplier.text,"ax"
	.globl new_supply
	.type new_supply, @function
new_supply:
	endbr64
	jmp _klp_sym_supplier_not_exported_0
	.size new_supply, .-new_supply

	.section .rodata.str,"aMS",@progbits,1
supplier: .asciz "supplier"
supply:	.asciz "supply"
	.data
	.balign 8
patch:	.quad __this_module, objs, 0
	.zero 200-24
objs:	.quad supplier, funcs
	.zero 168-16
	.zero 168
funcs:	.quad supply, new_supply, 0
	.zero 152-24
	.zero 152
	.section .gnu.linkonce.this_module,"aw"
	.globl __this_module
	.balign 64
__this_module:
	.zero 24
	.asciz "klp_rela"
	.zero 0x138-(.-__this_module)
	.quad init_module
	.zero 0x4b0-(.-__this_module)
	.quad cleanup_module
	.zero 0x500-(.-__this_module)
`

// koRela makes the module: placeholders get their names, symbols and sections
// their marks.
func koRela(t *testing.T) []byte {
	t.Helper()
	data, err := asm.Assemble("x.s", []byte(koRelaSource))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range [][2]string{
		{"_klp_sym_vmlinux_cmdline_proc_show_0", ".klp.sym.vmlinux.cmdline_proc_show,0"},
		{"_klp_sym_supplier_not_exported_0", ".klp.sym.supplier.not_exported,0"},
		{".rela.klpvmlinux.text", ".klp.rela.vmlinux.abc"},
		{".rela.klpsupplier.text", ".klp.rela.supplier.abc"},
	} {
		if !bytes.Contains(data, []byte(r[0])) || len(r[0]) != len(r[1]) {
			t.Fatalf("no place for %s", r[1])
		}
		data = bytes.ReplaceAll(data, []byte(r[0]), []byte(r[1]))
	}
	f, err := elf.NewFile(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	le := binary.LittleEndian
	for i, s := range f.Sections {
		switch {
		case s.Type == elf.SHT_SYMTAB:
			syms, _ := f.Symbols()
			for n, y := range syms {
				if strings.HasPrefix(y.Name, ".klp.sym.") {
					le.PutUint16(data[s.Offset+uint64(n+1)*24+6:], 0xff20)
				}
			}
		case strings.HasPrefix(s.Name, ".klp.rela."):
			at := le.Uint64(data[40:]) + uint64(i)*64 + 8
			le.PutUint64(data[at:], le.Uint64(data[at:])|0x00100000|uint64(elf.SHF_ALLOC))
		}
	}
	return data
}

// TestKoLivepatchRelocations applies the relocations of a .ko for vmlinux at
// once, those for a module when it comes, and takes them back when it goes.
func TestKoLivepatchRelocations(t *testing.T) {
	m := bootTest(t, Config{CPUs: 1})
	if err := m.Insmod(ModuleSource{Ko: koRela(t)}); err != nil {
		t.Fatal(err)
	}
	leads := func(name string, off uint64) uint64 {
		code := m.Symbols("klp_rela", name)[0] + off
		rel, err := m.mem.Load(code+1, 4)
		if err != nil {
			t.Fatal(err)
		}
		if rel == 0 {
			return 0
		}
		return code + 5 + uint64(int64(int32(rel)))
	}
	if got, want := leads("use_vmlinux", 0), m.Symbols("", "cmdline_proc_show")[0]; got != want {
		t.Errorf("vmlinux: %x, want %x", got, want)
	}
	if got := leads("new_supply", 4); got != 0 {
		t.Errorf("the module's relocation leads to %x before it is there", got)
	}
	if err := m.Insmod(ModuleSource{Ko: koFile(t, "supplier.ko")}); err != nil {
		t.Fatal(err)
	}
	if got, want := leads("new_supply", 4), m.Symbols("supplier", "not_exported")[0]; got != want {
		t.Errorf("supplier: %x, want %x", got, want)
	}
	if v, err := m.Call(m.Symbols("supplier", "supply")[0], 1); err != nil || v != 4 {
		t.Errorf("supply(1) is %d, %v, want 4", v, err)
	}
	if err := m.Rmmod("supplier"); err != nil {
		t.Fatal(err)
	}
	if got := leads("new_supply", 4); got != 0 {
		t.Errorf("the module's relocation leads to %x after it is gone", got)
	}
}

// TestKoLivepatchRelocationsRefused is what klp_resolve_symbols and
// klp_apply_section_relocs refuse.
func TestKoLivepatchRelocationsRefused(t *testing.T) {
	tests := []struct {
		name, old, text string
		err             errno.Errno
		log             string
	}{
		{"symbol", ".klp.sym.vmlinux.cmdline_proc_show,0", ".klp.sym.vmlinux.cmdline_proc_shop,0", errno.EINVAL,
			"livepatch: symbol 'cmdline_proc_shop' not found in symbol table"},
		{"symbol name", ".klp.sym.vmlinux.cmdline_proc_show,0", ".klp.sim.vmlinux.cmdline_proc_show,0", errno.EINVAL,
			"livepatch: symbol .klp.sim.vmlinux.cmdline_proc_show,0 has an incorrectly formatted name"},
		{"section name", ".klp.rela.vmlinux.abc", ".klp.rola.vmlinux.abc", errno.EINVAL,
			"livepatch: section .klp.rola.vmlinux.abc has an incorrectly formatted name"},
		{"vmlinux from a module's section", ".klp.sym.supplier.not_exported,0", ".klp.sym.vmlinux.nnot_exported,0", 0,
			"livepatch: invalid access to vmlinux symbol 'nnot_exported' from module-specific livepatch relocation section"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := koRela(t)
			if !bytes.Contains(data, []byte(tt.old)) || len(tt.old) != len(tt.text) {
				t.Fatalf("no place for %s", tt.text)
			}
			data = bytes.ReplaceAll(data, []byte(tt.old), []byte(tt.text))
			var lines []string
			m := bootTest(t, Config{CPUs: 1, Console: func(s string) { lines = append(lines, s) }})
			err := m.Insmod(ModuleSource{Ko: data})
			if tt.err == 0 { // it comes to light when the module is there
				if err != nil {
					t.Fatal(err)
				}
				tt.err, err = errno.EINVAL, m.Insmod(ModuleSource{Ko: koFile(t, "supplier.ko")})
				defer func() {
					if m.Module("supplier") != nil {
						t.Error("the module is loaded")
					}
				}()
			} else if len(m.modules) != 0 || len(m.modspace.used) != 0 {
				t.Error("something of it stays")
			}
			if e, ok := errno.Of(err); !ok || e != tt.err {
				t.Errorf("%v, want %v", err, tt.err)
			}
			if got := strings.Join(lines, "\n"); !strings.Contains(got, tt.log) {
				t.Errorf("no line %q in:\n%s", tt.log, got)
			}
		})
	}
}
