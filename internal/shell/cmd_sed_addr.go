package shell

// sedAddr is an address: a line, the last line, an expression, or a step.
type sedAddr struct {
	line     int
	number   bool // line alone
	step     int  // FIRST~STEP, or the count of +N and ~N
	plus     bool // +N
	multiple bool // ~N
	last     bool
	re       *regex
	empty    bool // //: the expression used last
}

// sedCmd is a command of sed.
type sedCmd struct {
	a1, a2 *sedAddr
	not    bool
	active bool // inside a range
	until  int  // the line a range ends at, when that is known
	name   byte
	text   string // of a, i, c; a label; a file
	num    int    // exit status of q, width of l; which match of s
	end    int    // index of the } of a {
	re     *regex
	repl   []sedRepl
	global bool
	print  bool
	table  map[rune]rune
}

// fromZero reports a range 0,/RE/, which is active before the first line.
func (c *sedCmd) fromZero() bool { return c.a1 != nil && c.a1.number && c.a1.line == 0 && c.a2 != nil }

// selects reports whether the addresses select the current line.
func (c *sedCmd) selects(s *sedState) bool {
	if c.a1 == nil {
		return true
	}
	if c.a2 == nil {
		return c.a1.match(s)
	}
	if c.active {
		switch {
		case c.until > 0:
			if s.lineNo >= c.until {
				c.active = false
			}
			if s.lineNo <= c.until {
				return true
			}
			return c.begins(s)
		case c.a2.match(s):
			c.active = false
		}
		return true
	}
	return c.begins(s)
}

// begins starts a range at the current line, if its first address is here.
func (c *sedCmd) begins(s *sedState) bool {
	if !c.a1.match(s) {
		return false
	}
	c.until = 0
	switch {
	case c.a2.plus:
		c.until = s.lineNo + c.a2.step
	case c.a2.multiple && c.a2.step > 0:
		c.until = (s.lineNo + c.a2.step - 1) / c.a2.step * c.a2.step
	case c.a2.multiple:
		c.until = s.lineNo
	case c.a2.number:
		c.until = max(c.a2.line, 1)
	}
	c.active = (c.until == 0 || c.until > s.lineNo) && !(c.a2.last && s.last())
	return true
}

func (a *sedAddr) match(s *sedState) bool {
	switch {
	case a.last:
		return s.last()
	case a.re != nil || a.empty:
		re := s.regexp(a.re)
		return re != nil && re.MatchString(s.pattern)
	case a.step > 0:
		return s.lineNo >= a.line && (s.lineNo-a.line)%a.step == 0
	}
	return s.lineNo == a.line
}
