package machine

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/livepatch"
)

func TestParseKlp(t *testing.T) {
	got, err := ParseKlp("fix.klp", []byte(`
# a comment
livepatch fix-it          # dashes become underscores
replace
code a.s
object vmlinux
	func read_pair fixed_read_pair
	func helper fixed_helper 2
	pre_patch cb_pre
object e1000
  func e1000_xmit fixed_xmit
extern hidden e1000
extern other vmlinux 3
state 7 1
code b.o
`))
	if err != nil {
		t.Fatal(err)
	}
	want := &PatchSpec{
		Name:    "fix_it",
		Replace: true,
		Objects: []ObjectSpec{
			{Funcs: []FuncSpec{{"read_pair", "fixed_read_pair", 0, 7}, {"helper", "fixed_helper", 2, 8}},
				Callbacks: map[string]string{"pre_patch": "cb_pre"}, Line: 6},
			{Name: "e1000", Funcs: []FuncSpec{{"e1000_xmit", "fixed_xmit", 0, 11}}, Line: 10},
		},
		Externs: []Extern{{"hidden", "e1000", 0, 12}, {"other", "", 3, 13}},
		States:  []livepatch.State{{ID: 7, Version: 1}},
		Code:    []CodeRef{{"a.s", 5}, {"b.o", 15}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("spec (-want +got):\n%s", diff)
	}
}

func TestParseKlpErrors(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"empty", "", "no `livepatch NAME` line"},
		{"no name", "object vmlinux\n", "x.klp:1: object comes before `livepatch NAME`"},
		{"two names", "livepatch a\nlivepatch b\n", "x.klp:2: a second livepatch line"},
		{"unknown", "livepatch a\nfrob x\n", `x.klp:2: unknown statement "frob"`},
		{"too few", "livepatch a\nobject vmlinux\nfunc f\n", "x.klp:3: func takes"},
		{"too many", "livepatch a b\n", "x.klp:1: livepatch takes"},
		{"func outside", "livepatch a\nfunc f g\n", "x.klp:2: func stands outside of an object"},
		{"callback outside", "livepatch a\npre_patch f\n", "x.klp:2: pre_patch stands outside"},
		{"callback twice", "livepatch a\nobject vmlinux\npre_patch f\npre_patch g\n", "x.klp:4: a second pre_patch"},
		{"sympos", "livepatch a\nobject vmlinux\nfunc f g x\n", `x.klp:3: symbol position "x"`},
		{"state id", "livepatch a\nstate 0 1\n", `x.klp:2: state id "0"`},
		{"state version", "livepatch a\nstate 1 4294967296\n", "x.klp:2: state version"},
		{"long name", "livepatch " + strings.Repeat("a", 56) + "\n", "x.klp:1: module name"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParseKlp("x.klp", []byte(tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want a part: %s", err, tt.want)
			}
		})
	}
}

func FuzzParseKlp(f *testing.F) {
	f.Add([]byte("livepatch fix\nobject vmlinux\n func a b 1\n pre_patch c\nextern x y 2\nstate 1 2\ncode f.o\nreplace\n"))
	f.Add([]byte("livepatch \x00\n#\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		spec, err := ParseKlp("x.klp", data)
		if (spec == nil) == (err == nil) {
			t.Errorf("spec %v, error %v: want one of them", spec, err)
		}
		if err != nil && !strings.HasPrefix(err.Error(), "x.klp") {
			t.Errorf("error without a place: %v", err)
		}
	})
}
