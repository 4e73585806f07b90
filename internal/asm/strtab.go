package asm

import (
	"sort"
	"strings"
)

// strtab builds an ELF string table the way BFD does: strings in order of
// first use, and one that ends another lives inside it.
type strtab struct {
	order []string
	index map[string]int
	off   map[string]uint32
}

func newStrtab() *strtab { return &strtab{index: map[string]int{}} }

func (t *strtab) add(s string) {
	if s == "" {
		return
	}
	if _, ok := t.index[s]; !ok {
		t.index[s] = len(t.order)
		t.order = append(t.order, s)
	}
}

// bytes lays the table out; offset works from then on.
func (t *strtab) bytes() []byte {
	host := t.hosts()
	t.off = make(map[string]uint32, len(t.order))
	out := []byte{0}
	for _, s := range t.order {
		if host[s] == "" {
			t.off[s] = uint32(len(out))
			out = append(append(out, s...), 0)
		}
	}
	for _, s := range t.order {
		if h := host[s]; h != "" {
			t.off[s] = t.off[h] + uint32(len(h)-len(s))
		}
	}
	return out
}

// hosts finds, for each string that ends another, the longest such.
func (t *strtab) hosts() map[string]string {
	reversed := make([]string, len(t.order))
	for i, s := range t.order {
		reversed[i] = reverse(s)
	}
	sort.Strings(reversed)
	host := map[string]string{}
	last := ""
	for i := len(reversed) - 1; i >= 0; i-- {
		if r := reversed[i]; last != "" && strings.HasPrefix(last, r) {
			host[reverse(r)] = reverse(last)
		} else {
			last = r
		}
	}
	return host
}

func reverse(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

func (t *strtab) offset(s string) uint32 { return t.off[s] }
