package shell

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"klpemu/internal/vfs"

	"mvdan.cc/sh/v3/pattern"
)

// globPattern gives the pattern of a field and whether it has one: only
// unquoted characters count.
func globPattern(ps []piece) (pat string, meta bool) {
	var b strings.Builder
	for _, p := range ps {
		if p.quoted {
			b.WriteString(pattern.QuoteMeta(p.val, 0))
			continue
		}
		if strings.ContainsAny(p.val, "*?[") || hasExtGlob(p.val) {
			meta = true
		}
		b.WriteString(p.val)
	}
	return b.String(), meta
}

func hasExtGlob(v string) bool {
	for _, op := range []string{"?(", "*(", "+(", "@(", "!("} {
		if strings.Contains(v, op) {
			return true
		}
	}
	return false
}

// compilePattern makes a regexp that matches pat anywhere, or at the start
// (anchor '#'), at the end ('%') or as a whole ('=').
func compilePattern(pat string, anchor byte, fold bool) (*regexp.Regexp, error) {
	mode := pattern.ExtendedOperators
	if fold {
		mode |= pattern.NoGlobCase
	}
	expr, err := pattern.Regexp(pat, mode)
	if err != nil {
		return nil, err
	}
	switch anchor {
	case '#':
		expr = `^(?:` + expr + `)`
	case '%':
		expr = `(?:` + expr + `)$`
	case '=':
		expr = `^(?:` + expr + `)$`
	}
	return regexp.Compile(expr)
}

// matchPattern matches a whole string, as case and [[ == ]] do. !(list) is
// done by matching the rest with and without it.
func matchPattern(pat, v string, fold bool) bool {
	if i := strings.Index(pat, "!("); i == 0 {
		if end := closing(pat, 1); end == len(pat)-1 {
			return !matchPattern("@"+pat[1:], v, fold)
		}
	}
	re, err := compilePattern(pat, '=', fold)
	if err != nil {
		return pattern.QuoteMeta(v, 0) == pat || v == pat
	}
	return re.MatchString(v)
}

// closing finds the bracket that closes the one at i.
func closing(pat string, i int) int {
	depth := 0
	for ; i < len(pat); i++ {
		switch pat[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// maxGlob bounds the directories one pattern may read.
const maxGlob = 20000

// glob gives the paths that match, sorted.
func (s *Shell) glob(pat string) ([]string, error) {
	base := ""
	rest := pat
	for strings.HasPrefix(rest, "/") {
		base, rest = base+"/", rest[1:]
	}
	g := &globber{s: s}
	out := g.expand([]string{base}, strings.Split(rest, "/"))
	slices.Sort(out)
	return slices.Compact(out), nil
}

type globber struct {
	s     *Shell
	reads int
}

func (g *globber) expand(bases, parts []string) []string {
	for i, part := range parts {
		last := i == len(parts)-1
		var next []string
		for _, b := range bases {
			if part == "**" && g.s.opts.globstar {
				next = append(next, g.deep(b, last)...)
				continue
			}
			next = append(next, g.level(b, part, last)...)
		}
		bases = next
	}
	return bases
}

func join(base, name string) string {
	if base == "" || strings.HasSuffix(base, "/") {
		return base + name
	}
	return base + "/" + name
}

// level matches one component below base.
func (g *globber) level(base, part string, last bool) []string {
	if !strings.ContainsAny(part, "*?[") && !hasExtGlob(part) {
		name := join(base, unquotePattern(part))
		if part == "" {
			name = base
			if !strings.HasSuffix(name, "/") {
				name += "/"
			}
		}
		if _, err := g.s.k.fs.Lstat(g.s.abs(name)); err != nil {
			return nil
		}
		return []string{name}
	}
	var out []string
	for _, e := range g.read(base) {
		if e.Name[0] == '.' && !strings.HasPrefix(part, ".") && !g.s.opts.dotglob {
			continue
		}
		if !matchPattern(part, e.Name, false) {
			continue
		}
		name := join(base, e.Name)
		if !last && !g.isDir(name, e) {
			continue
		}
		out = append(out, name)
	}
	return out
}

// deep gives base and everything below it.
func (g *globber) deep(base string, last bool) []string {
	out := []string{}
	if !last || base != "" {
		out = append(out, base)
	}
	for _, e := range g.read(base) {
		if e.Name[0] == '.' && !g.s.opts.dotglob {
			continue
		}
		name := join(base, e.Name)
		if e.IsDir() {
			out = append(out, g.deep(name, true)...)
		} else if last {
			out = append(out, name)
		}
	}
	return out
}

func (g *globber) isDir(name string, e vfs.Info) bool {
	if e.Type != vfs.Symlink {
		return e.IsDir()
	}
	i, err := g.s.k.fs.Stat(g.s.abs(name))
	return err == nil && i.IsDir()
}

func (g *globber) read(dir string) []vfs.Info {
	if g.reads++; g.reads > maxGlob {
		g.s.fail(&LimitError{What: "directories read for a pattern", Limit: maxGlob})
		return nil
	}
	if dir == "" {
		dir = "."
	}
	list, err := g.s.k.fs.ReadDir(g.s.abs(dir))
	if err != nil {
		return nil
	}
	return list
}

// unquotePattern removes the backslashes of a part without wildcards.
func unquotePattern(p string) string {
	var b strings.Builder
	for i := 0; i < len(p); i++ {
		if p[i] == '\\' && i+1 < len(p) {
			i++
		}
		b.WriteByte(p[i])
	}
	return b.String()
}

// abs makes a path absolute without resolving anything in it: ".." is left to
// the file system, as links decide where it leads.
func (s *Shell) abs(name string) string {
	if name == "" || path.IsAbs(name) {
		return name
	}
	return join(s.dir, name)
}
