package btf_test

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/internal/btf"
	"klpemu/internal/layout"
)

// read gives a file that pahole made of the sources beside it.
func read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../layout/testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestSplit(t *testing.T) {
	if _, err := btf.Parse(read(t, "module.btf"), nil); !errors.Is(err, btf.ErrSplit) {
		t.Errorf("without its base: got %v, want ErrSplit", err)
	}
	base, err := btf.Parse(read(t, "base.btf"), nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := btf.Parse(read(t, "module.btf"), base)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Structs("in_base", "in_module")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]*layout.Struct{
		"in_base": {Name: "in_base", Size: 16, Members: []layout.Member{
			{Name: "first", Bit: 0, Bits: 64}, {Name: "second", Bit: 64, Bits: 32},
		}},
		"in_module": {Name: "in_module", Size: 32, Members: []layout.Member{
			{Name: "c", Bit: 0, Bits: 8}, {Name: "base", Bit: 64, Bits: 128}, {Name: "p", Bit: 192, Bits: 64},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// typ writes a struct btf_type.
func typ(name, info, size uint32, extra ...uint32) []byte {
	var b []byte
	for _, v := range append([]uint32{name, info, size}, extra...) {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

// file writes BTF of types and strings.
func file(strs string, types ...[]byte) []byte {
	var body []byte
	for _, t := range types {
		body = append(body, t...)
	}
	le := binary.LittleEndian
	b := []byte{0x9f, 0xeb, 1, 0}
	for _, v := range []int{24, 0, len(body), len(body), len(strs)} {
		b = le.AppendUint32(b, uint32(v))
	}
	return append(append(b, body...), strs...)
}

const (
	structOf = 4 << 24 // info of a struct without members
	arrayOf  = 3 << 24
	typedef  = 8 << 24
	intOf    = 1 << 24
)

func TestRefuses(t *testing.T) {
	const strs = "\x00s\x00m\x00"
	ok := file(strs, typ(1, structOf|1, 8, 3, 2, 0), typ(3, intOf, 8, 64))
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "BTF of 0 bytes is shorter than its header"},
		{"magic", append([]byte{0xeb, 0x9f}, ok[2:]...), "BTF begins with 0x9feb, want 0xeb9f"},
		{"version", append([]byte{0x9f, 0xeb, 2}, ok[3:]...), "BTF of version 2, want 1"},
		{"cut off", ok[:len(ok)-1], "BTF strings at offset 0x28 of 5 bytes reach beyond the 44 bytes behind the header"},
		{"no NUL", file("\x00s"), "BTF strings do not end in NUL"},
		{"half a type", file(strs, typ(1, structOf|2, 8, 3, 2, 0)), "BTF type 1 at offset 0x0 is cut off"},
		{"kind", file(strs, typ(1, 31<<24, 8)), "BTF type 1 at offset 0x0 is of unknown kind 31"},
		{"no such type", file(strs, typ(1, structOf|1, 8, 3, 7, 0)), "BTF of struct s: member m: BTF has no type 7"},
		{"typedef of itself", file(strs, typ(1, structOf|1, 8, 3, 2, 0), typ(3, typedef, 2)), "BTF of struct s: member m: type 2 is behind more than 64 others"},
		{"array of itself", file(strs, typ(1, structOf|1, 8, 3, 2, 0), typ(0, arrayOf, 0, 2, 2, 1)), "BTF of struct s: member m: arrays are nested more than 64 deep"},
		{"huge array", file(strs, typ(1, structOf|1, 8, 3, 2, 0), typ(0, arrayOf, 0, 3, 3, 1<<31), typ(3, intOf, 1<<20, 0)), "BTF of struct s: member m: array is too large"},
		{"struct in itself", file(strs, typ(1, structOf|1, 8, 0, 1, 0)), "BTF of struct s: anonymous members are nested too deeply"},
		{"many", file(strs, typ(1, structOf|2, 8, 0, 2, 0, 0, 2, 0), doubling(2, 40), typ(0, structOf, 8)), "BTF of struct s: has more than 65536 members"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, err := btf.Parse(test.data, nil)
			if err == nil {
				_, err = s.Structs("s")
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// doubling is n structures, each with the next one twice in it.
func doubling(first, n uint32) []byte {
	var b []byte
	for i := range n {
		b = append(b, typ(0, structOf|2, 8, 0, first+i+1, 0, 0, first+i+1, 0)...)
	}
	return b
}

// TestOldBitField has a bit field as BTF without the kind flag describes it.
func TestOldBitField(t *testing.T) {
	s, err := btf.Parse(file("\x00s\x00m\x00", typ(1, structOf|1, 8, 3, 2, 5), typ(3, intOf, 4, 3)), nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Structs("s")
	if err != nil {
		t.Fatal(err)
	}
	want := []layout.Member{{Name: "m", Bit: 5, Bits: 3}}
	if diff := cmp.Diff(want, got["s"].Members); diff != "" {
		t.Error(diff)
	}
}

func FuzzParse(f *testing.F) {
	base := read(f, "base.btf")
	f.Add(read(f, "structs.btf"), false)
	f.Add(base, false)
	f.Add(read(f, "module.btf"), true)
	f.Fuzz(func(t *testing.T, data []byte, split bool) {
		var on *btf.Spec
		if split {
			var err error
			if on, err = btf.Parse(base, nil); err != nil {
				t.Fatal(err)
			}
		}
		s, err := btf.Parse(data, on)
		if err != nil {
			return
		}
		if found, err := s.Structs("outer", "in_module"); err == nil && len(found) > 2 {
			t.Errorf("found %d structures of two", len(found))
		}
	})
}
