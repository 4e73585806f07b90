package shell

import (
	"fmt"
	"strings"
)

const sedUsage = `sed [-nEsi] [-e SCRIPT] [-f FILE] [SCRIPT] [FILE]...
Edit lines. Addresses: N, $, /RE/, FIRST,LAST, FIRST,+N, FIRST~STEP, each with !.
Commands: s/RE/NEW/[gpiN] y/ABC/xyz/ p P d D q Q = n N g G h H x a i c { } b t T :`

// maxSteps bounds the commands one sed or awk may execute.
const maxSteps = 20000000

// sedState is a running sed.
type sedState struct {
	c        *Ctx
	prog     []*sedCmd
	labels   map[string]int
	quiet    bool
	lines    []sedLine
	at       int // the next line
	lineNo   int
	pattern  string
	hold     string
	nl       bool // the current line ended with a newline
	appended []string
	out      strings.Builder
	quit     bool
	status   int
	subst    bool // for t
	steps    int
}

type sedLine struct {
	text string
	nl   bool
}

func runSed(c *Ctx) int {
	opts, args, st, ok := c.Getopt("nEre:f:si::uz", map[string]byte{"quiet": 'n', "silent": 'n', "regexp-extended": 'E', "expression": 'e',
		"file": 'f', "separate": 's', "in-place": 'i'})
	if !ok {
		return st
	}
	var quiet, extended, separate, inPlace, have bool
	var script []string
	for _, o := range opts {
		switch o.Flag {
		case 'n':
			quiet = true
		case 'E', 'r':
			extended = true
		case 's':
			separate = true
		case 'i':
			inPlace, separate = true, true
		case 'e':
			script, have = append(script, o.Arg), true
		case 'f':
			data, err := c.ReadFile(o.Arg)
			if err != nil {
				return c.Errorf("couldn't open file %s: %s", o.Arg, Reason(err))
			}
			script, have = append(script, strings.TrimSuffix(string(data), "\n")), true
		}
	}
	if !have {
		if len(args) == 0 {
			fmt.Fprintf(c.Stderr, "Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n")
			return 1
		}
		script, args = []string{args[0]}, args[1:]
	}
	p := &sedParser{src: strings.Join(script, "\n"), extended: extended}
	prog, labels, err := p.parse()
	if err != nil {
		return c.Errorf("-e expression #1, char %d: %v", p.pos, err)
	}
	s := &sedState{c: c, prog: prog, labels: labels, quiet: quiet}
	if len(args) == 0 {
		args = []string{"-"}
	}
	status := 0
	for _, a := range args {
		data, err := c.ReadFile(a)
		if err != nil {
			verb := "can't read %s: %s"
			if Reason(err) == "Is a directory" {
				verb = "couldn't edit %s: not a regular file"
				if !inPlace {
					verb = "read error on %s: %s"
				}
			}
			if strings.Count(verb, "%") == 1 {
				c.Errorf(verb, a)
			} else {
				c.Errorf(verb, a, Reason(err))
			}
			status = 2
			continue
		}
		if separate {
			s.lines, s.at = nil, 0
			if inPlace {
				s.lineNo = 0
			}
		}
		s.add(data)
		if separate {
			s.run()
			if err := s.flushTo(a, inPlace); err != nil {
				return c.Errorf("couldn't write %s: %s", a, Reason(err))
			}
		}
	}
	if !separate {
		s.run()
		s.flushTo("", false)
	}
	return max(status, s.status)
}

func (s *sedState) add(data []byte) {
	for len(data) > 0 {
		line, rest, nl := strings.Cut(string(data), "\n")
		s.lines = append(s.lines, sedLine{text: line, nl: nl})
		data = data[len(data)-len(rest):]
	}
}

func (s *sedState) flushTo(name string, inPlace bool) error {
	text := s.out.String()
	s.out.Reset()
	if inPlace {
		return s.c.FS().WriteFile(s.c.Abs(name), []byte(text), 0o644)
	}
	s.c.Out().WriteString(text)
	return nil
}

// next takes the next line into the pattern space.
func (s *sedState) next() bool {
	if s.at >= len(s.lines) {
		return false
	}
	s.pattern, s.nl = s.lines[s.at].text, s.lines[s.at].nl
	s.at++
	s.lineNo++
	return true
}

func (s *sedState) last() bool { return s.at >= len(s.lines) }

func (s *sedState) print(text string, nl bool) {
	s.out.WriteString(text)
	if nl {
		s.out.WriteByte('\n')
	}
	if s.out.Len() > s.c.sh.k.limits.Pipe {
		s.c.Fail(&LimitError{What: "bytes of output", Limit: s.c.sh.k.limits.Pipe, Flag: "max-pipe"})
	}
}

// endCycle prints what a cycle ends with.
func (s *sedState) endCycle(print bool) {
	if print && !s.quiet {
		s.print(s.pattern, s.nl || len(s.appended) > 0)
	}
	for _, a := range s.appended {
		s.print(a, true)
	}
	s.appended = nil
}

func (s *sedState) run() {
	again := false // D: a new cycle without a new line
	for !s.quit && !s.c.Stopped() {
		if !again && !s.next() {
			return
		}
		s.subst = false
		var print bool
		print, again = s.cycle()
		s.endCycle(print)
	}
}

// cycle runs the program once. It reports whether the pattern space is printed
// and whether the next cycle keeps it.
func (s *sedState) cycle() (print, again bool) {
	for pc := 0; pc < len(s.prog); {
		if s.steps++; s.steps > maxSteps {
			s.c.Fail(&LimitError{What: "steps of sed", Limit: maxSteps})
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
			if cmd.a2 == nil || !cmd.active {
				s.print(cmd.text, true)
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
	if s.last() {
		s.quit = true
		return true, false
	}
	if name == 'n' {
		s.endCycle(true)
		s.next()
		return false, true
	}
	before := s.pattern
	s.next()
	s.pattern = before + "\n" + s.pattern
	if len(s.pattern) > s.c.sh.k.limits.Pipe {
		s.c.Fail(&LimitError{What: "bytes in a line of sed", Limit: s.c.sh.k.limits.Pipe, Flag: "max-pipe"})
		return false, false
	}
	return false, true
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
		s.print(s.pattern, true)
	case 'P':
		line, _, _ := strings.Cut(s.pattern, "\n")
		s.print(line, true)
	case '=':
		s.print(itoa(s.lineNo), true)
	case 'g':
		s.pattern = s.hold
	case 'G':
		s.pattern += "\n" + s.hold
	case 'h':
		s.hold = s.pattern
	case 'H':
		s.hold += "\n" + s.pattern
	case 'x':
		s.pattern, s.hold = s.hold, s.pattern
	case 'a':
		s.appended = append(s.appended, cmd.text)
	case 'i':
		s.print(cmd.text, true)
	}
	if len(s.pattern)+len(s.hold) > s.c.sh.k.limits.Pipe {
		s.c.Fail(&LimitError{What: "bytes in a line of sed", Limit: s.c.sh.k.limits.Pipe, Flag: "max-pipe"})
	}
}

func (s *sedState) substitute(cmd *sedCmd) {
	locs := cmd.re.FindAllStringSubmatchIndex(s.pattern, -1)
	var b strings.Builder
	last, done := 0, false
	for i, l := range locs {
		if i+1 < cmd.num || cmd.num == 0 && !cmd.global && i > 0 || cmd.num > 0 && !cmd.global && i+1 > cmd.num {
			continue
		}
		done = true
		b.WriteString(s.pattern[last:l[0]])
		for _, part := range cmd.repl {
			if part.group < 0 {
				b.WriteString(part.text)
			} else if g := part.group * 2; g+1 < len(l) && l[g] >= 0 {
				b.WriteString(s.pattern[l[g]:l[g+1]])
			}
		}
		last = l[1]
		if b.Len() > s.c.sh.k.limits.Pipe {
			return // simple reports it
		}
	}
	if !done {
		return
	}
	b.WriteString(s.pattern[last:])
	s.pattern, s.subst = b.String(), true
	if cmd.print {
		s.print(s.pattern, true)
	}
}
