package shell

import (
	"fmt"
	"strings"
)

// sedState is a running sed.
type sedState struct {
	c        *Ctx
	prog     []*sedCmd
	labels   map[string]int
	quiet    bool
	separate bool
	inPlace  bool
	suffix   string
	eol      byte
	wrap     int // of l

	files   []string // to come
	file    string
	open    bool
	ahead   []sedLine // of the file aheadOf, which is the next one
	aheadOf string
	lines   []sedLine
	at      int // the next line
	lineNo  int

	pattern    string
	hold       string
	nl         bool // the current line ended with a newline
	lastRE     *regex
	appended   []sedAppend
	out        *sedOut
	writes     map[string]*sedOut
	writeNames []string
	reads      map[string][]sedLine // what R has left of its files
	quit       bool
	status     int
	subst      bool // for t
	steps      int
}

// sedAppend is what is printed when a cycle ends: text, a file or a line of it.
type sedAppend struct {
	text string
	file string
	line bool
}

// main runs the program over all files.
func (s *sedState) main() int {
	for _, c := range s.prog {
		if c.name == 'r' && c.a2 == nil && c.a1 != nil && c.a1.number && c.a1.line == 0 {
			s.appended = append(s.appended, sedAppend{file: c.text})
		}
	}
	again := false // D: a new cycle without a new line
	for !s.quit && !s.c.Stopped() {
		if !again && !s.next() {
			break
		}
		var print bool
		print, again = s.cycle()
		if print && !s.quiet {
			s.print(s.pattern, s.nl)
		}
		s.dumpAppended()
	}
	s.closeFile()
	s.flush()
	s.saveWrites()
	return s.status
}

// cycle runs the program once. It reports whether the pattern space is printed
// and whether the next cycle keeps it.
func (s *sedState) cycle() (print, again bool) {
	for pc := 0; pc < len(s.prog); {
		if s.steps++; s.steps > maxSteps {
			s.c.Fail(&LimitError{What: "steps of sed", Limit: maxSteps})
			return false, false
		}
		if s.c.Stopped() {
			return false, false
		}
		cmd := s.prog[pc]
		if cmd.selects(s) == cmd.not {
			if cmd.name == '{' {
				pc = cmd.end
			}
			pc++
			continue
		}
		switch cmd.name {
		case 'd':
			return false, false
		case 'D':
			_, rest, ok := strings.Cut(s.pattern, "\n")
			if !ok {
				return false, false
			}
			s.pattern = rest
			return false, true
		case 'b', 't', 'T':
			jump := cmd.name == 'b' || s.subst == (cmd.name == 't')
			if cmd.name != 'b' {
				s.subst = false
			}
			if jump {
				if cmd.text == "" {
					return true, false
				}
				pc = s.labels[cmd.text]
				continue
			}
		case 'q', 'Q':
			s.quit, s.status = true, cmd.num
			return cmd.name == 'q', false
		case 'n', 'N':
			if print, ok := s.nextLine(cmd.name); !ok {
				return print, false
			}
		case 'c':
			if cmd.a2 == nil || !cmd.active || cmd.not {
				s.raw(cmd.text)
			}
			return false, false
		default:
			s.simple(cmd)
		}
		pc++
	}
	return true, false
}

// nextLine is n and N; without another line both end sed, printing.
func (s *sedState) nextLine(name byte) (print, ok bool) {
	if s.noMore() {
		s.quit = true
		return true, false
	}
	before, subst := s.pattern, s.subst
	if name == 'n' && !s.quiet {
		s.print(s.pattern, s.nl)
	}
	if !s.next() {
		s.quit = true
		return name == 'N', false
	}
	s.subst = subst
	if name == 'N' {
		s.pattern = before + string(s.eol) + s.pattern
	}
	return false, s.checkSize()
}

// checkSize holds the spaces to the limit.
func (s *sedState) checkSize() bool {
	if len(s.pattern)+len(s.hold) <= s.c.sh.k.limits.Pipe {
		return true
	}
	s.c.Fail(&LimitError{What: "bytes in a line of sed", Limit: s.c.sh.k.limits.Pipe, Flag: "max-pipe"})
	return false
}

// simple runs a command that does not change the flow.
func (s *sedState) simple(cmd *sedCmd) {
	switch cmd.name {
	case 's':
		s.substitute(cmd)
	case 'y':
		s.pattern = strings.Map(func(r rune) rune {
			if to, ok := cmd.table[r]; ok {
				return to
			}
			return r
		}, s.pattern)
	case 'p':
		s.print(s.pattern, s.nl)
	case 'P':
		line, _, cut := strings.Cut(s.pattern, string(s.eol))
		s.print(line, cut || s.nl)
	case 'l':
		s.list(cmd.num)
	case '=':
		s.raw(itoa(s.lineNo) + "\n")
	case 'F':
		s.raw(s.file + "\n")
	case 'g':
		s.pattern = s.hold
	case 'G':
		s.pattern += string(s.eol) + s.hold
	case 'h':
		s.hold = s.pattern
	case 'H':
		s.hold += string(s.eol) + s.pattern
	case 'x':
		s.pattern, s.hold = s.hold, s.pattern
	case 'z':
		s.pattern = ""
	case 'a':
		s.appended = append(s.appended, sedAppend{text: cmd.text})
	case 'i':
		s.raw(cmd.text)
	case 'r', 'R':
		s.appended = append(s.appended, sedAppend{file: cmd.text, line: cmd.name == 'R'})
	case 'w':
		s.writeFile(cmd.text, s.pattern, s.nl)
	case 'W':
		line, _, _ := strings.Cut(s.pattern, string(s.eol))
		s.writeFile(cmd.text, line, true)
	}
	s.checkSize()
}

// list is l: the pattern space with escapes, broken before column n.
func (s *sedState) list(n int) {
	if n < 0 {
		n = s.wrap
	}
	var b strings.Builder
	width := 0
	for i := range len(s.pattern) {
		text := listByte(s.pattern[i])
		if n > 0 && width+len(text) > n-1 {
			b.WriteString("\\\n")
			width = 0
		}
		b.WriteString(text)
		width += len(text)
	}
	s.raw(b.String() + "$\n")
}

func listByte(c byte) string {
	if i := strings.IndexByte("\\\a\b\f\n\r\t\v", c); i >= 0 {
		return `\` + `\abfnrtv`[i:i+1]
	}
	if c < ' ' || c >= 0x7f {
		return fmt.Sprintf(`\%03o`, c)
	}
	return string(c)
}

// regexp is the expression, or for an empty one the one used last.
func (s *sedState) regexp(re *regex) *regex {
	if re != nil {
		s.lastRE = re
	} else if s.lastRE == nil {
		s.c.Errorf("no previous regular expression")
		s.quit, s.status = true, 1
	}
	return s.lastRE
}
