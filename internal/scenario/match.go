package scenario

import (
	"bytes"
	"strings"
)

// seen is a line of what a command printed.
type seen struct {
	text  string
	alarm bool // a kernel WARN, BUG or oops: "..." does not cover it
}

// outputLines splits what a command printed. A missing final newline is
// supplied; CRLF reads as LF, as in scenario files.
func outputLines(out []byte, alarms []string) []seen {
	if len(out) == 0 {
		return nil
	}
	out = bytes.TrimSuffix(out, []byte("\n"))
	left := map[string]int{}
	for _, a := range alarms {
		left[a]++
	}
	var lines []seen
	for t := range strings.SplitSeq(string(out), "\n") {
		t = strings.TrimSuffix(t, "\r")
		lines = append(lines, seen{t, left[t] > 0})
		if left[t] > 0 {
			left[t]--
		}
	}
	return lines
}

// op is a step of an alignment of the expected lines with the printed ones.
type op struct {
	kind byte // '=' equal, '.' covered by "...", '-' only expected, '+' only printed
	want int  // index, valid for '=', '.', '-'
	got  int  // index, valid for '=', '+'; for '.' the first covered line
	n    int  // for '.': how many lines are covered
}

// maxAlign bounds the table of an alignment.
const maxAlign = 4 << 20

// matches reports whether the printed lines are as expected.
func matches(want []Want, got []seen) bool {
	for _, g := range got {
		if g.alarm {
			_, cost := align(want, got)
			return cost == 0
		}
	}
	i, star, mark := 0, -1, 0
	for j := 0; j < len(got); {
		switch {
		case i < len(want) && want[i].Any:
			star, mark = i, j
			i++
		case i < len(want) && want[i].Text == got[j].text:
			i++
			j++
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	for i < len(want) && want[i].Any {
		i++
	}
	return i == len(want)
}

// align finds the alignment with the fewest changed lines. A changed line is
// rather replaced than swallowed by a "..." beside it.
func align(want []Want, got []seen) ([]op, int) {
	head := 0
	for head < len(want) && head < len(got) && !want[head].Any && want[head].Text == got[head].text {
		head++
	}
	tail := 0
	for tail < len(want)-head && tail < len(got)-head && !want[len(want)-1-tail].Any && want[len(want)-1-tail].Text == got[len(got)-1-tail].text {
		tail++
	}
	var ops []op
	for k := range head {
		ops = append(ops, op{kind: '=', want: k, got: k})
	}
	mid, cost := alignMiddle(want[head:len(want)-tail], got[head:len(got)-tail])
	for _, o := range mid {
		o.want += head
		o.got += head
		ops = append(ops, o)
	}
	for k := range tail {
		ops = append(ops, op{kind: '=', want: len(want) - tail + k, got: len(got) - tail + k})
	}
	return ops, cost
}

func alignMiddle(want []Want, got []seen) ([]op, int) {
	if (len(want)+1)*(len(got)+1) > maxAlign {
		return replaceAll(want, got)
	}
	w := len(got) + 1
	cost := make([]int32, (len(want)+1)*w)
	for i := len(want); i >= 0; i-- {
		for j := len(got); j >= 0; j-- {
			cost[i*w+j] = cell(want, got, cost, i, j)
		}
	}
	var ops []op
	i, j := 0, 0
	for i < len(want) || j < len(got) {
		o := choose(want, got, cost, i, j)
		switch o.kind {
		case '=':
			i, j = i+1, j+1
		case '.':
			j += o.n
			i++
		case '-':
			i++
		case '+':
			j++
		case '~':
			ops = append(ops, op{kind: '-', want: i})
			o = op{kind: '+', got: j}
			i, j = i+1, j+1
		}
		ops = append(ops, o)
	}
	return ops, int(cost[0])
}

// cell is the cost of aligning want[i:] with got[j:].
func cell(want []Want, got []seen, cost []int32, i, j int) int32 {
	w := len(got) + 1
	at := func(i, j int) int32 { return cost[i*w+j] }
	switch {
	case i == len(want) && j == len(got):
		return 0
	case i == len(want):
		return 1 + at(i, j+1)
	case want[i].Any:
		best := at(i+1, j)
		if j < len(got) {
			step := at(i, j+1)
			if got[j].alarm {
				step++
			}
			best = min(best, step)
		}
		return best
	case j == len(got):
		return 1 + at(i+1, j)
	case want[i].Text == got[j].text:
		return at(i+1, j+1)
	}
	return 1 + min(at(i+1, j+1), at(i+1, j), at(i, j+1))
}

// choose gives the step that cell took.
func choose(want []Want, got []seen, cost []int32, i, j int) op {
	w := len(got) + 1
	at := func(i, j int) int32 { return cost[i*w+j] }
	switch {
	case i == len(want):
		return op{kind: '+', got: j}
	case want[i].Any:
		n := 0
		for at(i, j+n) != at(i+1, j+n) && !got[j+n].alarm {
			n++
		}
		if at(i, j+n) != at(i+1, j+n) {
			if n == 0 {
				return op{kind: '+', got: j} // an alarm, before the "..."
			}
			// The "..." ends before the alarm; the rest counts as new.
		}
		return op{kind: '.', want: i, got: j, n: n}
	case j == len(got):
		return op{kind: '-', want: i}
	case want[i].Text == got[j].text:
		return op{kind: '=', want: i, got: j}
	case at(i, j) == 1+at(i+1, j+1):
		return op{kind: '~'}
	case at(i, j) == 1+at(i+1, j):
		return op{kind: '-', want: i}
	}
	return op{kind: '+', got: j}
}

// replaceAll is the alignment of outputs too large to compare line by line.
func replaceAll(want []Want, got []seen) ([]op, int) {
	var ops []op
	for i := range want {
		ops = append(ops, op{kind: '-', want: i})
	}
	for j := range got {
		ops = append(ops, op{kind: '+', got: j})
	}
	return ops, max(1, len(want)+len(got))
}
