package ftrace

import "testing"

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"read", "read", true}, {"read", "reader", false},
		{"read*", "reader", true}, {"read*", "aread", false},
		{"*read", "aread", true}, {"*read", "reader", false},
		{"*read*", "areader", true}, {"*", "anything", true},
		{"r*d", "read", true}, {"r*d", "reader", false}, {"r*d*", "reader", true},
		{"r?ad", "read", true}, {"r?ad", "rad", false},
		{"r[de]ad", "read", true}, {"r[!de]ad", "read", false}, {"r[!a]ad", "read", true},
		{"r[a-e]ad", "read", true}, {"r[]e]ad", "read", true}, {"r[ead", "r[ead", true}, {"r[ead", "read", false},
		{`r\*d`, "r*d", true}, {`r\*d`, "read", false}, {`*a\`, `a\`, true},
		{"a*b*c", "aXbXbc", true}, {"a*b*c", "aXbXb", false}, {"?", "", false},
		{"3", "3", false},
	} {
		g, not := ParseGlob(c.pattern)
		if got := g.Match(c.name); got != c.want || not {
			t.Errorf("%q matches %q: %v (inverted %v), want %v", c.pattern, c.name, got, not, c.want)
		}
		if g, not := ParseGlob("!" + c.pattern); g.Match(c.name) != c.want || !not {
			t.Errorf("!%q is not the inverse of %q", c.pattern, c.pattern)
		}
	}
}

func FuzzGlob(f *testing.F) {
	f.Add("a*[!b-c]?\\", "axyz")
	f.Add("*[", "[")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		if len(pattern) > 64 || len(name) > 256 {
			return
		}
		g, _ := ParseGlob(pattern)
		g.Match(name) // it ends
	})
}
