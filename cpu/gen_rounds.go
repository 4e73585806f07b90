//go:build ignore

package main

import (
	"fmt"
	"strings"
)

// roundsFile writes a function for two, three and four CPUs each: a call of its
// own for each CPU, because from a common one the host could not predict the targets.
func roundsFile() string {
	var b strings.Builder
	b.WriteString(header)
	for n := 2; n <= 4; n++ {
		each := func(text, sep string) string {
			var all []string
			for i := range n {
				all = append(all, strings.ReplaceAll(text, "#", fmt.Sprint(i)))
			}
			return strings.Join(all, sep)
		}
		fmt.Fprintf(&b, "// rounds%d is rounds for %d CPUs.\nfunc rounds%d(cpus []*VCPU, at []*op, n uint64) (done uint64, ok bool) {\n", n, n, n)
		fmt.Fprintf(&b, "%s := %s\n%s := %s\n", each("c#", ", "), each("cpus[#]", ", "), each("o#", ", "), each("at[#]", ", "))
		fmt.Fprintf(&b, "%s := %s\nvar %s leafFunc\nleft, turn := n, 0\nround:\nfor ; left != 0; left-- {\n", each("b#", ", "), each("o#", ", "), each("f#", ", "))
		fmt.Fprintf(&b, "%s = %s\n", each("b#", ", "), each("o#", ", "))
		b.WriteString(each("if o#.pair != 0 {\nf# = pairs[o#.pair]\n} else if o := o#.leaf(c#, o#); o != nil {\no#, f# = o, o.leaf\n} else {\nturn = #\nbreak round\n}\n", ""))
		b.WriteString(each(fmt.Sprintf("if o := f#(c#, o#); o != nil {\no# = o\n} else {\nturn = %d + #\nbreak round\n}\n", n), ""))
		fmt.Fprintf(&b, "}\n%s = %s\nfrom := [...]*op{%s}\n", each("at[#]", ", "), each("o#", ", "), each("b#", ", "))
		b.WriteString("return finish(cpus, at, from[:], n-left, turn), left == 0\n}\n\n")
	}
	return b.String()
}
