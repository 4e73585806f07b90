package cpu

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every row can be found: some encoding of it decodes to it.
func TestEveryFormDecodes(t *testing.T) {
	g := newCaseGen(1)
	for v := range optab {
		for m := range optab[v] {
			for op, forms := range optab[v][m] {
				for _, f := range forms {
					if f.modrm != forms[0].modrm {
						t.Errorf("map %d opcode %02x: %s and %s differ in having ModRM", m, op, f.key(), forms[0].key())
					}
					if f.opcode == uint8(op) && f.exec != nil && !reachable(g, f) {
						t.Errorf("%s: no encoding decodes to this row", f.key())
					}
				}
			}
		}
	}
}

func reachable(g *caseGen, f *Form) bool {
	for range 400 {
		if in, err := Decode(g.encode(f)); err == nil && in.Form == f {
			return true
		}
	}
	return false
}

// The specialised forms belong to mnemonics of the table, and each has a leaf.
func TestHotTables(t *testing.T) {
	names := map[string]bool{}
	for _, f := range Forms() {
		names[f.Name] = true
	}
	for name := range hotPickers {
		if !names[name] {
			t.Errorf("%q is specialised, but not in the table", name)
		}
	}
	for code, leaf := range leaves {
		if leaf == nil {
			t.Errorf("code %d has no function", code)
		}
	}
}

// A prefix of an instruction is cut off, never something else.
func TestTruncation(t *testing.T) {
	g := newCaseGen(2)
	for _, f := range nativeForms() {
		for range 20 {
			code := g.encode(f)
			in, err := Decode(code)
			if err != nil {
				continue
			}
			for n := range int(in.Len) {
				if short, err := Decode(code[:n]); err != ErrTruncated {
					t.Errorf("% x: the first %d bytes give %v, length %d", code[:in.Len], n, err, short.Len)
				}
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	g := newCaseGen(3)
	for i, form := range nativeForms() {
		if i%8 == 0 {
			f.Add(g.encode(form))
		}
	}
	f.Fuzz(func(t *testing.T, code []byte) {
		in, err := Decode(code)
		if in.Len > MaxLen || int(in.Len) > len(code) {
			t.Fatalf("% x: length %d", code, in.Len)
		}
		if err != nil {
			return
		}
		again, err := Decode(code[:in.Len])
		if err != nil || again != in {
			t.Fatalf("% x: decodes differently alone: %v", code, err)
		}
		if in.Mnemonic() == "" || in.Len == 0 {
			t.Fatalf("% x: nameless or empty", code)
		}
	})
}

// FuzzExecute runs arbitrary bytes three ways: none panics, all agree.
func FuzzExecute(f *testing.F) {
	g := newCaseGen(4)
	for _, form := range nativeForms() {
		f.Add(uint64(1), append(g.encode(form), g.encode(form)...))
	}
	f.Fuzz(func(t *testing.T, seed uint64, code []byte) {
		checkThreeWays(t, seed, code[:min(len(code), 256)])
	})
}

// TestRandomSequences runs sequences of valid instructions three ways.
func TestRandomSequences(t *testing.T) {
	g := newCaseGen(5)
	forms := nativeForms()
	for range 1500 {
		var code []byte
		for range 12 {
			b := g.encode(forms[g.IntN(len(forms))])
			if in, err := Decode(b); err == nil {
				code = append(code, b[:in.Len]...)
			}
		}
		checkThreeWays(t, g.Uint64(), code)
	}
}

// checkThreeWays executes code by Step, by Run and by executors alone, and
// compares where that ends.
func checkThreeWays(t *testing.T, seed uint64, code []byte) {
	t.Helper()
	type outcome struct {
		State State
		Count uint64
		Fault string
	}
	run := func(how int) outcome {
		c := newTest(t, code...)
		c.view.plain = how == 2
		g := newCaseGen(seed)
		for r := range 16 {
			c.r[r] = g.value()
		}
		c.r[RSP], c.r[RBX], c.r[RSI], c.r[RDI] = stackTop-512, dataBase+64, dataBase+256, dataBase+4090
		const limit = 300
		for c.Retired() < limit {
			n := uint64(1)
			if how == 1 {
				n = limit - c.Retired()
			}
			step := func() Stop { return c.Run(n) }
			if how == 0 {
				step = c.Step
			}
			if s := step(); s.Kind == StopFault {
				return outcome{c.State(), c.Retired(), s.Fault.Error()}
			}
		}
		return outcome{c.State(), c.Retired(), ""}
	}
	want := run(2)
	for how := range 2 {
		if diff := cmp.Diff(want, run(how)); diff != "" {
			t.Fatalf("% x: way %d differs:\n%s", code, how, diff)
		}
	}
}
