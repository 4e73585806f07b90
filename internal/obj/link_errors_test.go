package obj

import (
	"debug/elf"
	"strings"
	"testing"
)

func TestLinkErrors(t *testing.T) {
	one := func(f func(b *builder)) *builder {
		b := new(builder)
		f(b)
		return b
	}
	tests := []struct {
		name string
		b    *builder
		o    Options
		want string
	}{
		{"base", one(func(b *builder) { b.text(zeros(1)) }), Options{Base: 1}, "not a multiple of 0x1000"},
		{"text alignment", one(func(b *builder) { b.text(zeros(1)).align = 0x2000 }), Options{Base: 0x1000}, "alignment 0x2000 is not met"},
		{"huge bss", one(func(b *builder) {
			s := b.section(".bss", flagsData, nil)
			s.typ, s.size = elf.SHT_NOBITS, 1<<39
		}), Options{Base: kernelBase}, "a.o: section 1 .bss: 0x8000000000 bytes, aligned to 0x1, at 0xffffffff81000000 do not fit"},
		{"huge common", one(func(b *builder) {
			b.symbol("x", "*COM*", elf.STB_GLOBAL, elf.STT_OBJECT, 8, 1<<39)
		}), Options{Base: kernelBase}, "a.o: common symbol x: 0x8000000000 bytes"},
		{"top of memory", one(func(b *builder) { b.text(zeros(3 * PageSize)) }), Options{Base: 0xffffffffffffe000}, "do not fit"},
		{"writable code", one(func(b *builder) { b.section(".text", flagsText|elf.SHF_WRITE, zeros(1)) }), Options{}, "both writable and executable"},
		{"tls", one(func(b *builder) { b.section(".tdata", flagsData|elf.SHF_TLS, zeros(1)) }), Options{}, "thread-local"},
		{"ifunc", one(func(b *builder) {
			b.text(zeros(8))
			b.symbol("f", ".text", elf.STB_GLOBAL, elf.STT_GNU_IFUNC, 0, 0)
		}), Options{}, "indirect function"},
		{"not loaded", one(func(b *builder) {
			b.text(zeros(8), buildReloc{0, elf.R_X86_64_64, ".debug", 0})
			b.section(".debug", 0, zeros(8))
		}), Options{}, "which is in a section that is not loaded"},
		{"livepatch symbol", one(func(b *builder) {
			b.text(zeros(8), buildReloc{0, elf.R_X86_64_64, ".klp.sym.vmlinux.x,0", 0})
			b.symbol(".klp.sym.vmlinux.x,0", "*KLP*", elf.STB_GLOBAL, elf.STT_FUNC, 0, 0)
		}), Options{}, "only a livepatch relocation section"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Link([]*File{mustFile(t, "a.o", tt.b)}, tt.o)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
	if _, err := Link(nil, Options{}); err == nil {
		t.Error("linking nothing succeeded")
	}
}
