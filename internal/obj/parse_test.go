package obj

import (
	"debug/elf"
	"encoding/binary"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// sample is a small object with everything Parse looks at. Its sections:
// 1 .text, 2 .data, 3 .text.g (in a group), 4 .bss, 5 .symtab, 6 .strtab,
// 7 .rela.text, 8 .group, 9 .shstrtab.
func sample() *builder {
	b := new(builder)
	b.text(zeros(32), buildReloc{4, elf.R_X86_64_PC32, "var", -4})
	b.section(".data", flagsData, zeros(16))
	b.section(".text.g", flagsText, zeros(4)).group = "g"
	bss := b.section(".bss", flagsData, nil)
	bss.typ, bss.size = elf.SHT_NOBITS, 64
	b.symbol("var", ".data", elf.STB_LOCAL, elf.STT_OBJECT, 8, 8)
	b.fn("f", ".text", 0, 32)
	b.symbol("g", ".text.g", elf.STB_WEAK, elf.STT_FUNC, 0, 4)
	b.symbol("c", "*COM*", elf.STB_GLOBAL, elf.STT_OBJECT, 8, 4)
	return b
}

// Each case breaks one field. at is its offset in what in names: "ehdr", a
// section's header ("h" and the number), or a section's contents ("s" and the number).
func TestParseErrors(t *testing.T) {
	const (
		shName, shType, shFlags, shOff, shSize, shLink, shInfo, shAlign, shEnt = 0, 4, 8, 24, 32, 40, 44, 48, 56
		sym                                                                    = symSize // symbol 6 is f, 7 is g, 8 is c
	)
	tests := []struct {
		name string
		in   string
		at   int
		put  string
		want string
	}{
		{"magic", "ehdr", 0, "7e", "a.o: offset 0x0: not an ELF file"},
		{"class", "ehdr", 4, "01", "ELFCLASS32"},
		{"data", "ehdr", 5, "02", "not little endian"},
		{"ident version", "ehdr", 6, "02", "ELF version 2"},
		{"type", "ehdr", 16, "03", "ET_DYN, not a relocatable object"},
		{"machine", "ehdr", 18, "b7", "EM_AARCH64, not EM_X86_64"},
		{"program headers", "ehdr", 56, "01", "no program headers"},
		{"section header size", "ehdr", 58, "28", "section headers of 40 bytes"},
		{"no sections", "ehdr", 60, "00", "has no sections"},
		{"too many sections", "ehdr", 60, "ff ff", "more than ELF allows"},
		{"more sections than bytes", "ehdr", 60, "00 20", "it may be truncated"},
		{"section headers in the header", "ehdr", 40, "10 00 00", "overlap the ELF header"},
		{"section headers far away", "ehdr", 40, "00 00 00 00 00 00 00 80", "it may be truncated"},
		{"no section names", "ehdr", 62, "00", "cannot hold the section names"},
		{"section names outside", "ehdr", 62, "40", "cannot hold the section names"},
		{"section names in text", "ehdr", 62, "01", "used as a string table"},
		{"null section", "h0", shSize, "01", "must be the empty null section"},
		{"section name", "h1", shName, "ff ff", "its name at offset 0xff"},
		{"alignment", "h1", shAlign, "03", "section 1 .text (header at offset 0x"},
		{"huge alignment", "h1", shAlign, "00 00 00 00 01", "alignment 0x100000000 is larger"},
		{"compressed", "h1", shFlags, "06 08", "cannot be compressed"},
		{"section size", "h1", shSize, "00 00 01", "reach beyond the end of the file"},
		{"section size overflow", "h1", shSize, "ff ff ff ff ff ff ff ff", "reach beyond the end of the file"},
		{"section offset overflow", "h1", shOff, "ff ff ff ff ff ff ff ff", "reach beyond the end of the file"},
		{"overlap", "h1", shOff, "60", "overlap section"},
		{"overlap with the header", "h1", shOff, "20", "overlap the headers"},
		{"overlap of contents", "h2", shSize, "00 03", "overlap section"},
		{"overlap with the headers", "h9", shSize, "00 01", "overlap the headers"},
		{"huge bss", "h4", shSize, "00 00 00 00 00 00 01", "absurd"},
		{"second symbol table", "h2", shType, "02", "second symbol table"},
		{"extended indices", "h2", shType, "12", "extended section indices"},
		{"symbol size", "h5", shEnt, "10", "entries of 16 bytes, want 24"},
		{"symbol count", "h5", shSize, "19", "not a whole number of symbols"},
		{"first global", "h5", shInfo, "ff", "the first global symbol is 255"},
		{"first global is wrong", "h5", shInfo, "07", "is STB_GLOBAL; the first global"},
		{"symbol names", "h5", shLink, "01", "used as a string table"},
		{"symbol names outside", "h5", shLink, "ff", "cannot be a string table"},
		{"names without end", "s6", -1, "41", "does not end with a zero byte"},
		{"symbol 0", "s5", 8, "01", "symbol 0 must be empty"},
		{"symbol name", "s5", 6 * sym, "ff ff", "outside the"},
		{"no symbol name", "s5", 6 * sym, "00", "symbol 6 has no name"},
		{"binding", "s5", 6*sym + 4, "32", "unknown binding 3"},
		{"symbol section", "s5", 6*sym + 6, "30", "is in section 0x30; there are 10"},
		{"symbol section reserved", "s5", 6*sym + 6, "01 ff", "is in section 0xff01"},
		{"symbol value", "s5", 6*sym + 8, "21", "0x20 bytes at 0x21 are outside section .text of 0x20 bytes"},
		{"symbol end", "s5", 6*sym + 16, "21", "outside section .text"},
		{"local undefined", "s5", 5*sym + 6, "00", "local and undefined"},
		{"common alignment", "s5", 8*sym + 8, "03", "common symbol c: alignment 0x3"},
		{"common size", "s5", 8*sym + 16, "00 00 00 00 00 00 01", "common symbol c: size"},
		{"relocation type", "h7", shType, "09", "relocations without addends"},
		{"relocation entry size", "h7", shEnt, "10", "entries of 16 bytes, want 24"},
		{"relocation count", "h7", shSize, "17", "not a whole number of relocations"},
		{"relocation symbols", "h7", shLink, "06", "the symbol table of the relocations is section 6"},
		{"relocation target", "h7", shInfo, "40", "relocations for section 64"},
		{"relocations of bss", "h7", shInfo, "04", "which has no contents"},
		{"unknown relocation", "s7", 8, "19", "a.o: section 7 .rela.text: offset 0x0 (0x"},
		{"relocation symbol", "s7", 12, "ff", "against symbol 255; there are 9"},
		{"relocation offset", "s7", 0, "1d", "R_X86_64_PC32 at offset 0x1d is outside section .text of 0x20 bytes"},
		{"relocation offset overflow", "s7", 0, "ff ff ff ff ff ff ff ff", "outside section .text"},
		{"group symbols", "h8", shLink, "01", "the group's symbol table is section 1"},
		{"group signature", "h8", shInfo, "ff", "the group's signature is symbol 255"},
		{"group size", "h8", shSize, "07", "a group of 7 bytes"},
		{"group member", "s8", 4, "ff", "section 255 cannot be a member"},
		{"group holds itself", "s8", 4, "08", "section 8 cannot be a member"},
	}
	good := sample().bytes()
	if _, err := Parse("a.o", good); err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := append([]byte(nil), good...)
			copy(data[fieldAt(t, data, tt.in, tt.at):], hex(tt.put))
			f, err := Parse("a.o", data)
			if err == nil || f != nil || !strings.HasPrefix(err.Error(), "a.o: ") || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

// fieldAt is the file offset of a field; a negative one counts from the end of
// a section's contents.
func fieldAt(t *testing.T, data []byte, in string, at int) int {
	t.Helper()
	if in == "ehdr" {
		return at
	}
	le := binary.LittleEndian
	hdr := int(le.Uint64(data[40:])) + int(in[1]-'0')*shdrSize
	if in[0] == 'h' {
		return hdr + at
	}
	if at < 0 {
		at += int(le.Uint64(data[hdr+32:]))
	}
	return int(le.Uint64(data[hdr+24:])) + at
}

// A member of two groups.
func TestGroupTwice(t *testing.T) {
	b := sample()
	b.section(".text.h", flagsText, zeros(4)).group = "g"
	data := b.bytes()
	// Sections: 5 .text.h, 6 .symtab, 7 .strtab, 8 .rela.text, 9 .group, then the second .group.
	le := binary.LittleEndian
	hdr := int(le.Uint64(data[40:])) + 10*shdrSize
	le.PutUint32(data[le.Uint64(data[hdr+24:])+4:], 3)
	if _, err := Parse("a.o", data); err == nil || !strings.Contains(err.Error(), "section 3 is a member of group 9 already") {
		t.Errorf("error %v", err)
	}
}

// realObjects are committed objects of every kind.
func realObjects(t testing.TB) []string {
	t.Helper()
	var out []string
	for _, pattern := range []string{"*/*.o", "programs/*/*.o"} {
		m, err := filepath.Glob(filepath.Join(guestDir, pattern))
		if err != nil || len(m) == 0 {
			t.Fatalf("no objects under %s: %v", guestDir, err)
		}
		out = append(out, m...)
	}
	return out
}

// Every prefix of a real object is refused with an error, or reads the same.
func TestTruncated(t *testing.T) {
	for _, path := range []string{
		"fentry/pair.o", "fentry/kernel.o", "patchable16_11/red.o", "mcount/fix_calls.o",
		"programs/O0/data.o", "programs/O2_pic/data.o", "programs/O2_nopic/arith.o",
	} {
		data, err := os.ReadFile(filepath.Join(guestDir, path))
		if err != nil {
			t.Fatal(err)
		}
		whole, err := Parse("a.o", data)
		if err != nil {
			t.Fatal(err)
		}
		for n := range data {
			f, err := Parse("a.o", data[:n:n])
			if err == nil && !reflect.DeepEqual(f, whole) {
				t.Errorf("%s cut to %d bytes is read as something else", path, n)
			}
			if err != nil && !strings.HasPrefix(err.Error(), "a.o: ") {
				t.Errorf("%s cut to %d bytes: the error %q does not name the file", path, n, err)
			}
		}
	}
}

// Parse and debug/elf agree on sections and symbols of real objects.
func TestAgainstDebugELF(t *testing.T) {
	for _, path := range realObjects(t) {
		f := parseFile(t, path)
		ref, err := elf.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer ref.Close()
		if len(ref.Sections) != len(f.Sections) {
			t.Fatalf("%s: %d sections, debug/elf has %d", path, len(f.Sections), len(ref.Sections))
		}
		for i, r := range ref.Sections {
			s := f.Sections[i]
			if s.Name != r.Name || s.Type != r.Type || s.Flags != r.Flags || s.Size != r.Size {
				t.Errorf("%s: section %d is %+v, debug/elf has %+v", path, i, s, r)
			}
		}
		syms, err := ref.Symbols()
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range syms {
			y := f.Symbols[i+1]
			name := y.Name
			if y.Type == elf.STT_SECTION {
				name = ""
			}
			if name != r.Name || y.Section != r.Section || y.Value != r.Value || y.Size != r.Size || byte(y.Bind)<<4|byte(y.Type) != r.Info {
				t.Errorf("%s: symbol %d is %+v, debug/elf has %+v", path, i+1, y, r)
			}
		}
	}
}

// A small file can name one long string many times; that must cost nothing.
func TestLongNames(t *testing.T) {
	b := new(builder)
	b.fn(strings.Repeat("x", maxName), "*ABS*", 1, 0)
	if _, err := b.file("a.o"); err != nil {
		t.Error(err)
	}
	b.fn(strings.Repeat("y", maxName+1), "*ABS*", 1, 0)
	if _, err := b.file("a.o"); err == nil || !strings.Contains(err.Error(), "has more than 4096 bytes") || len(err.Error()) > 200 {
		t.Errorf("error %v", err)
	}
}

func TestLTO(t *testing.T) {
	b := new(builder)
	b.symbol(ltoSlim, "*COM*", elf.STB_GLOBAL, elf.STT_OBJECT, 1, 1)
	if _, err := b.file("a.o"); err == nil || !strings.Contains(err.Error(), "compile without -flto") {
		t.Errorf("error %v", err)
	}
}
