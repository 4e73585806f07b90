package shell

import (
	"strconv"
	"strings"
	"time"

	"klpemu/internal/vfs"
)

func always(*findFile) bool { return true }

// primary parses a test, an action or an option.
func (f *finder) primary(a string) (findExpr, error) {
	switch a {
	case "-true", "-daystart", "-mount", "-xdev", "-noleaf", "-ignore_readdir_race", "-warn", "-nowarn":
		return always, nil
	case "-readable", "-writable":
		return always, nil // everything runs as root
	case "-false":
		return func(*findFile) bool { return false }, nil
	case "-depth", "-d":
		f.depthFirst = true
		return always, nil
	case "-empty":
		return f.empty, nil
	case "-executable":
		return func(x *findFile) bool { return x.info.IsDir() || f.target(x).Perm&0o111 != 0 }, nil
	case "-prune":
		return func(*findFile) bool { f.pruned = true; return true }, nil
	}
	if expr, ok := f.action(a); ok {
		f.acts = true
		return expr, nil
	}
	if a == "-exec" || a == "-execdir" || a == "-ok" || a == "-okdir" {
		f.acts = true
		return f.exec(a)
	}
	if !strings.Contains(findWithArg, " "+a+" ") {
		if !strings.HasPrefix(a, "-") {
			return nil, findError("paths must precede expression: `" + a + "'")
		}
		return nil, findError("unknown predicate `" + a + "'")
	}
	if len(f.args) == 0 {
		return nil, findError("missing argument to `" + a + "'")
	}
	arg := f.args[0]
	f.args = f.args[1:]
	return f.withArg(a, arg)
}

const findWithArg = " -name -iname -path -ipath -wholename -iwholename -regex -iregex -regextype -type -xtype -size -perm -links -inum -newer -anewer -cnewer -samefile -mtime -atime -ctime -mmin -amin -cmin -user -group -uid -gid -lname -ilname -maxdepth -mindepth -printf "

func (f *finder) withArg(a, arg string) (findExpr, error) {
	switch a {
	case "-name", "-iname":
		return func(x *findFile) bool { return matchPattern(arg, x.info.Name, a == "-iname") }, nil
	case "-path", "-ipath", "-wholename", "-iwholename":
		return func(x *findFile) bool { return matchPattern(arg, x.path, a[1] == 'i') }, nil
	case "-lname", "-ilname":
		return func(x *findFile) bool {
			to, err := f.c.FS().Readlink(f.c.Abs(x.path))
			return err == nil && matchPattern(arg, to, a == "-ilname")
		}, nil
	case "-regextype":
		f.extended = strings.Contains("posix-extended egrep posix-egrep awk gnu-awk posix-awk", arg)
		return always, nil
	case "-regex", "-iregex":
		re, err := compileRegexp(arg, regexFlags{extended: f.extended, fold: a == "-iregex"}, f.c.Fail)
		return func(x *findFile) bool {
			m := re.FindStringIndex(x.path)
			return m != nil && m[0] == 0 && m[1] == len(x.path)
		}, err
	case "-type", "-xtype":
		return f.typeTest(a, arg)
	case "-maxdepth", "-mindepth":
		n, ok := parseInt(arg)
		if !ok || n < 0 {
			return nil, findError("Expected a positive decimal integer argument to " + a + ", but got '" + arg + "'")
		}
		*map[string]*int{"-maxdepth": &f.max, "-mindepth": &f.min}[a] = n
		return always, nil
	case "-perm":
		return permTest(arg)
	case "-newer", "-anewer", "-cnewer", "-samefile":
		return f.fileTest(a, arg)
	case "-user", "-group":
		return func(*findFile) bool { return arg == "root" || arg == "0" }, nil
	case "-printf":
		f.acts = true
		return func(x *findFile) bool { f.c.Out().WriteString(f.format(arg, x)); return true }, nil
	}
	return f.numberTest(a, arg)
}

func (f *finder) typeTest(a, arg string) (findExpr, error) {
	for part := range strings.SplitSeq(arg, ",") {
		if len(part) != 1 || strings.IndexByte("bcdpflsD", part[0]) < 0 {
			return nil, findError("Unknown argument to " + a + ": " + part)
		}
	}
	return func(x *findFile) bool {
		i := x.info
		if a == "-xtype" {
			i = f.target(x)
		}
		return strings.Contains(","+arg+",", ","+string(findType(i))+",")
	}, nil
}

func findType(i vfs.Info) rune {
	if i.Type == vfs.Regular {
		return 'f'
	}
	return rune(i.Type)
}

// target is what a file is when links are followed.
func (f *finder) target(x *findFile) vfs.Info {
	if i, err := f.c.FS().Stat(f.c.Abs(x.path)); err == nil {
		return i
	}
	return x.info
}

func (f *finder) empty(x *findFile) bool {
	if x.info.IsDir() {
		l, err := f.c.FS().ReadDir(f.c.Abs(x.path))
		return err == nil && len(l) == 0
	}
	return x.info.Type == vfs.Regular && x.info.Size == 0
}

// permTest is -perm: MODE exactly, -MODE all of its bits, /MODE any of them.
func permTest(arg string) (findExpr, error) {
	kind := byte(0)
	mode := arg
	if arg != "" && (arg[0] == '-' || arg[0] == '/') {
		kind, mode = arg[0], arg[1:]
	}
	want, ok := parseMode(mode, 0)
	if !ok {
		return nil, findError("invalid mode '" + arg + "'")
	}
	return func(x *findFile) bool {
		switch kind {
		case '-':
			return x.info.Perm&want == want
		case '/':
			return want == 0 || x.info.Perm&want != 0
		}
		return x.info.Perm == want
	}, nil
}

func (f *finder) fileTest(a, arg string) (findExpr, error) {
	i, err := f.c.FS().Lstat(f.c.Abs(arg))
	if err != nil {
		return nil, findError("'" + arg + "': " + Reason(err))
	}
	if a == "-samefile" {
		return func(x *findFile) bool { return x.info.Ino != 0 && x.info.Ino == i.Ino }, nil
	}
	return func(x *findFile) bool { return x.info.Mtime.After(i.Mtime) }, nil
}

// numberTest is a test of [+-]N.
func (f *finder) numberTest(a, arg string) (findExpr, error) {
	sign, text := byte(0), arg
	if arg != "" && (arg[0] == '+' || arg[0] == '-') {
		sign, text = arg[0], arg[1:]
	}
	unit := int64(512)
	if a == "-size" && text != "" {
		if u, ok := map[byte]int64{'c': 1, 'w': 2, 'b': 512, 'k': 1 << 10, 'M': 1 << 20, 'G': 1 << 30}[text[len(text)-1]]; ok {
			unit, text = u, text[:len(text)-1]
		}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, findError("invalid argument `" + arg + "' to `" + a + "'")
	}
	value := map[string]func(*findFile) int64{
		"-size":  func(x *findFile) int64 { return (x.info.Size + unit - 1) / unit },
		"-links": func(x *findFile) int64 { return int64(x.info.Nlink) },
		"-inum":  func(x *findFile) int64 { return int64(x.info.Ino) },
		"-uid":   func(*findFile) int64 { return 0 },
		"-gid":   func(*findFile) int64 { return 0 },
	}[a]
	if value == nil {
		unit := 24 * time.Hour
		if strings.HasSuffix(a, "min") {
			unit = time.Minute
		}
		value = func(x *findFile) int64 { return int64(f.c.Now().Sub(x.info.Mtime) / unit) }
	}
	return func(x *findFile) bool {
		v := value(x)
		switch sign {
		case '+':
			return v > n
		case '-':
			return v < n
		}
		return v == n
	}, nil
}
