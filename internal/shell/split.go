package shell

import "strings"

// splitter collects the fields of a word.
type splitter struct {
	ifs   string
	out   [][]piece
	cur   []piece
	have  bool // the current field exists, even when it is empty
	space bool // white space of IFS was just passed
}

// splitFields splits what expansions gave at the characters of ifs: runs of its
// white space separate once, every other character separates by itself.
func splitFields(ps []piece, ifs string) [][]piece {
	sp := &splitter{ifs: ifs}
	for _, p := range ps {
		switch {
		case p.split:
			sp.split(p.val)
		case p.list && p.val == "" && !p.end && !p.quoted:
		default:
			sp.add(p)
		}
		if p.end {
			sp.flush()
		}
	}
	sp.flush()
	return sp.out
}

func (sp *splitter) add(p piece) {
	sp.space = false
	sp.cur = append(sp.cur, p)
	if p.quoted || p.val != "" {
		sp.have = true
	}
}

func (sp *splitter) flush() {
	if sp.have {
		sp.out = append(sp.out, sp.cur)
	}
	sp.cur, sp.have = nil, false
}

func (sp *splitter) split(v string) {
	start := 0
	for i := 0; i < len(v); i++ {
		if strings.IndexByte(sp.ifs, v[i]) < 0 {
			continue
		}
		if i > start {
			sp.add(piece{val: v[start:i]})
		}
		start = i + 1
		if isSpace(v[i]) {
			if sp.have {
				sp.flush()
				sp.space = true
			}
			continue
		}
		// After white space that ended a field, this character belongs to
		// the same separator.
		if !sp.space {
			sp.have = true
			sp.flush()
		}
		sp.space = false
	}
	if start < len(v) {
		sp.add(piece{val: v[start:]})
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' }
