package shell

import (
	"path"
	"sort"
	"strings"

	"klpemu/internal/errno"
	"klpemu/internal/vfs"
)

const findUsage = `find [-L] [PATH]... [EXPRESSION]
Print the files below each PATH.
Tests: -name -iname -path -ipath PATTERN, -regex -iregex RE, -type T, -size [+-]N[cwbkMG],
  -empty, -perm [-/]MODE, -links N, -newer FILE, -mtime -mmin [+-]N, -user NAME,
  -uid N, -readable, -writable, -executable, -lname PATTERN, -true, -false
Actions: -print -print0 -printf FORMAT -ls -delete -exec COMMAND ; or + -quit -prune
Options: -maxdepth -mindepth N, -depth, -regextype TYPE
Operators: ( ) ! -not -a -and -o -or ,`

// findFile is a file that find looks at.
type findFile struct {
	path  string
	start string // the PATH it was found below
	info  vfs.Info
	depth int
}

// findExpr is a test, an action or an operator.
type findExpr func(*findFile) bool

// finder is a running find.
type finder struct {
	c          *Ctx
	args       []string
	max, min   int
	depthFirst bool
	follow     bool
	extended   bool
	acts       bool // an action replaces -print
	pruned     bool
	quit       bool
	status     int
	batches    []*findBatch
	nest       int
}

// findBatch is an -exec COMMAND +.
type findBatch struct {
	cmd   []string
	files []string
}

// findError is a mistake in the expression.
type findError string

func (e findError) Error() string { return string(e) }

func runFind(c *Ctx) int {
	f := &finder{c: c, max: maxNesting}
	args := c.Args[1:]
	for len(args) > 0 && (args[0] == "-L" || args[0] == "-H" || args[0] == "-P") {
		f.follow, args = args[0] == "-L", args[1:]
	}
	var paths []string
	for len(args) > 0 && args[0] != "!" && args[0] != "(" && args[0] != ")" && !strings.HasPrefix(args[0], "-") {
		paths, args = append(paths, args[0]), args[1:]
	}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	f.args = args
	expr, err := f.parse()
	if err != nil {
		return c.Errorf("%v", err)
	}
	for _, p := range paths {
		if f.quit || c.Stopped() {
			break
		}
		f.start(p, expr)
	}
	for _, b := range f.batches {
		f.runBatch(b)
	}
	return f.status
}

func (f *finder) start(p string, expr findExpr) {
	i, err := f.c.FS().Lstat(f.c.Abs(p))
	if p == "" {
		err = errno.ENOENT
	}
	if err != nil {
		f.status = f.c.Errorf("'%s': %s", p, Reason(err))
		return
	}
	i.Name = path.Base(p)
	f.walk(&findFile{path: p, start: p, info: i}, expr)
}

// walk looks at a file and at what is below it.
func (f *finder) walk(x *findFile, expr findExpr) {
	if f.quit || f.c.Stopped() {
		return
	}
	if f.follow && x.info.Type == vfs.Symlink {
		if i, err := f.c.FS().Stat(f.c.Abs(x.path)); err == nil {
			i.Name, x.info = x.info.Name, i
		}
	}
	f.pruned = false
	if !f.depthFirst && x.depth >= f.min {
		expr(x)
	}
	if x.info.IsDir() && x.depth < f.max && !f.pruned && !f.quit {
		f.below(x, expr)
	}
	if f.depthFirst && x.depth >= f.min && !f.quit {
		expr(x)
	}
}

func (f *finder) below(x *findFile, expr findExpr) {
	list, err := f.c.FS().ReadDir(f.c.Abs(x.path))
	if err != nil {
		f.status = f.c.Errorf("'%s': %s", x.path, Reason(err))
		return
	}
	sort.Slice(list, func(a, b int) bool { return list[a].Name < list[b].Name })
	for _, i := range list {
		f.walk(&findFile{path: join(x.path, i.Name), start: x.start, info: i, depth: x.depth + 1}, expr)
	}
}

// parse parses the whole expression.
func (f *finder) parse() (findExpr, error) {
	if len(f.args) == 0 {
		return f.print("\n"), nil
	}
	expr, err := f.comma()
	if err != nil {
		return nil, err
	}
	if len(f.args) > 0 {
		return nil, findError("you have too many ')'")
	}
	if f.acts {
		return expr, nil
	}
	out := f.print("\n")
	return func(x *findFile) bool { return expr(x) && out(x) }, nil
}

func (f *finder) peek() string {
	if len(f.args) > 0 {
		return f.args[0]
	}
	return ""
}

func (f *finder) comma() (findExpr, error) {
	a, err := f.or()
	for err == nil && f.peek() == "," {
		f.args = f.args[1:]
		left := a
		var b findExpr
		b, err = f.or()
		a = func(x *findFile) bool { left(x); return b(x) }
	}
	return a, err
}

func (f *finder) or() (findExpr, error) {
	a, err := f.and()
	for err == nil && (f.peek() == "-o" || f.peek() == "-or") {
		f.args = f.args[1:]
		left := a
		var b findExpr
		b, err = f.and()
		a = func(x *findFile) bool { return left(x) || b(x) }
	}
	return a, err
}

func (f *finder) and() (findExpr, error) {
	a, err := f.not()
	for err == nil && len(f.args) > 0 && !strings.Contains(" ) , -o -or ", " "+f.peek()+" ") {
		if f.peek() == "-a" || f.peek() == "-and" {
			f.args = f.args[1:]
		}
		left := a
		var b findExpr
		b, err = f.not()
		a = func(x *findFile) bool { return left(x) && b(x) }
	}
	return a, err
}

func (f *finder) not() (findExpr, error) {
	if f.nest++; f.nest > 1000 {
		return nil, findError("the expression is nested too deeply")
	}
	defer func() { f.nest-- }()
	if len(f.args) == 0 {
		return nil, findError("expected an expression")
	}
	a := f.args[0]
	f.args = f.args[1:]
	switch a {
	case "!", "-not":
		if len(f.args) == 0 {
			return nil, findError("expected an expression after '" + a + "'")
		}
		b, err := f.not()
		return func(x *findFile) bool { return !b(x) }, err
	case "(":
		b, err := f.comma()
		if err != nil {
			return nil, err
		}
		if f.peek() != ")" {
			return nil, findError("invalid expression; I was expecting to find a ')' somewhere but did not see one.")
		}
		f.args = f.args[1:]
		return b, nil
	}
	return f.primary(a)
}
