package shell

import (
	"strings"
	"testing"
	"testing/fstest"

	"klpemu/internal/vfs"
)

// newShell makes a shell on a small tree; name and content pairs are files of
// its directory.
func newShell(t testing.TB, files ...string) *Shell {
	t.Helper()
	fs := vfs.New(vfs.Options{Now: BootTime})
	lower := fstest.MapFS{}
	for i := 0; i+1 < len(files); i += 2 {
		lower[files[i]] = &fstest.MapFile{Data: []byte(files[i+1]), Mode: 0o644}
	}
	for _, err := range []error{fs.MkdirAll("/tmp", 0o1777), fs.MountDev(), fs.MountLower("/root", lower)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return New(Config{FS: fs, Console: NewConsole(16<<20, nil)})
}

// run gives what a command line writes, with "[N]" after it for a status.
func run(t testing.TB, s *Shell, src string) string {
	t.Helper()
	r := s.Run(src)
	out, _ := s.k.console.Take()
	text := string(out)
	if r.Err != nil {
		text += "!" + r.Err.Error() + "\n"
	}
	if r.Status != 0 {
		text += "[" + itoa(r.Status) + "]"
	}
	return text
}

func TestSmoke(t *testing.T) {
	s := newShell(t, "a.txt", "one\ntwo\n")
	for _, tt := range []struct{ src, want string }{
		{"echo hello", "hello\n"},
		{"cat a.txt", "one\ntwo\n"},
		{"cat /x", "cat: /x: No such file or directory\n[1]"},
		{"foo", "sh: foo: command not found\n[127]"},
		{"echo x > /x/y", "sh: /x/y: No such file or directory\n[1]"},
		{"x=3; echo $((x*2)) ${x}y", "6 3y\n"},
		{"for i in 1 2 3; do echo $i; done | grep -v 2", "1\n3\n"},
		{"echo $(echo a; echo b)", "a b\n"},
		{"ls", "a.txt\n"},
		{"echo *", "a.txt\n"},
		{"echo hi > b; cat b; cat < b", "hi\nhi\n"},
		{"echo x > /dev/full", "sh: echo: write error: No space left on device\n[1]"},
	} {
		if got := run(t, s, tt.src); got != tt.want {
			t.Errorf("%s\n got %q\nwant %q", tt.src, got, tt.want)
		}
	}
}

func TestNoPanic(t *testing.T) {
	s := newShell(t)
	s.k.limits.Commands = 50000
	for _, src := range []string{
		strings.Repeat("(", 60000), strings.Repeat("(", 19000), "echo " + strings.Repeat("\"$(echo ", 9000), strings.Repeat("$(", 30000), strings.Repeat("{ ", 30000), "echo " + strings.Repeat("$((", 20000),
		strings.Repeat("! ", 30000) + "true", strings.Repeat("if ", 20000), "echo $((" + strings.Repeat("-", 50000) + "1))",
		"while :; do :; done", "f() { f; }; f", "x=a; while :; do x=$x$x; done", "yes", "echo {1..1000000000}", "[[ " + strings.Repeat("! ", 30000) + "a ]]",
		strings.Repeat("case x in x) ", 10000), strings.Repeat("\"$(", 20000), strings.Repeat("while ", 40000), strings.Repeat("true && ", 30000) + "true", "echo $((" + strings.Repeat("1+", 60000) + "1))", strings.Repeat("{ ", 19000) + ":" + strings.Repeat("; }", 19000), strings.Repeat("echo | ", 30000) + "cat", strings.Repeat("if true; then ", 10000) + ":" + strings.Repeat("; fi", 10000),

		"a=x; echo ${a//x/$a}", "x=$(yes | head -c 100000); echo ${x//y/$x} | wc -c", "echo $((1/0))", "echo ${y:?gone}", "printf %99999999999d 1",
		"declare -A m; m[a]=1; echo ${m[1+2]}", "echo $(( ))", "x=$'\\xff'; echo ${y#$x}", "echo ${!x}", "for ((;;)); do :; done",
	} {
		s := s
		name := src[:min(len(src), 20)]
		t.Run(name, func(t *testing.T) {
			out := run(t, s, src)
			t.Logf("%.200q", out)
		})
	}
}

// TestKernelOrder holds that a kernel message comes after what the command had
// printed, on a line of its own, whatever the redirections.
func TestKernelOrder(t *testing.T) {
	s := newShell(t)
	s.k.table["k"] = &Command{Name: "k", Usage: "k", Run: func(c *Ctx) int {
		c.Out().WriteString("half")
		s.k.console.Kernel("message")
		c.Out().WriteString(" line\n")
		return 0
	}}
	for _, tt := range []struct{ src, want string }{
		{"k", "half\nmessage\n line\n"},
		{"k > f; cat f", "message\nhalf line\n"},
		{"k | cat", "message\nhalf line\n"},
		{"x=$(k); echo $x", "message\nhalf line\n"},
		{"printf a; k >/dev/null; echo b", "a\nmessage\nb\n"},
		{"echo 1 | xargs k", "half\nmessage\n line\n"},
	} {
		if got := run(t, s, tt.src); got != tt.want {
			t.Errorf("%s\n got %q\nwant %q", tt.src, got, tt.want)
		}
	}
}
