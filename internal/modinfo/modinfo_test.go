package modinfo

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// section has what kmod 30 was asked about; the expected texts are its own.
const section = "license=GPL\x00\x00\x00\x00novalue\x00a_very_long_key_indeed=1\x00exactly15chars_=1\x00" +
	"parm=nocolon\x00parm=x:desc x\x00parmtype=y:int\x00parmtype=x:int\x00parm=z:only desc\x00parm=x:desc again\x00" +
	"=emptykey\x00last=notterm"

func TestPrint(t *testing.T) {
	tests := []struct {
		name string
		o    Options
		want string
	}{
		{"all", Options{}, `filename:       /a/x.ko
license:        GPL
novalue:        
a_very_long_key_indeed:       1
exactly15chars_:1
:               emptykey
last:           notterm
parm:           z:only desc
parm:           y:int
parm:           x:desc again (int)
`},
		{"field", Options{Field: "license"}, "GPL\n"},
		{"field without value", Options{Field: "novalue"}, "\n"},
		{"no such field", Options{Field: "LICENSE"}, ""},
		{"filename", Options{Field: "filename"}, "/a/x.ko\n"},
		{"parameters", Options{Field: "parm"}, "z:only desc\ny: (int)\nx:desc again (int)\n"},
		{"types", Options{Field: "parmtype"}, "y:int\nx:int\n"},
		{"NUL", Options{Null: true}, "filename:       /a/x.ko\x00license=GPL\x00novalue=\x00a_very_long_key_indeed=1\x00" +
			"exactly15chars_=1\x00=emptykey\x00last=notterm\x00parm:           z:only desc\x00parm:           y:int\x00" +
			"parm:           x:desc again (int)\x00"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var b strings.Builder
			Print(&b, "/a/x.ko", Strings([]byte(section)), test.o, func(line string) {
				if line != `Found invalid "parm=nocolon": missing ':'` {
					t.Errorf("warned: %s", line)
				}
			})
			if diff := cmp.Diff(test.want, b.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// signed appends a signature to a module's file as scripts/sign-file does.
func signed(module, der []byte) []byte {
	file := append(append([]byte(nil), module...), der...)
	file = append(file, 0, 0, idPKCS7, 0, 0, 0, 0, 0)
	file = binary.BigEndian.AppendUint32(file, uint32(len(der)))
	return append(file, signatureMarker...)
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestSignature reads what `openssl cms -sign -binary -noattr -nocerts` makes.
func TestSignature(t *testing.T) {
	s, ok := FindSignature(signed([]byte("module"), read(t, "pkcs7.der")))
	if !ok {
		t.Fatal("found no signature")
	}
	got := s.Fields()
	got[4].Value, _, _ = strings.Cut(got[4].Value, "\n")
	want := []Field{
		{"sig_id", "PKCS#7"},
		{"signer", "Example module key"},
		{"sig_key", "F1:E2:D3:C4:B5:A6:97:88"},
		{"sig_hashalgo", "sha512"},
		{"signature", "47:4F:34:38:12:8A:E7:EA:6D:16:68:54:53:6D:F7:83:E2:ED:8B:12:"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if lines := strings.Count(hexText(s.Data), "\n\t\t"); len(s.Data) != 256 || lines != 12 {
		t.Errorf("the signature has %d bytes on %d more lines, want 256 on 12", len(s.Data), lines)
	}
}

// TestNoSignature has what kmod tells nothing of.
func TestNoSignature(t *testing.T) {
	file := signed([]byte("module"), read(t, "pkcs7.der"))
	at := len(file) - len(signatureMarker) - signatureInfo
	with := func(i int, v byte) []byte {
		f := append([]byte(nil), file...)
		f[i] = v
		return f
	}
	tests := map[string][]byte{
		"empty":           nil,
		"unsigned":        []byte("module"),
		"only the marker": []byte(signatureMarker),
		"cut off":         file[:len(file)-1],
		"a PGP key":       with(at+2, 0),
		"too large":       with(at+8, 1),
		"no DER":          with(6, 0),
		"names a key id":  signed([]byte("module"), read(t, "keyid.der")),
	}
	for name, f := range tests {
		if s, ok := FindSignature(f); ok {
			t.Errorf("%s: got %v", name, s)
		}
	}
}

func FuzzSignature(f *testing.F) {
	f.Add(read(f, "pkcs7.der"))
	f.Add(read(f, "keyid.der"))
	f.Fuzz(func(t *testing.T, der []byte) {
		if s, ok := FindSignature(signed(nil, der)); ok {
			s.Fields()
		}
		FindSignature(der)
	})
}
