package obj

import (
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func mustFile(t testing.TB, name string, b *builder) *File {
	t.Helper()
	f, err := b.file(name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// zeros is n bytes of nothing.
func zeros(n int) []byte { return make([]byte, n) }

// Each type computes what the psABI says.
func TestRelocations(t *testing.T) {
	const text, data = uint64(kernelBase), uint64(kernelBase + PageSize)
	tests := []struct {
		typ    elf.R_X86_64
		sym    string
		addend int64
		want   string // at .text+8
	}{
		{elf.R_X86_64_NONE, "var", 5, "00 00 00 00 00 00 00 00"},
		{elf.R_X86_64_64, "var", 1, "05 10 00 81 ff ff ff ff"},
		{elf.R_X86_64_PC64, "var", 0, "fc 0f 00 00 00 00 00 00"},
		{elf.R_X86_64_32S, "var", 0, "04 10 00 81 00 00 00 00"},
		{elf.R_X86_64_PC32, "var", -4, "f8 0f 00 00 00 00 00 00"},
		{elf.R_X86_64_PLT32, "fn", -4, "f4 ff ff ff 00 00 00 00"},
		{elf.R_X86_64_PLT32, "outside", -4, "f4 ff ff 1d 00 00 00 00"},
		{elf.R_X86_64_PC32, "maybe", 0, "f8 ff ff 7e 00 00 00 00"}, // undefined weak: 0
		{elf.R_X86_64_64, "maybe", 0, "00 00 00 00 00 00 00 00"},
		{elf.R_X86_64_32, "abs", 2, "44 33 02 00 00 00 00 00"},
		{elf.R_X86_64_64, ".data", 3, "03 10 00 81 ff ff ff ff"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.typ, " ", tt.sym), func(t *testing.T) {
			b := new(builder)
			b.text(zeros(16), buildReloc{8, tt.typ, tt.sym, tt.addend})
			b.section(".data", flagsData, zeros(8))
			b.fn("fn", ".text", 0, 8)
			b.symbol("var", ".data", elf.STB_LOCAL, elf.STT_OBJECT, 4, 4)
			b.symbol("abs", "*ABS*", elf.STB_GLOBAL, elf.STT_NOTYPE, 0x23342, 0)
			b.symbol("maybe", "", elf.STB_WEAK, elf.STT_NOTYPE, 0, 0)
			b.undef("outside")
			im := link(t, Options{Base: text, Resolve: func(n string) (uint64, bool) {
				return coreBase, n == "outside"
			}}, mustFile(t, "a.o", b))
			if diff := cmp.Diff(hex(tt.want), im.bytes(text+8, 8)); diff != "" {
				t.Errorf("bytes (-want +got):\n%s", diff)
			}
			if got := im.symbol("var").Addr; got != data+4 {
				t.Errorf("var at %#x", got)
			}
		})
	}
}

func TestOverflow(t *testing.T) {
	tests := []struct {
		base uint64
		typ  elf.R_X86_64
		sym  string
		want string
	}{
		{kernelBase, elf.R_X86_64_32, "var", "a.o: .text+0x8: R_X86_64_32 against var: address 0xffffffff81001004 does not fit in 32 bits; compile with -mcmodel=kernel"},
		{0x7ffffffff000, elf.R_X86_64_32S, "var", "does not fit in 32 signed bits"},
		{0x7ffffffff000, elf.R_X86_64_PC32, "outside", "the symbol is at 0xffffffff9f000000, more than 2 GiB away"},
	}
	for _, tt := range tests {
		b := new(builder)
		b.text(zeros(16), buildReloc{8, tt.typ, tt.sym, 0})
		b.section(".data", flagsData, zeros(8))
		b.symbol("var", ".data", elf.STB_LOCAL, elf.STT_OBJECT, 4, 4)
		b.undef("outside")
		_, err := Link([]*File{mustFile(t, "a.o", b)}, Options{Base: tt.base, Resolve: anything})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v at %#x: %v, want %q", tt.typ, tt.base, err, tt.want)
		}
	}
}

// A call that cannot reach goes through a stub, and calls of one function
// through the same.
func TestJumpStub(t *testing.T) {
	const base = 0x7f0000000000
	b := new(builder)
	b.text(hex("e8 00 00 00 00 e8 00 00 00 00"),
		buildReloc{1, elf.R_X86_64_PLT32, "outside", -4}, buildReloc{6, elf.R_X86_64_PLT32, "outside", -4})
	b.undef("outside")
	im := link(t, Options{Base: base, Resolve: anything}, mustFile(t, "a.o", b))
	stub := uint64(base + 16)
	if diff := cmp.Diff(hex("e8 0b 00 00 00 e8 06 00 00 00"), im.bytes(base, 10)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	b8 := im.bytes(stub, 8)
	slot := stub + 6 + uint64(binary.LittleEndian.Uint32(b8[2:]))
	if b8[0] != 0xff || b8[1] != 0x25 || binary.LittleEndian.Uint64(im.bytes(slot, 8)) != coreBase {
		t.Errorf("stub % x, slot %#x", b8, slot)
	}
}

// TestRelax has the forms of the psABI's GOTPCRELX section.
func TestRelax(t *testing.T) {
	const rx, rex, plain = elf.R_X86_64_GOTPCRELX, elf.R_X86_64_REX_GOTPCRELX, elf.R_X86_64_GOTPCREL
	tests := []struct {
		name, code string
		typ        elf.R_X86_64
		base       uint64
		want       string // with the address of var as VV VV VV VV, or its distance as DD DD DD DD
	}{
		{"mov", "48 8b 05 00 00 00 00", rex, kernelBase, "48 c7 c0 VV VV VV VV"},
		{"mov to r9", "4c 8b 0d 00 00 00 00", rex, kernelBase, "49 c7 c1 VV VV VV VV"},
		{"mov, old relocation", "48 8b 05 00 00 00 00", plain, kernelBase, "48 8d 05 DD DD DD DD"},
		{"mov, far from zero", "48 8b 05 00 00 00 00", rex, 0x7f0000000000, "48 8d 05 DD DD DD DD"},
		{"mov 32 bits", "8b 1d 00 00 00 00", rx, LowBase, "c7 c3 VV VV VV VV"},
		{"mov 32 bits, high", "8b 1d 00 00 00 00", rx, kernelBase, "8d 1d DD DD DD DD"},
		{"test", "4c 85 05 00 00 00 00", rex, kernelBase, "49 f7 c0 VV VV VV VV"},
		{"add", "48 03 15 00 00 00 00", rex, kernelBase, "48 81 c2 VV VV VV VV"},
		{"cmp r10", "4c 3b 15 00 00 00 00", rex, LowBase, "49 81 fa VV VV VV VV"},
		{"call", "ff 15 00 00 00 00", rx, kernelBase, "67 e8 DD DD DD DD"},
		{"jmp", "ff 25 00 00 00 00", rx, kernelBase, "e9 EE EE EE EE 90"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code := hex(tt.code)
			b := new(builder)
			b.text(code, buildReloc{uint64(len(code) - 4), tt.typ, "var", -4})
			b.section(".data", flagsData, zeros(8))
			b.symbol("var", ".data", elf.STB_GLOBAL, elf.STT_OBJECT, 4, 4)
			im := link(t, Options{Base: tt.base}, mustFile(t, "a.o", b))
			v := im.symbol("var").Addr
			word := func(v uint64) string {
				return fmt.Sprintf("% x", binary.LittleEndian.AppendUint32(nil, uint32(v)))
			}
			end := tt.base + uint64(len(code))
			want := strings.NewReplacer("VV VV VV VV", word(v), "DD DD DD DD", word(v-end), "EE EE EE EE", word(v-end+1)).Replace(tt.want)
			if diff := cmp.Diff(want, fmt.Sprintf("% x", im.bytes(tt.base, len(code)))); diff != "" {
				t.Errorf("code (-want +got):\n%s", diff)
			}
		})
	}
}

// Forms that cannot be relaxed use a slot, one for each symbol.
func TestGOT(t *testing.T) {
	const base = 0x7f0000000000
	b := new(builder)
	b.text(hex("48 03 05 00 00 00 00 48 03 0d 00 00 00 00 ff 15 00 00 00 00"),
		buildReloc{3, elf.R_X86_64_REX_GOTPCRELX, "var", -4},
		buildReloc{10, elf.R_X86_64_REX_GOTPCRELX, "var", -4},
		buildReloc{16, elf.R_X86_64_GOTPCRELX, "outside", -4})
	b.section(".data", flagsData, zeros(8))
	b.symbol("var", ".data", elf.STB_GLOBAL, elf.STT_OBJECT, 4, 4)
	b.undef("outside", gotSymbol)
	im := link(t, Options{Base: base, Resolve: func(n string) (uint64, bool) { return coreBase, n == "outside" }}, mustFile(t, "a.o", b))
	slot := func(field uint64) uint64 {
		at := base + field
		return at + 4 + uint64(int64(int32(binary.LittleEndian.Uint32(im.bytes(at, 4)))))
	}
	if slot(3) != slot(10) {
		t.Errorf("var has two slots, %#x and %#x", slot(3), slot(10))
	}
	for field, want := range map[uint64]uint64{3: im.symbol("var").Addr, 16: coreBase} {
		if got := binary.LittleEndian.Uint64(im.bytes(slot(field), 8)); got != want {
			t.Errorf("the slot of +%d holds %#x, want %#x", field, got, want)
		}
	}
	if diff := cmp.Diff(hex("48 03 05"), im.bytes(base, 3)); diff != "" {
		t.Errorf("code was changed:\n%s", diff)
	}
}

func TestUndefined(t *testing.T) {
	a, b := new(builder), new(builder)
	a.text(zeros(16), buildReloc{1, elf.R_X86_64_PLT32, "one", -4}, buildReloc{6, elf.R_X86_64_PLT32, "two", -4})
	a.undef("one", "two", "unused")
	a.symbol("weak", "", elf.STB_WEAK, elf.STT_NOTYPE, 0, 0)
	b.text(zeros(16), buildReloc{4, elf.R_X86_64_PC32, "one", 0})
	b.undef("one")
	b.fn("two", ".text", 0, 1)
	_, err := Link([]*File{mustFile(t, "a.o", a), mustFile(t, "b.o", b)}, Options{Base: kernelBase})
	var undef *UndefinedError
	if !errors.As(err, &undef) {
		t.Fatalf("error %v", err)
	}
	want := []UndefinedSymbol{{"one", "a.o", ".text", 1}, {"unused", "a.o", "", 0}, {"one", "b.o", ".text", 4}}
	if diff := cmp.Diff(want, undef.Symbols); diff != "" {
		t.Errorf("undefined (-want +got):\n%s", diff)
	}
	if got, want := err.Error(), "a.o: .text+0x1: undefined symbol one\na.o: undefined symbol unused\nb.o: .text+0x4: undefined symbol one"; got != want {
		t.Errorf("message %q, want %q", got, want)
	}
}

// Definitions: strong over common over weak, two strong ones are an error.
func TestDefinitions(t *testing.T) {
	def := func(kind string, mark byte, size uint64) *builder {
		b := new(builder)
		b.section(".data", flagsData, []byte{mark, 0, 0, 0, 0, 0, 0, 0})
		switch kind {
		case "strong":
			b.symbol("x", ".data", elf.STB_GLOBAL, elf.STT_OBJECT, 0, size)
		case "weak":
			b.symbol("x", ".data", elf.STB_WEAK, elf.STT_OBJECT, 0, size)
		case "common":
			b.symbol("x", "*COM*", elf.STB_GLOBAL, elf.STT_OBJECT, 8, size)
		case "local":
			b.symbol("x", ".data", elf.STB_LOCAL, elf.STT_OBJECT, 0, size)
		}
		return b
	}
	tests := []struct {
		kinds  [2]string
		object string
		typ    byte
		mark   byte
		err    string
	}{
		{[2]string{"weak", "strong"}, "b.o", 'D', 2, ""},
		{[2]string{"strong", "weak"}, "a.o", 'D', 1, ""},
		{[2]string{"weak", "weak"}, "a.o", 'V', 1, ""},
		{[2]string{"common", "strong"}, "b.o", 'D', 2, ""},
		{[2]string{"strong", "common"}, "a.o", 'D', 1, ""},
		{[2]string{"weak", "common"}, "b.o", 'B', 0, ""},
		{[2]string{"common", "common"}, "a.o", 'B', 0, ""},
		{[2]string{"local", "strong"}, "a.o", 'd', 1, ""},
		{[2]string{"strong", "strong"}, "", 0, 0, "symbol x is defined twice: in a.o (.data+0x0) and in b.o (.data+0x0)"},
	}
	for _, tt := range tests {
		files := []*File{mustFile(t, "a.o", def(tt.kinds[0], 1, 4)), mustFile(t, "b.o", def(tt.kinds[1], 2, 8))}
		im, err := Link(files, Options{Base: kernelBase})
		if tt.err != "" {
			if err == nil || err.Error() != tt.err {
				t.Errorf("%v: %v, want %q", tt.kinds, err, tt.err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%v: %v", tt.kinds, err)
			continue
		}
		y := im.symbol("x")
		if y.Object != tt.object || y.Type != tt.typ || im.bytes(y.Addr, 1)[0] != tt.mark {
			t.Errorf("%v: %+v with mark %d, want %s, %c, %d", tt.kinds, y, im.bytes(y.Addr, 1)[0], tt.object, tt.typ, tt.mark)
		}
	}
}

// Of two groups with one signature the first stays; what refers to the other
// from unwind data and lists of call sites becomes nothing.
func TestComdat(t *testing.T) {
	file := func(name string, mark byte) *File {
		b := new(builder)
		b.text(hex("e8 00 00 00 00"), buildReloc{1, elf.R_X86_64_PLT32, "shared", -4})
		b.section(".text.shared", flagsText, append(hex("0f 1f 44 00 00"), mark)).group = "shared"
		b.section(secMcountLoc, elf.SHF_ALLOC, zeros(8), buildReloc{0, elf.R_X86_64_64, ".text.shared", 0})
		b.symbol("shared", ".text.shared", elf.STB_WEAK, elf.STT_FUNC, 0, 6)
		return mustFile(t, name, b)
	}
	im := link(t, Options{Base: kernelBase}, file("a.o", 1), file("b.o", 2))
	y := im.symbol("shared")
	if y.Object != "a.o" || im.bytes(y.Addr, 6)[5] != 1 {
		t.Errorf("shared: %+v", y)
	}
	if diff := cmp.Diff([]CallSite{{Addr: y.Addr, Func: y.Addr, Kind: SiteNop}}, im.CallSites); diff != "" {
		t.Errorf("call sites (-want +got):\n%s", diff)
	}
	n := 0
	for _, p := range im.Sections {
		if p.Section.Name == ".text.shared" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d copies of the group", n)
	}
	bad := new(builder)
	bad.section(".text.shared", flagsText, zeros(8)).group = "shared"
	bad.section(".data", flagsData, zeros(8), buildReloc{0, elf.R_X86_64_64, ".text.shared", 0})
	bad.symbol("shared", ".text.shared", elf.STB_WEAK, elf.STT_FUNC, 0, 6)
	_, err := Link([]*File{file("a.o", 1), mustFile(t, "bad.o", bad)}, Options{Base: kernelBase})
	if err == nil || !strings.Contains(err.Error(), "bad.o: .data+0x0: R_X86_64_64 against .text.shared, which is in a section group") {
		t.Errorf("a reference into a dropped group: %v", err)
	}
}

func TestZones(t *testing.T) {
	b := new(builder)
	b.section(".text.unlikely", flagsText, []byte{1})
	b.section(".init.text", flagsText, []byte{2})
	b.text([]byte{3})
	b.section(".rodata", elf.SHF_ALLOC, []byte{4})
	b.section(".init.data", flagsData, []byte{5})
	b.section(".data", flagsData, []byte{6})
	b.section(".comment", 0, []byte{7})
	b.section(".discard.x", elf.SHF_ALLOC, []byte{8})
	bss := b.section(".bss", flagsData, nil)
	bss.typ, bss.size, bss.align = elf.SHT_NOBITS, 5000, 32
	b.section(".text.hot", flagsText, []byte{9}).align = 16
	im := link(t, Options{Base: kernelBase}, mustFile(t, "a.o", b))
	var got []string
	for _, s := range im.Segments {
		got = append(got, fmt.Sprintf("%s %#x+%#x %d % x", s.Name, s.Addr-kernelBase, s.Size, s.Perm, s.Data))
	}
	want := []string{
		".text 0x0+0x1000 5 03" + strings.Repeat(" cc", 15) + " 09 01",
		".rodata 0x1000+0x1000 1 04",
		".data 0x2000+0x1000 3 06",
		".bss 0x3000+0x2000 3 ",
		".init.text 0x5000+0x1000 5 02",
		".init.data 0x6000+0x1000 3 05",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("segments (-want +got):\n%s", diff)
	}
}

// Livepatch relocations stay with the file, and their symbols count as defined.
func TestLivepatchRelocs(t *testing.T) {
	b := new(builder)
	b.text(zeros(16), buildReloc{4, elf.R_X86_64_PC32, ".klp.sym.vmlinux.x,0", -4}).relaFlags = FlagRelaLivepatch | elf.SHF_ALLOC
	b.symbol(".klp.sym.vmlinux.x,0", "*KLP*", elf.STB_GLOBAL, elf.STT_FUNC, 0, 0)
	f := mustFile(t, "a.o", b)
	link(t, Options{Base: kernelBase}, f)
	s := f.Section(".rela.text")
	if len(s.Relocs) != 1 || len(f.Section(".text").Relocs) != 0 {
		t.Errorf("livepatch relocations: %+v in their section, %+v in .text", s.Relocs, f.Section(".text").Relocs)
	}
}

func TestNeedsLowBase(t *testing.T) {
	if why, low := NeedsLowBase(guestFiles(t, "fentry", "kernel")); low {
		t.Errorf("kernel.o needs a low base: %s", why)
	}
	if _, low := NeedsLowBase(guestFiles(t, "programs/O2", "arith", "data")); low {
		t.Error("position-independent programs need a low base")
	}
	files := guestFiles(t, "programs/O2_nopic", "arith", "data")
	why, low := NeedsLowBase(files)
	if !low || !strings.HasPrefix(why, "data.o: .text+0x") {
		t.Errorf("programs/O2_nopic: %v, %s", low, why)
	}
	if _, err := Link(files, Options{Base: kernelBase}); err == nil || !strings.Contains(err.Error(), "-mcmodel=kernel") {
		t.Errorf("linked high: %v", err)
	}
	link(t, Options{Base: LowBase}, files...)
}

// Two links of the same files give the same image, and leave the files alone.
func TestLinkTwice(t *testing.T) {
	files := guestFiles(t, "fentry", "pair", "calls", "park", "red", "blue")
	a := link(t, Options{Base: kernelBase, Resolve: anything}, files...)
	b := link(t, Options{Base: kernelBase, Resolve: anything}, files...)
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("second link (-first +second):\n%s", diff)
	}
	if diff := cmp.Diff(guestFiles(t, "fentry", "pair")[0], files[0]); diff != "" {
		t.Errorf("linking changed the file:\n%s", diff)
	}
}
