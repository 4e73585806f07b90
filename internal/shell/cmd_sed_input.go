package shell

import (
	"strings"
)

// sedLine is a line of input.
type sedLine struct {
	text string
	nl   bool // it ended with a newline
}

// sedOut is where lines are printed to. A last line without a newline gets one
// when another follows.
type sedOut struct {
	b       strings.Builder
	missing bool
}

// newSedState is a sed before it has read anything.
func newSedState(c *Ctx) *sedState {
	return &sedState{c: c, out: &sedOut{}, eol: '\n', wrap: 70, writes: map[string]*sedOut{}, reads: map[string][]sedLine{}}
}

// load reads a file, silently: its error is reported when its turn comes.
func (s *sedState) load(name string) ([]sedLine, error) {
	data, err := s.c.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return s.split(string(data)), nil
}

func (s *sedState) split(text string) []sedLine {
	var lines []sedLine
	for text != "" {
		line, rest, nl := strings.Cut(text, string(s.eol))
		lines = append(lines, sedLine{line, nl})
		text = rest
	}
	return lines
}

// nextFile goes to the next file of input; false when there is none.
func (s *sedState) nextFile() bool {
	s.closeFile()
	for len(s.files) > 0 && !s.c.Stopped() {
		name := s.files[0]
		s.files = s.files[1:]
		lines, err := s.ahead, error(nil)
		if s.aheadOf != name || lines == nil {
			lines, err = s.load(name)
		}
		s.ahead, s.aheadOf = nil, ""
		if err != nil {
			s.fileError(name, Reason(err))
			continue
		}
		s.lines, s.at, s.file, s.open = lines, 0, name, true
		if s.separate {
			s.lineNo = 0
			for _, c := range s.prog {
				c.active = c.fromZero()
			}
		}
		if len(lines) > 0 {
			return true
		}
		s.closeFile()
	}
	return false
}

func (s *sedState) fileError(name, reason string) {
	s.flush()
	switch {
	case reason != "Is a directory":
		s.c.Errorf("can't read %s: %s", name, reason)
		s.status = max(s.status, sedBadInput)
	case s.inPlace:
		s.c.Errorf("couldn't edit %s: not a regular file", name)
		s.status = sedPanic
	default:
		s.c.Errorf("read error on %s: %s", name, reason)
		s.status, s.quit, s.files = sedPanic, true, nil
	}
}

// closeFile ends a file: with -i it is written.
func (s *sedState) closeFile() {
	if s.open && s.inPlace {
		s.save()
	}
	s.open = false
	s.flush()
}

func (s *sedState) save() {
	abs := s.c.Abs(s.file)
	text := s.out.b.String()
	s.out.b.Reset()
	s.out.missing = false
	if s.suffix != "" {
		old, err := s.c.FS().ReadFile(abs)
		if err == nil {
			err = s.c.FS().WriteFile(s.c.Abs(backupName(s.file, s.suffix)), old, 0o644)
		}
		if err != nil {
			s.c.Errorf("cannot rename %s: %s", s.file, Reason(err))
			s.status = sedPanic
			return
		}
	}
	if err := s.c.FS().WriteFile(abs, []byte(text), 0o644); err != nil {
		s.c.Errorf("couldn't open file %s: %s", s.file, Reason(err))
		s.status = sedPanic
	}
}

// backupName is the name of a backup: each * of the suffix is the file's name.
func backupName(name, suffix string) string {
	dir, base := "", name
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		dir, base = name[:i+1], name[i+1:]
	}
	if !strings.Contains(suffix, "*") {
		return dir + base + suffix
	}
	backup := strings.ReplaceAll(suffix, "*", base)
	if strings.Contains(backup, "/") {
		return backup
	}
	return dir + backup
}

// flush hands on what has been printed, but for -i.
func (s *sedState) flush() {
	if s.inPlace && s.open {
		return
	}
	s.c.Out().WriteString(s.out.b.String())
	s.out.b.Reset()
}

// next takes the next line into the pattern space.
func (s *sedState) next() bool {
	s.dumpAppended()
	if s.at >= len(s.lines) && !s.nextFile() {
		return false
	}
	s.pattern, s.nl = s.lines[s.at].text, s.lines[s.at].nl
	s.at++
	s.lineNo++
	s.subst = false
	return true
}

// last reports whether the current line is the last one: of its file with -s.
func (s *sedState) last() bool {
	if s.at < len(s.lines) {
		return false
	}
	if s.separate {
		return true
	}
	for len(s.files) > 0 {
		if s.aheadOf == s.files[0] && s.ahead != nil {
			return false
		}
		lines, err := s.load(s.files[0])
		if err != nil {
			s.fileError(s.files[0], Reason(err))
		}
		if len(lines) > 0 {
			s.ahead, s.aheadOf = lines, s.files[0]
			return false
		}
		s.files = s.files[1:]
	}
	return true
}

// noMore reports whether there is no line to read, in any file.
func (s *sedState) noMore() bool {
	if !s.separate {
		return s.last()
	}
	return s.at >= len(s.lines) && len(s.files) == 0
}

// emit prints a line.
func (s *sedState) emit(o *sedOut, text string, nl bool) {
	if o.missing {
		o.b.WriteByte(s.eol)
		o.missing = false
	}
	o.b.WriteString(text)
	if nl {
		o.b.WriteByte(s.eol)
	} else {
		o.missing = true
	}
	if o.b.Len() > s.c.sh.k.limits.Pipe {
		s.c.Fail(&LimitError{What: "bytes of output", Limit: s.c.sh.k.limits.Pipe, Flag: "max-pipe"})
	}
}

func (s *sedState) print(text string, nl bool) { s.emit(s.out, text, nl) }

// raw prints text as it is.
func (s *sedState) raw(text string) {
	if text == "" {
		return
	}
	s.emit(s.out, text, false)
	s.out.missing = false
}

// dumpAppended prints what a, r and R have queued.
func (s *sedState) dumpAppended() {
	for _, a := range s.appended {
		switch {
		case a.file == "":
			s.raw(a.text)
		case a.line:
			lines, ok := s.reads[a.file]
			if !ok {
				lines, _ = s.load(a.file) // a file that is not there is empty
			}
			if len(lines) > 0 {
				s.print(lines[0].text, true)
				lines = lines[1:]
			}
			s.reads[a.file] = lines
		default:
			if data, err := s.c.ReadFile(a.file); err == nil {
				s.raw(string(data))
			}
		}
	}
	s.appended = nil
}

// writeFile is the output of a w command.
func (s *sedState) writeFile(name, text string, nl bool) {
	switch name {
	case "/dev/stdout":
		s.print(text, nl)
	case "/dev/stderr":
		s.c.Stderr.Write([]byte(text + string(s.eol)))
	default:
		s.emit(s.writes[name], text, nl)
	}
}

// saveWrites writes the files of w commands.
func (s *sedState) saveWrites() {
	for _, name := range s.writeNames {
		if err := s.c.FS().WriteFile(s.c.Abs(name), []byte(s.writes[name].b.String()), 0o644); err != nil {
			s.c.Errorf("couldn't open file %s: %s", name, Reason(err))
			s.status = sedPanic
		}
	}
}
