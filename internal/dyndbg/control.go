package dyndbg

import (
	"fmt"
	"strings"

	"klpemu/internal/errno"
	"klpemu/internal/trace"
)

// Control is the tables and what is behind the control file.
type Control struct {
	// Log takes the messages about queries; they begin with "dyndbg: ".
	Log func(l trace.Level, text string)
	// Changed is told of every site whose flags a query changes; may be nil.
	Changed func(t *Table, s *Site, old Flags)

	tables []*Table
}

// Add is ddebug_add_module: a table without sites is left out.
func (c *Control) Add(t *Table) {
	if len(t.Sites) > 0 {
		c.tables = append(c.tables, t)
	}
}

// Remove is ddebug_remove_module.
func (c *Control) Remove(t *Table) {
	for i, other := range c.tables {
		if other == t {
			c.tables = append(c.tables[:i:i], c.tables[i+1:]...)
			return
		}
	}
}

// Find gives the site of a message.
func (c *Control) Find(file, fn, format string) (*Table, *Site) {
	for _, t := range c.tables {
		for i := range t.Sites {
			if s := &t.Sites[i]; s.Func == fn && s.File == file && s.Format == format {
				return t, s
			}
		}
	}
	return nil, nil
}

// String is the control file: ddebug_proc_show of every site.
func (c *Control) String() string {
	var b strings.Builder
	b.WriteString("# filename:lineno [module]function flags format\n")
	for _, t := range c.tables {
		for i := range t.Sites {
			s := &t.Sites[i]
			fmt.Fprintf(&b, "%s:%d [%s]%s =%s \"%s\"%s\n", s.File, s.Line, t.Module, s.Func, s.Flags, escape(s.Format), t.classText(s))
		}
	}
	return b.String()
}

// escape is seq_escape_str with ESCAPE_SPACE for tabs and ends of lines.
func escape(format string) string {
	return strings.NewReplacer("\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(format)
}

func (t *Table) classText(s *Site) string {
	if s.Class == DefaultClass {
		return ""
	}
	if name, ok := t.className(s.Class); ok {
		return " class:" + name
	}
	return fmt.Sprintf(" class unknown, _id:%d", s.Class)
}

// maxWrite is USER_BUF_PAGE.
const maxWrite = 4096

// Write is a write to the control file (ddebug_proc_write): queries, separated
// by `;` or a newline. Every query that can be read is applied; the error is
// that of the last which cannot.
func (c *Control) Write(text string) error {
	if len(text) > maxWrite-1 {
		c.log(trace.Warning, "expected <%d bytes into control", maxWrite)
		return errno.E2BIG
	}
	return c.Exec(text, "")
}

// Exec is ddebug_exec_queries; module restricts queries that name none.
func (c *Control) Exec(text, module string) error {
	text, _, _ = strings.Cut(text, "\x00")
	var last error
	for _, q := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == '\n' }) {
		q = skipSpaces(q)
		if q == "" || q[0] == '#' {
			continue
		}
		if err := c.query(q, module); err != nil {
			last = err
		}
	}
	return last
}

// query is ddebug_exec_query.
func (c *Control) query(text, module string) error {
	words, ok := c.tokenize(text)
	if !ok || len(words) == 0 {
		c.log(trace.Err, "tokenize failed")
		return errno.EINVAL
	}
	last := len(words) - 1
	change, ok := c.parseFlags(words[last])
	if !ok {
		c.log(trace.Err, "flags parse failed")
		return errno.EINVAL
	}
	q, ok := c.parseQuery(words[:last], module)
	if !ok {
		c.log(trace.Err, "query parse failed")
		return errno.EINVAL
	}
	c.apply(q, change)
	return nil
}

// apply is ddebug_change.
func (c *Control) apply(q *query, change flagChange) {
	for _, t := range c.tables {
		class := DefaultClass
		if q.module != nil && !wildcard(*q.module, t.Module) {
			continue
		}
		if q.class != nil {
			var ok bool
			if class, ok = t.class(*q.class); !ok {
				continue
			}
		}
		for i := range t.Sites {
			s := &t.Sites[i]
			if s.Class != class || !q.matches(s) {
				continue
			}
			old := s.Flags
			s.Flags = s.Flags&change.mask | change.flags
			if s.Flags != old && c.Changed != nil {
				c.Changed(t, s, old)
			}
		}
	}
}

func (c *Control) log(l trace.Level, format string, args ...any) {
	if c.Log != nil {
		c.Log(l, "dyndbg: "+fmt.Sprintf(format, args...))
	}
}
