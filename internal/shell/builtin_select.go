package shell

import (
	"fmt"
	"io"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// selectLoop is `select`: a menu on standard error, an answer from standard
// input, again and again until break or the end of input.
func (s *Shell) selectLoop(l *syntax.WordIter, do []*syntax.Stmt) {
	items := append([]string(nil), s.params...)
	if l.InPos.IsValid() {
		var ok bool
		if items, ok = s.fields(l.Items); !ok {
			return
		}
	}
	s.status = 0
	if len(items) == 0 {
		return
	}
	menu := true
	for !s.stopping() {
		chosen, ok := s.selectQuery(items, menu)
		if !ok {
			s.status = 1
			return
		}
		if err := s.SetVar(l.Name.Value, chosen); err != nil {
			s.expandError(fmt.Errorf("%s: %v", l.Name.Value, err))
			return
		}
		s.stmts(do)
		if !s.loopControl() {
			return
		}
		menu = s.Var("REPLY") == ""
	}
}

// selectQuery asks until something is answered; false at the end of input.
func (s *Shell) selectQuery(items []string, menu bool) (string, bool) {
	for s.count() {
		if menu {
			io.WriteString(s.stderr(), selectMenu(items))
		}
		prompt := s.lookup("PS3").String()
		if !s.lookup("PS3").IsSet() {
			prompt = "#? "
		}
		io.WriteString(s.stderr(), prompt)
		s.executeCommand([]string{"read"})
		if s.status != 0 || s.stopping() {
			io.WriteString(s.fds.writer(1), "\n")
			return "", false
		}
		reply := s.Var("REPLY")
		if reply == "" {
			menu = true
			continue
		}
		n, ok := parseInt(strings.TrimSpace(reply))
		if !ok || n < 1 || n > len(items) {
			return "", true
		}
		return items[n-1], true
	}
	return "", false
}

// selectMenu lays the items out in columns, as bash does for 80 columns.
func selectMenu(items []string) string {
	const width, tab = 80, 8
	digits, widest := len(itoa(len(items))), 0
	for _, v := range items {
		widest = max(widest, len([]rune(v)))
	}
	widest += digits + 2 + 2
	cols := max(1, width/widest)
	rows := (len(items) + cols - 1) / cols
	cols = (len(items) + rows - 1) / rows
	if rows == 1 {
		rows, cols = cols, 1
	}
	firstDigits := len(itoa(rows))
	var b strings.Builder
	for row := range rows {
		pos := 0
		for i := row; i < len(items); i += rows {
			w := digits
			if pos == 0 {
				w = firstDigits
			}
			b.WriteString(fmt.Sprintf("%*d) %s", w, i+1, items[i]))
			at := pos + w + 2 + len([]rune(items[i]))
			pos += widest
			if i+rows >= len(items) {
				break
			}
			for at < pos {
				if pos/tab > at/tab {
					b.WriteByte('\t')
					at += tab - at%tab
				} else {
					b.WriteByte(' ')
					at++
				}
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}
