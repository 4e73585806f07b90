package scenario

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/internal/shell"
)

// fake is the set of commands that stands for a machine.
func fake(console *shell.Console) []*shell.Command {
	loaded := 0
	return []*shell.Command{
		{Name: "insmod", Usage: "insmod FILE", Run: func(c *shell.Ctx) int {
			loaded++
			console.Kernel(fmt.Sprintf("livepatch: enabling patch '%s'", c.Args[1]))
			return c.Print(fmt.Sprintf("%d\n", loaded))
		}},
		{Name: "warn", Usage: "warn", Run: func(*shell.Ctx) int {
			console.Kernel("before\nWARNING: klp_x: 1 == 2\nafter")
			return 0
		}},
		{Name: "boom", Usage: "boom", Run: func(*shell.Ctx) int { panic("boom") }},
	}
}

func session(t testing.TB, f *File) *ShellSession {
	t.Helper()
	host := &shell.Still{}
	tree, err := NewFS(nil, f.Files, host.Now)
	if err != nil {
		t.Fatal(err)
	}
	console := shell.NewConsole(1<<20, nil)
	sh := shell.New(shell.Config{FS: tree, Host: host, Console: console, Commands: fake(console), Dir: WorkDir,
		Limits: shell.Limits{Commands: 20000}})
	return NewSession(sh, console)
}

func runText(t testing.TB, src string) (*Result, string) {
	t.Helper()
	f, err := Parse("t.md", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	r := Run(f, session(t, f), Options{})
	var b bytes.Buffer
	r.WriteText(&b)
	return r, b.String()
}

// TestGolden runs the scenarios of testdata: NAME.md is run, its report must be
// NAME.report, and the updated file NAME.updated where that exists.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.md")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata", err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			base := strings.TrimSuffix(name, ".md")
			f, err := Parse(filepath.Base(name), src)
			if err != nil {
				compareFile(t, base+".report", err.Error()+"\n")
				return
			}
			r := Run(f, session(t, f), Options{})
			var b bytes.Buffer
			for _, w := range f.Warnings {
				fmt.Fprintf(&b, "warning: %v\n", w)
			}
			r.WriteText(&b)
			compareFile(t, base+".report", b.String())
			updated, changed, err := r.Update()
			if err != nil {
				compareFile(t, base+".updated", "error: "+err.Error()+"\n")
				return
			}
			if changed == bytes.Equal(updated, src) {
				t.Errorf("changed is %v, but equal is %v", changed, bytes.Equal(updated, src))
			}
			if !changed {
				return
			}
			compareFile(t, base+".updated", string(updated))
			again, err := Parse("again.md", updated)
			if err != nil {
				t.Fatal(err)
			}
			if r := Run(again, session(t, again), Options{}); !r.OK() {
				t.Errorf("the updated scenario fails: %+v", r.Failures)
			}
		})
	}
}

func compareFile(t *testing.T, name, got string) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", name, d)
	}
}

func TestParse(t *testing.T) {
	src := "---\ntitle: \"A title\"\ncpus: 1\n---\n# Heading\n\n```asm file=pair.s\nnop\n\n```\n\n" +
		"1. list\n\n   ~~~~ console\n   $ cat <<E\n   > a\n   >  b\n   > E\n   out\n\n   ...\n   \\$ x\n   [3]\n   $ # pair.s\n   ~~~~\n"
	f, err := Parse("x.md", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	if f.Title != "A title" {
		t.Errorf("title = %q", f.Title)
	}
	if d := cmp.Diff([]Setting{{"title", "A title", 2}, {"cpus", "1", 3}}, f.Settings); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]Block{{"pair.s", []byte("nop\n\n"), 7}}, f.Files); d != "" {
		t.Error(d)
	}
	if len(f.Commands) != 2 {
		t.Fatalf("%d commands", len(f.Commands))
	}
	c := f.Commands[0]
	if got, want := c.Text, "cat <<E\na\n b\nE"; got != want {
		t.Errorf("text = %q, want %q", got, want)
	}
	want := []Want{{"out", false, 19}, {"", false, 20}, {"", true, 21}, {"$ x", false, 22}}
	if d := cmp.Diff(want, c.Want); d != "" {
		t.Error(d)
	}
	if c.Status != 3 || c.Line != 15 {
		t.Errorf("status %d line %d", c.Status, c.Line)
	}
}

func TestBareContinuation(t *testing.T) {
	f, err := Parse("t.md", []byte("```console\n$ cat <<E\n> a\n>\n>\n> E\n$ echo '>'\n>\n```\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := f.Commands[0].Text, "cat <<E\na\n\n\nE"; got != want {
		t.Errorf("text = %q, want %q", got, want)
	}
	if d := cmp.Diff([]Want{{">", false, 8}}, f.Commands[1].Want); d != "" {
		t.Error(d)
	}
}

func TestParseErrors(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"unclosed", "a\n```console\n$ true\n", "t.md:2: this fence is never closed; end the block with a line of ```"},
		{"before", "```console\nout\n```\n", `t.md:2: output before the first command of this block; a command begins with "$ "`},
		{"typo", "```consle\n$ true\n```\n", `t.md:1: unknown kind of block "consle"; did you mean "console"?`},
		{"case", "```Console\n$ true\n```\n", `t.md:1: unknown kind of block "Console"; did you mean "console"?`},
		{"attr", "```asm fil=a.s\n```\n", `t.md:1: unknown attribute "fil"; did you mean "file=a.s"?`},
		{"twice", "```asm file=a\n```\n```asm file=./a\n```\n", "t.md:3: file=a is given twice, first in line 1"},
		{"outside", "```asm file=../a\n```\n", "t.md:1: file=../a is not a name below the working directory"},
		{"absolute", "```asm file=/a\n```\n", "t.md:1: file=/a is not a name below the working directory"},
		{"status", "```console\n$ false\n[1]\nx\n```\n", "t.md:4: output after the status [1]; the status stands last"},
		{"status 0", "```console\n$ false\n[0]\n```\n", `t.md:3: [0] is no exit status: 1 to 255 (0 is not written); as output it is written \[0]`},
		{"status 256", "```console\n$ false\n[99999999999999999999]\n```\n", `t.md:3: [99999999999999999999] is no exit status: 1 to 255 (0 is not written); as output it is written \[99999999999999999999]`},
		{"late continuation", "```console\n$ echo\nx\n> y\n```\n", `t.md:4: a continuation line stands directly below its command; as output it is written \> y`},
		{"after exit", "```console\n$ exit 3\n[3]\n```\n\n```console\n$ true\n```\n", "t.md:7: a command after the `exit` in line 2"},
		{"front matter", "---\ntitle: x\n", "t.md:1: this front matter is never closed; end it with a line of ---"},
		{"setting", "---\ncpu: 1\n---\n", `t.md:2: unknown setting "cpu"; did you mean "cpus"?`},
		{"setting twice", "---\ncpus: 1\ncpus: 2\n---\n", `t.md:3: "cpus" is set twice, first in line 2`},
		{"setting form", "---\nhello\n---\n", "t.md:2: the front matter has lines of the form `key: value`"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse("t.md", []byte(tt.src))
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestNotBlocks(t *testing.T) {
	src := "    ```console\n    $ false\n    ```\n\n<!--\n```console\nx\n```\n-->\n\n````md\n```console\nx\n```\n````\n"
	f, err := Parse("t.md", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Commands) != 0 {
		t.Errorf("commands: %+v", f.Commands)
	}
	if HasConsole([]byte(src)) {
		t.Error("HasConsole is true")
	}
}

func TestEscape(t *testing.T) {
	for _, text := range []string{"$ x", "$", "> x", "...", "[1]", "[123456789012345678901]", `\`, `\\x`, "x", "", "[x]", "....", ">", "$x"} {
		e := Escape(text)
		f, err := Parse("t.md", []byte("```console\n$ true\n"+e+"\n```\n"))
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if d := cmp.Diff([]Want{{text, false, 3}}, f.Commands[0].Want); d != "" {
			t.Errorf("%q: %s", text, d)
		}
	}
}

func TestLimitAndFault(t *testing.T) {
	r, _ := runText(t, "```console\n$ while :; do :; done\n```\n")
	if r.Limit == nil || r.Fault != nil {
		t.Fatalf("limit %v fault %v", r.Limit, r.Fault)
	}
	if _, _, err := r.Update(); err == nil {
		t.Error("a scenario ended by a limit was updated")
	}
	r, text := runText(t, "```console\n$ boom\n```\n")
	if r.Fault == nil {
		t.Fatal("no fault")
	}
	if want := "t.md:2: t.md:2: fault in klpemu: boom: $ boom\n"; !strings.HasPrefix(text, want) {
		t.Errorf("got %q", text)
	}
	if _, _, err := r.Update(); err == nil {
		t.Error("a scenario ended by a fault was updated")
	}
}

// limitedSession is a machine whose commands reach the limit of instructions.
type limitedSession struct{}

func (limitedSession) Exec(string) Outcome {
	return Outcome{Output: []byte("call: f: limit of 1000 instructions\n"), Status: 1, Limited: true}
}
func (limitedSession) Close() Outcome { return Outcome{} }

func TestNoUpdateAfterLimit(t *testing.T) {
	f, err := Parse("t.md", []byte("```console\n$ call f\n1\n```\n"))
	if err != nil {
		t.Fatal(err)
	}
	_, changed, err := Run(f, limitedSession{}, Options{}).Update()
	if changed || err == nil || !strings.Contains(err.Error(), "line 2 reached the limit") {
		t.Errorf("changed %v, error %v", changed, err)
	}
}

func TestCRLF(t *testing.T) {
	src := "# x\r\n\r\n```console\r\n$ echo a\r\nb\r\n$ echo 'c d'\r\nc d\r\n```\r\n"
	r, _ := runText(t, src)
	got, changed, err := r.Update()
	if err != nil || !changed {
		t.Fatal(changed, err)
	}
	if want := strings.Replace(src, "\r\nb\r\n", "\r\na\r\n", 1); string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestPipelineOrder holds that what both sides of a pipe do comes in one order.
func TestPipelineOrder(t *testing.T) {
	f, err := Parse("t.md", []byte("```console\n$ insmod a.klp | insmod b.klp; echo $RANDOM $$ $SECONDS\n```\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := "livepatch: enabling patch 'a.klp'\nlivepatch: enabling patch 'b.klp'\n2\n"
	var first []byte
	for i := range 1000 {
		got := session(t, f).Exec(f.Commands[0].Text).Output
		if i == 0 {
			first = got
			if !strings.HasPrefix(string(got), want) {
				t.Fatalf("got %q, want %q", got, want)
			}
		}
		if !bytes.Equal(first, got) {
			t.Fatalf("run %d: %q, before %q", i, got, first)
		}
	}
}

func TestReplaceFile(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "a.md")
	if err := os.WriteFile(name, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, 0o640); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link.md")
	if err := os.Symlink("a.md", link); err != nil {
		t.Skip("no symbolic links:", err)
	}
	if err := ReplaceFile(link, []byte("new")); err != nil {
		t.Fatal(err)
	}
	data, _ := os.ReadFile(name)
	info, _ := os.Lstat(name)
	if string(data) != "new" || info.Mode() != 0o640 {
		t.Errorf("%q %v", data, info.Mode())
	}
	if i, _ := os.Lstat(link); i.Mode()&os.ModeSymlink == 0 {
		t.Error("the link is gone")
	}
	if list, _ := os.ReadDir(dir); len(list) != 2 {
		t.Errorf("left over: %v", list)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"```console\n$ a\n> b\nc\n...\n[1]\n```\n", "---\ntitle: x\n---\n", "- ~~~ console\n  $ x\n  ~~~\n", "```a file=b\n```\n", "<!--\n-->\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		HasConsole(src)
		file, err := Parse("f.md", src)
		if err != nil {
			if _, ok := err.(*Error); !ok {
				t.Fatalf("%T", err)
			}
			return
		}
		var b strings.Builder
		writeLines(&b, file.lines)
		if b.String() != string(src) {
			t.Fatalf("lines do not give the source back: %q", b.String())
		}
		// A session that prints something else must give a file that, run
		// again, has nothing to change.
		r := Run(file, echoSession{}, Options{})
		out, _, err := r.Update()
		if err != nil {
			return
		}
		again, err := Parse("f.md", out)
		if err != nil {
			t.Fatalf("updated file: %v\n%q", err, out)
		}
		if r := Run(again, echoSession{}, Options{}); !r.OK() {
			t.Fatalf("updated file fails: %+v\n%q", r.Failures, out)
		}
	})
}

// echoSession prints each command and ends with its length.
type echoSession struct{}

func (echoSession) Exec(c string) Outcome {
	c = strings.ReplaceAll(c, "\r", "")
	return Outcome{Output: []byte(c + "\n\n...\nWARNING: x\n$ y"), Status: len(c) % 256, Alarms: []string{"WARNING: x"}}
}

func (echoSession) Close() Outcome { return Outcome{} }

func TestLimits(t *testing.T) {
	f, err := Parse("t.md", []byte("---\nmax-commands: 5\nmax-insns: 9\n---\n"))
	if err != nil {
		t.Fatal(err)
	}
	if l, err := f.Limits(); err != nil || l.Commands != 5 {
		t.Errorf("%+v, %v", l, err)
	}
	f, err = Parse("t.md", []byte("---\nmax-depth: many\n---\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Limits(); err == nil || err.Error() != `t.md:2: max-depth: "many" is no number from 1 to 1073741824` {
		t.Errorf("%v", err)
	}
}
