package shell

import (
	"bytes"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// procSubst is <(list) and >(list): it gives the name of a descriptor that
// reads what the list wrote, or that writes what the list is to read. The
// ends of a pipe run one after the other: a list that is read has run when the
// command starts, one that is written to runs when the last descriptor that
// leads to it closes, which for a command's argument is the command's end.
func (s *Shell) procSubst(p *syntax.ProcSubst) (string, error) {
	var d *desc
	if p.Op == syntax.CmdIn {
		out := s.capture(p.Stmts)
		if s.k.err != nil {
			return "", errStop
		}
		d = &desc{r: strings.NewReader(out), refs: 1}
	} else {
		d = s.sink(p.Stmts)
	}
	n := 63
	for n > 10 && s.fds.d[n] != nil {
		n--
	}
	s.fds.set(n, d)
	s.fds.substs = append(s.fds.substs, n)
	return "/dev/fd/" + itoa(n), nil
}

// sink is a descriptor whose bytes a list reads once it is closed. The list has
// the descriptors and variables of the place where it stands.
func (s *Shell) sink(list []*syntax.Stmt) *desc {
	sub, in, status := s.subshell(), s.newPipe(), s.status
	return &desc{w: in, refs: 1, onClose: func() {
		if s.k.err == nil && sub.enter() {
			sub.status = status
			sub.fds.set(0, &desc{r: bytes.NewReader(in.buf.Bytes()), refs: 1})
			sub.stmts(list)
			sub.leave()
		}
		sub.end()
	}}
}
