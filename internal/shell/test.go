package shell

import (
	"errors"
	"strings"

	"klpemu/internal/vfs"

	"mvdan.cc/sh/v3/expand"
)

// runTest is test and [.
func runTest(c *Ctx) int {
	args := c.Args[1:]
	if c.Args[0] == "[" {
		if len(args) == 0 || args[len(args)-1] != "]" {
			c.Errorf("missing `]'")
			return 2
		}
		args = args[:len(args)-1]
	}
	t := &tester{s: c.sh, args: args}
	ok, err := t.eval()
	if err != nil {
		c.Errorf("%v", err)
		return 2
	}
	return boolStatus(ok)
}

// tester evaluates the arguments of test. The number of arguments decides for
// up to four, as POSIX has it; more are parsed with -a, -o, ! and ( ).
type tester struct {
	s    *Shell
	args []string
	deep int
}

func (t *tester) eval() (bool, error) {
	a := t.args
	switch len(a) {
	case 0:
		return false, nil
	case 1:
		return a[0] != "", nil
	case 2:
		if a[0] == "!" {
			return a[1] == "", nil
		}
		if !isUnary(a[0]) {
			return false, errors.New(a[0] + ": unary operator expected")
		}
		return t.s.testUnary(a[0], a[1]), nil
	case 3:
		if isBinary(a[1]) {
			return t.s.testBinary(a[1], a[0], a[2])
		}
		if a[1] == "-a" {
			return a[0] != "" && a[2] != "", nil
		}
		if a[1] == "-o" {
			return a[0] != "" || a[2] != "", nil
		}
		if a[0] == "!" {
			ok, err := (&tester{s: t.s, args: a[1:]}).eval()
			return !ok, err
		}
		if a[0] == "(" && a[2] == ")" {
			return a[1] != "", nil
		}
		return false, errors.New(a[1] + ": binary operator expected")
	case 4:
		if a[0] == "!" {
			ok, err := (&tester{s: t.s, args: a[1:]}).eval()
			return !ok, err
		}
	}
	ok, err := t.or()
	if err == nil && len(t.args) > 0 {
		return false, errors.New("too many arguments")
	}
	return ok, err
}

func (t *tester) peek() string {
	if len(t.args) == 0 {
		return ""
	}
	return t.args[0]
}

func (t *tester) or() (bool, error) {
	ok, err := t.and()
	for err == nil && t.peek() == "-o" {
		t.args = t.args[1:]
		var r bool
		r, err = t.and()
		ok = ok || r
	}
	return ok, err
}

func (t *tester) and() (bool, error) {
	ok, err := t.not()
	for err == nil && t.peek() == "-a" {
		t.args = t.args[1:]
		var r bool
		r, err = t.not()
		ok = ok && r
	}
	return ok, err
}

func (t *tester) not() (bool, error) {
	if t.deep++; t.deep > maxNesting {
		return false, errors.New("nested too deeply")
	}
	if t.peek() == "!" {
		t.args = t.args[1:]
		ok, err := t.not()
		return !ok, err
	}
	return t.primary()
}

func (t *tester) primary() (bool, error) {
	if len(t.args) == 0 {
		return false, errors.New("argument expected")
	}
	if t.args[0] == "(" {
		t.args = t.args[1:]
		ok, err := t.or()
		if err == nil && t.peek() != ")" {
			err = errors.New("`)' expected")
		}
		if err == nil {
			t.args = t.args[1:]
		}
		return ok, err
	}
	if len(t.args) >= 3 && isBinary(t.args[1]) {
		a := t.args
		t.args = a[3:]
		return t.s.testBinary(a[1], a[0], a[2])
	}
	if len(t.args) >= 2 && isUnary(t.args[0]) {
		a := t.args
		t.args = a[2:]
		return t.s.testUnary(a[0], a[1]), nil
	}
	v := t.args[0]
	t.args = t.args[1:]
	return v != "", nil
}

func isUnary(op string) bool {
	return len(op) == 2 && op[0] == '-' && strings.IndexByte("abcdefghknoprstuvwxzGLNORS", op[1]) >= 0
}

func isBinary(op string) bool {
	switch op {
	case "=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef":
		return true
	}
	return false
}

// testUnary evaluates `op v`.
func (s *Shell) testUnary(op, v string) bool {
	switch op {
	case "-z":
		return v == ""
	case "-n":
		return v != ""
	case "-v":
		return s.isSet(v)
	case "-R":
		return s.lookup(v).Kind == expand.NameRef
	case "-o":
		p := s.opts.option(v)
		return p != nil && *p
	case "-t":
		return false // nothing here is a terminal
	case "-L", "-h":
		i, err := s.k.fs.Lstat(s.abs(v))
		return err == nil && i.Type == vfs.Symlink
	}
	i, err := s.stat(v)
	if err != nil {
		return false
	}
	switch op {
	case "-f":
		return i.Type == vfs.Regular
	case "-d":
		return i.IsDir()
	case "-c":
		return i.Type == vfs.CharDev
	case "-p":
		return i.Type == vfs.NamePipe
	case "-b", "-S", "-N":
		return false
	case "-s":
		return i.Size > 0
	case "-x":
		return i.IsDir() || i.Perm&0o111 != 0
	case "-u":
		return i.Perm&0o4000 != 0
	case "-g":
		return i.Perm&0o2000 != 0
	case "-k":
		return i.Perm&0o1000 != 0
	}
	return true // -e -a -r -w -O -G: root may
}

// stat is stat(2) for the shell, which gives its own descriptors too.
func (s *Shell) stat(name string) (vfs.Info, error) {
	if n, ok := s.ownFD(name); ok && s.fds.d[n] != nil {
		return vfs.Info{Type: vfs.NamePipe, Perm: 0o600, Nlink: 1}, nil
	}
	return s.k.fs.Stat(s.abs(name))
}

// isSet is -v: NAME or NAME[i].
func (s *Shell) isSet(v string) bool {
	name, key, ok := strings.Cut(strings.TrimSuffix(v, "]"), "[")
	vr := s.lookup(s.deref(name))
	if !ok {
		if vr.Kind == expand.Indexed {
			_, set := getElem(vr, 0)
			return set
		}
		return vr.IsSet()
	}
	switch vr.Kind {
	case expand.Associative:
		_, set := vr.Map[key]
		return set
	case expand.Indexed:
		n, err := s.arithText(key)
		if err != nil || n < 0 {
			return false
		}
		_, set := getElem(vr, n)
		return set
	}
	return false
}

// testBinary evaluates `x op y` of test.
func (s *Shell) testBinary(op, x, y string) (bool, error) {
	switch op {
	case "=", "==":
		return x == y, nil
	case "!=":
		return x != y, nil
	case "<":
		return x < y, nil
	case ">":
		return x > y, nil
	case "-nt", "-ot", "-ef":
		return s.testFiles(op, x, y), nil
	}
	a, ok := testInt(x)
	if !ok {
		return false, errors.New(x + ": integer expression expected")
	}
	b, ok := testInt(y)
	if !ok {
		return false, errors.New(y + ": integer expression expected")
	}
	return compareInts(op, a, b), nil
}

func testInt(v string) (int, bool) {
	v = strings.TrimPrefix(strings.TrimSpace(v), "+")
	return parseInt(v)
}

func compareInts(op string, a, b int) bool {
	switch op {
	case "-eq":
		return a == b
	case "-ne":
		return a != b
	case "-lt":
		return a < b
	case "-le":
		return a <= b
	case "-gt":
		return a > b
	}
	return a >= b
}

func (s *Shell) testFiles(op, x, y string) bool {
	a, errA := s.stat(x)
	b, errB := s.stat(y)
	switch op {
	case "-nt":
		return errA == nil && (errB != nil || a.Mtime.After(b.Mtime))
	case "-ot":
		return errB == nil && (errA != nil || a.Mtime.Before(b.Mtime))
	}
	pa, errA := s.k.fs.RealPath(s.abs(x))
	pb, errB := s.k.fs.RealPath(s.abs(y))
	return errA == nil && errB == nil && pa == pb
}
