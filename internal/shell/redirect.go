package shell

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"klpemu/internal/errno"
	"klpemu/internal/vfs"

	"mvdan.cc/sh/v3/syntax"
)

// redirect applies redirections from left to right to this shell's
// descriptors. On an error it reports, sets the status and gives false; the
// caller restores the table.
func (s *Shell) redirect(rs []*syntax.Redirect) bool {
	for _, r := range rs {
		if err := s.redirectOne(r); err != nil {
			if err != errStop {
				s.errorf("%v", err)
			}
			s.status = 1
			return false
		}
	}
	return true
}

// restore puts a saved table back and reports errors of closing: the kernel
// answers some writes only then.
func (s *Shell) restore(saved *fdTable) {
	now := s.fds
	s.fds = saved
	if err := now.closeAll(); err != nil {
		s.errorf("%v", err)
		if s.status == 0 {
			s.status = 1
		}
	}
}

// pathError is an error about a word: `sh: /x: No such file or directory`.
func pathError(what string, err error) error {
	return errors.New(what + ": " + err.Error())
}

func (s *Shell) redirectOne(r *syntax.Redirect) error {
	n, err := s.redirFD(r)
	if err != nil {
		return err
	}
	switch r.Op {
	case syntax.Hdoc, syntax.DashHdoc:
		body, err := s.hereDoc(r)
		if err != nil {
			return err
		}
		return s.setReader(n, body)
	case syntax.WordHdoc:
		body, err := s.word(r.Word)
		if err != nil {
			return err
		}
		return s.setReader(n, body+"\n")
	case syntax.DplIn, syntax.DplOut:
		return s.redirDup(r, n)
	}
	name, err := s.redirName(r.Word)
	if err != nil {
		return err
	}
	flags, both, err := s.redirFlags(r.Op, name)
	if err != nil {
		return err
	}
	d, err := s.open(name, flags)
	if err != nil {
		return pathError(name, err)
	}
	if both {
		d.refs++
		s.fds.set(2, d)
	}
	return s.fds.set(n, d)
}

// redirFD gives the descriptor that is redirected.
func (s *Shell) redirFD(r *syntax.Redirect) (int, error) {
	if r.N != nil {
		if strings.HasPrefix(r.N.Value, "{") {
			n := s.fds.free()
			return n, s.SetVar(strings.Trim(r.N.Value, "{}"), itoa(n))
		}
		n, err := strconv.Atoi(r.N.Value)
		if err != nil || n >= maxFD {
			return 0, pathError(r.N.Value, errno.EBADF)
		}
		return n, nil
	}
	switch r.Op {
	case syntax.RdrIn, syntax.RdrInOut, syntax.DplIn, syntax.Hdoc, syntax.DashHdoc, syntax.WordHdoc:
		return 0, nil
	}
	return 1, nil
}

// redirName expands the name of a file; more than one field is an error.
func (s *Shell) redirName(w *syntax.Word) (string, error) {
	f, ok := s.fields([]*syntax.Word{w})
	if !ok {
		return "", errStop
	}
	if len(f) != 1 {
		return "", errors.New(printWord(w) + ": ambiguous redirect")
	}
	return f[0], nil
}

func (s *Shell) redirFlags(op syntax.RedirOperator, name string) (f vfs.Flag, both bool, err error) {
	switch op {
	case syntax.RdrIn:
		return vfs.ReadOnly, false, nil
	case syntax.RdrInOut:
		return vfs.ReadOnly | vfs.WriteOnly | vfs.Create, false, nil
	case syntax.AppOut:
		return vfs.WriteOnly | vfs.Create | vfs.Append, false, nil
	case syntax.AppAll:
		return vfs.WriteOnly | vfs.Create | vfs.Append, true, nil
	case syntax.RdrClob, syntax.RdrAll, syntax.RdrOut:
		if s.opts.noclobber && op != syntax.RdrClob {
			if i, err := s.k.fs.Stat(s.abs(name)); err == nil && i.Type == vfs.Regular {
				return 0, false, errors.New(name + ": cannot overwrite existing file")
			}
		}
		return vfs.WriteOnly | vfs.Create | vfs.Trunc, op == syntax.RdrAll, nil
	}
	return 0, false, errors.New("unsupported redirection " + op.String())
}

// redirDup is n>&m, n<&m, n>&- and >&file.
func (s *Shell) redirDup(r *syntax.Redirect, n int) error {
	name, err := s.redirName(r.Word)
	if err != nil {
		return err
	}
	if name == "-" {
		return s.fds.set(n, nil)
	}
	num, move := strings.CutSuffix(name, "-")
	m, err := strconv.Atoi(num)
	if err != nil {
		if r.Op != syntax.DplOut || r.N != nil {
			return errors.New(name + ": ambiguous redirect")
		}
		d, err := s.open(name, vfs.WriteOnly|vfs.Create|vfs.Trunc)
		if err != nil {
			return pathError(name, err)
		}
		d.refs++
		s.fds.set(2, d)
		return s.fds.set(1, d)
	}
	d := s.fds.d[m]
	if d == nil {
		return pathError(num, errno.EBADF)
	}
	if m != n {
		d.refs++
		if err := s.fds.set(n, d); err != nil {
			return err
		}
		if move {
			return s.fds.set(m, nil)
		}
	}
	return nil
}

func (s *Shell) setReader(n int, body string) error {
	return s.fds.set(n, &desc{r: strings.NewReader(body), refs: 1})
}

// open opens a file for a redirection or a command. /dev/stdin and its like
// are the shell's own descriptors.
func (s *Shell) open(name string, flags vfs.Flag) (*desc, error) {
	if n, ok := s.ownFD(name); ok {
		d := s.fds.d[n]
		if d == nil {
			return nil, errno.ENOENT
		}
		if d.onClose != nil { // the other end reads when the last descriptor closes
			d.refs++
			return d, nil
		}
		return &desc{r: d.r, w: d.w, refs: 1}, nil
	}
	switch name {
	case "":
		return nil, errno.ENOENT
	case "/dev/tty", "/dev/console":
		return &desc{r: strings.NewReader(""), w: s.k.console, refs: 1}, nil
	}
	f, err := s.k.fs.Open(s.abs(name), flags, 0o644)
	if err != nil {
		return nil, err
	}
	d := &desc{file: f, refs: 1}
	if flags.Reads() {
		d.r = f
	}
	if flags.Writes() {
		d.w = f
	}
	return d, nil
}

// ownFD gives the descriptor that a name under /dev stands for.
func (s *Shell) ownFD(name string) (int, bool) {
	switch name {
	case "/dev/stdin":
		return 0, true
	case "/dev/stdout":
		return 1, true
	case "/dev/stderr":
		return 2, true
	}
	for _, dir := range []string{"/dev/fd/", "/proc/self/fd/"} {
		if num, ok := strings.CutPrefix(name, dir); ok {
			n, err := strconv.Atoi(num)
			return n, err == nil && n >= 0 && n < maxFD
		}
	}
	return 0, false
}

// readAll reads a descriptor to its end.
func readAll(r io.Reader) ([]byte, error) { return io.ReadAll(r) }

// hereDoc expands the body of a here-document, unless its end word is quoted.
func (s *Shell) hereDoc(r *syntax.Redirect) (string, error) {
	w := hereBody(r)
	if w == nil {
		return "", nil
	}
	if !quotedWord(r.Word) {
		return s.document(w)
	}
	var b strings.Builder
	for _, p := range w.Parts {
		if lit, ok := p.(*syntax.Lit); ok {
			b.WriteString(lit.Value)
		}
	}
	return b.String(), nil
}

func quotedWord(w *syntax.Word) bool {
	for _, p := range w.Parts {
		lit, ok := p.(*syntax.Lit)
		if !ok || strings.Contains(lit.Value, `\`) {
			return true
		}
	}
	return false
}

// hereBody gives the body of a here-document; <<- drops tabs at the start of
// lines. The parser leaves the tabs before the end word as a last line.
func hereBody(r *syntax.Redirect) *syntax.Word {
	if r.Op != syntax.DashHdoc || r.Hdoc == nil {
		return r.Hdoc
	}
	w := &syntax.Word{}
	start := true
	for _, part := range r.Hdoc.Parts {
		lit, ok := part.(*syntax.Lit)
		if !ok {
			w.Parts, start = append(w.Parts, part), false
			continue
		}
		lines := strings.Split(lit.Value, "\n")
		for i, l := range lines {
			if i > 0 || start {
				lines[i] = strings.TrimLeft(l, "\t")
			}
		}
		start = false
		w.Parts = append(w.Parts, &syntax.Lit{Value: strings.Join(lines, "\n")})
	}
	return w
}
