package shell

import (
	"bytes"
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// stages flattens a | b | c, which the parser nests to the left.
func stages(c *syntax.BinaryCmd) (list []*syntax.Stmt, both []bool) {
	left := []*syntax.Stmt{}
	var all []bool
	for {
		left = append(left, c.Y)
		all = append(all, c.Op == syntax.PipeAll)
		x, ok := c.X.Cmd.(*syntax.BinaryCmd)
		if !ok || (x.Op != syntax.Pipe && x.Op != syntax.PipeAll) || len(c.X.Redirs) > 0 || c.X.Negated {
			left = append(left, c.X)
			break
		}
		c = x
	}
	for i := len(left) - 1; i >= 0; i-- {
		list = append(list, left[i])
	}
	for i := len(all) - 1; i >= 0; i-- {
		both = append(both, all[i])
	}
	return list, both
}

// pipeline runs the stages one after the other. Each but the last writes into a
// buffer that the next reads; each runs in a subshell.
func (s *Shell) pipeline(c *syntax.BinaryCmd) {
	list, both := stages(c)
	if !s.enter() {
		return
	}
	defer s.leave()
	var input []byte
	codes := make([]int, 0, len(list))
	for i, st := range list {
		sub := s.subshell()
		sub.cond = s.cond + 1
		if i > 0 {
			sub.fds.set(0, &desc{r: bytes.NewReader(input), refs: 1})
		}
		var out *pipeBuf
		if i < len(list)-1 {
			out = s.newPipe()
			d := &desc{w: out, refs: 1}
			if both[i] {
				d.refs++
				sub.fds.set(2, d)
			}
			sub.fds.set(1, d)
		}
		sub.stmt(st)
		codes = append(codes, sub.end())
		if s.k.err != nil {
			return
		}
		if out != nil {
			input = out.buf.Bytes()
		}
	}
	s.pipes = codes
	s.status = codes[len(codes)-1]
	if s.opts.pipefail {
		for _, c := range codes {
			if c != 0 {
				s.status = c
			}
		}
	}
}

// capture runs a list in a subshell and gives what it wrote.
func (s *Shell) capture(list []*syntax.Stmt) string {
	if !s.enter() {
		return ""
	}
	defer s.leave()
	sub := s.subshell()
	out := s.newPipe()
	sub.fds.set(1, &desc{w: out, refs: 1})
	sub.stmts(list)
	s.status = sub.end()
	s.subst = true
	return out.buf.String()
}

// substitute is $(list): NUL bytes are dropped, as bash drops them.
func (s *Shell) substitute(list []*syntax.Stmt) string {
	if text, ok := s.readOnlySubst(list); ok {
		return text
	}
	return strings.ReplaceAll(s.capture(list), "\x00", "")
}

// readOnlySubst is $(<file).
func (s *Shell) readOnlySubst(list []*syntax.Stmt) (string, bool) {
	if len(list) != 1 || list[0].Cmd != nil || len(list[0].Redirs) != 1 || list[0].Redirs[0].Op != syntax.RdrIn {
		return "", false
	}
	saved := s.fds.clone()
	defer s.restore(saved)
	if !s.redirect(list[0].Redirs) {
		return "", true
	}
	data, err := readAll(s.fds.reader(0))
	if err != nil {
		s.errorf("%v", err)
		s.status = 1
		return "", true
	}
	s.status, s.subst = 0, true
	return strings.ReplaceAll(string(data), "\x00", ""), true
}

// background hands a statement to the machine as a job.
func (s *Shell) background(st *syntax.Stmt) {
	if !s.count() {
		return
	}
	sub := s.subshell()
	sub.fds.set(0, &desc{r: strings.NewReader(""), refs: 1})
	sub.cond = 0
	_, sub.last = st.Cmd.(*syntax.CallExpr)
	fg := *st
	fg.Background, fg.Disown = false, false
	pid, err := s.k.host.Start(jobName(st), func() int {
		sub.stmt(&fg)
		return sub.end()
	})
	if err != nil {
		s.errorf("fork: %v", err)
		s.status = 1
		return
	}
	s.bg = pid
	s.jobs = append(s.jobs, pid)
	s.status = 0
}

// jobName names the task of a job: the command when it is a simple one.
func jobName(st *syntax.Stmt) string {
	if c, ok := st.Cmd.(*syntax.CallExpr); ok && len(c.Args) > 0 {
		if lit := c.Args[0].Lit(); lit != "" {
			return path.Base(lit)
		}
	}
	return "sh"
}

// printWord writes a word as it stands in the source.
func printWord(w *syntax.Word) string {
	var b strings.Builder
	if err := syntax.NewPrinter().Print(&b, w); err != nil {
		return "word"
	}
	return b.String()
}
