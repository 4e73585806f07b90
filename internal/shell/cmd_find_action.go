package shell

import (
	"fmt"
	"strings"

	"klpemu/internal/vfs"
)

func (f *finder) print(end string) findExpr {
	return func(x *findFile) bool { f.c.Out().WriteString(x.path + end); return true }
}

// action is an action without an argument.
func (f *finder) action(a string) (findExpr, bool) {
	switch a {
	case "-print":
		return f.print("\n"), true
	case "-print0":
		return f.print("\x00"), true
	case "-quit":
		return func(*findFile) bool { f.quit = true; return true }, true
	case "-ls":
		return f.ls, true
	case "-delete":
		f.depthFirst = true
		return f.remove, true
	}
	return nil, false
}

func (f *finder) ls(x *findFile) bool {
	name := x.path
	if x.info.Type == vfs.Symlink {
		if to, err := f.c.FS().Readlink(f.c.Abs(x.path)); err == nil {
			name += " -> " + to
		}
	}
	fmt.Fprintf(f.c.Out(), "%9d %6d %s %3d root     root     %8d %s %s\n", x.info.Ino, (blocksOf(x.info)+1)/2, x.info, x.info.Nlink, x.info.Size,
		lsTime(x.info.Mtime, f.c.Now()), name)
	return true
}

func (f *finder) remove(x *findFile) bool {
	if x.path == "." {
		return true
	}
	remove := f.c.FS().Remove
	if x.info.IsDir() {
		remove = f.c.FS().Rmdir
	}
	if err := remove(f.c.Abs(x.path)); err != nil {
		f.status = f.c.Errorf("cannot delete '%s': %s", x.path, Reason(err))
		return false
	}
	return true
}

// exec parses -exec COMMAND ; and -exec COMMAND {} +.
func (f *finder) exec(a string) (findExpr, error) {
	var cmd []string
	for i, arg := range f.args {
		switch {
		case arg == ";" && i > 0:
			f.args = f.args[i+1:]
			return func(x *findFile) bool { return f.execOne(a, cmd, x) }, nil
		case arg == "+" && i > 1 && f.args[i-1] == "{}":
			f.args = f.args[i+1:]
			b := &findBatch{cmd: cmd[:len(cmd)-1]}
			f.batches = append(f.batches, b)
			return func(x *findFile) bool { b.files = append(b.files, x.path); return true }, nil
		}
		cmd = append(cmd, arg)
	}
	return nil, findError("missing argument to `" + a + "'")
}

func (f *finder) execOne(a string, cmd []string, x *findFile) bool {
	if strings.HasPrefix(a, "-ok") {
		return false // nobody is there to answer
	}
	name, dir := x.path, ""
	if a == "-execdir" {
		name, dir = "./"+x.info.Name, dirName(x.path)
	}
	args := make([]string, len(cmd))
	for i, c := range cmd {
		args[i] = strings.ReplaceAll(c, "{}", name)
	}
	return f.run(args, dir) == 0
}

func (f *finder) runBatch(b *findBatch) {
	if len(b.files) > 0 && !f.c.Stopped() && f.run(append(append([]string(nil), b.cmd...), b.files...), "") != 0 {
		f.status = 1
	}
}

func (f *finder) run(args []string, dir string) int {
	s := f.c.sh
	if !s.count() {
		return 1
	}
	if _, ok := s.find(args[0]); !ok && !strings.Contains(args[0], "/") {
		f.c.Errorf("'%s': No such file or directory", args[0])
		return 127
	}
	f.c.Out().Flush()
	if dir != "" {
		old := s.dir
		s.dir = s.abs(dir)
		defer func() { s.dir = old }()
	}
	s.executeCommand(args)
	return s.status
}

// format is -printf.
func (f *finder) format(v string, x *findFile) string {
	var b strings.Builder
	for i := 0; i < len(v); i++ {
		switch {
		case v[i] == '\\' && i+1 < len(v):
			i++
			if text, n := findEscape(v[i:]); n > 0 {
				b.WriteString(text)
				i += n - 1
			} else {
				b.WriteString(v[i-1 : i+1])
			}
		case v[i] == '%' && i+1 < len(v):
			i++
			b.WriteString(f.directive(v[i], x))
		default:
			b.WriteByte(v[i])
		}
	}
	return b.String()
}

func findEscape(v string) (string, int) {
	if n := digits(v, 3, 8); n > 0 {
		x := 0
		for _, d := range v[:n] {
			x = x*8 + int(d-'0')
		}
		return string([]byte{byte(x)}), n
	}
	if i := strings.IndexByte(`abfnrtv\`, v[0]); i >= 0 {
		return "\a\b\f\n\r\t\v\\"[i : i+1], 1
	}
	return "", 0
}

func (f *finder) directive(c byte, x *findFile) string {
	i := x.info
	switch c {
	case 'p':
		return x.path
	case 'P':
		return strings.TrimPrefix(strings.TrimPrefix(x.path, x.start), "/")
	case 'H':
		return x.start
	case 'f':
		return i.Name
	case 'h':
		return dirName(x.path)
	case 'd':
		return itoa(x.depth)
	case 's':
		return fmt.Sprint(i.Size)
	case 'm':
		return fmt.Sprintf("%o", i.Perm)
	case 'M':
		return i.String()
	case 'y':
		return string(findType(i))
	case 'n':
		return itoa(i.Nlink)
	case 'i':
		return fmt.Sprint(i.Ino)
	case 'u', 'g':
		return "root"
	case 'U', 'G':
		return "0"
	case 'l':
		to, _ := f.c.FS().Readlink(f.c.Abs(x.path)) // "" for what is no link
		return to
	case 't':
		return i.Mtime.UTC().Format("Mon Jan _2 15:04:05.0000000000 2006")
	case '%':
		return "%"
	}
	return "%" + string(c)
}
