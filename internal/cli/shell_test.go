package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// runWith runs klpemu with standard input.
func runWith(t *testing.T, in string, args ...string) (status int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	status = Main(args, strings.NewReader(in), &o, &e)
	return status, o.String(), e.String()
}

func TestShScript(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return name
	}
	data, err := os.ReadFile(guest + "fentry/pair.o")
	if err != nil {
		t.Fatal(err)
	}
	write("pair.o", string(data))
	tests := []struct {
		name   string
		script string
		args   []string
		status int
		out    string
	}{
		{"arguments and files", "boot $1\ncall read_the_pair\necho $0 $#\n", []string{"pair.o"}, 0, "44\ndemo.sh 1\n"},
		{"exit status", "exit 7\n", nil, 7, ""},
		{"status of the last command", "false\n", nil, 1, ""},
		{"trap", "trap 'echo bye' EXIT\nset -e\nfalse\necho not here\n", nil, 1, "bye\n"},
		{"environment", "echo $KDIR; [ -d \"/lib/modules/$(uname -r)/build\" ] && env | grep KDIR\n", []string{}, 0, "/sys\nKDIR=/sys\n"},
		{"getconf", "getconf _NPROCESSORS_ONLN; getconf PAGESIZE; getconf X\n", nil, 2, "2\n4096\ngetconf: Unrecognized variable `X'\n"},
		{"syntax error", "if\n", nil, 2, "sh: syntax error"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			script := write("demo.sh", tt.script)
			status, out, errs := run(t, append([]string{"sh", "-e", "KDIR=/sys", script}, tt.args...)...)
			if tt.name == "syntax error" {
				if status != tt.status || !strings.Contains(out, "syntax error") {
					t.Errorf("status %d, out %q", status, out)
				}
				return
			}
			if status != tt.status || out != tt.out {
				t.Errorf("status %d, want %d; out %q, want %q; stderr %q", status, tt.status, out, tt.out, errs)
			}
		})
	}
	if status, _, errs := run(t, "sh", filepath.Join(dir, "nosuch.sh")); status != 2 || !strings.Contains(errs, "nosuch.sh") {
		t.Errorf("missing script: status %d, %q", status, errs)
	}
}

// A recorded session is a scenario that passes.
func TestShellRecords(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	status, out, errs := runWith(t, "for i in 1 2\ndo echo $i\ndone\nfalse\necho '$ x'\ncat /proc/cmdline\nexit\n",
		"shell", "--record", "rec.md")
	if status != 0 || errs != "" {
		t.Fatalf("status %d, stderr %q", status, errs)
	}
	if diff := cmp.Diff("1\n2\n$ x\nconsole=ttyS0 nokaslr quiet\n", out); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
	status, out, errs = run(t, "run", "rec.md")
	if status != 0 {
		t.Errorf("the recorded scenario: status %d\n%s%s", status, out, errs)
	}
}

// A shell can start where a scenario ends.
func TestShellAfterScenario(t *testing.T) {
	status, out, errs := runWith(t, "call read_the_pair\n", "shell", "../../docs/tour/01-first-patch.md")
	if status != 0 || !strings.HasSuffix(out, "\n44\n") {
		t.Errorf("status %d, output %q, stderr %q", status, out, errs)
	}
}

// A shell ends with the status of its last command, as sh does.
func TestShellStatus(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want int
	}{
		{"", 0},
		{"false\ntrue\n", 0},
		{"true\nfalse\n", 1},
		{"false", 1},
		{"false\nexit\n", 1},
		{"nosuch\n\n", 127},
		{"exit 7\ntrue\n", 7},
	} {
		if status, _, errs := runWith(t, tt.in, "shell"); status != tt.want || errs != "" {
			t.Errorf("%q: status %d, stderr %q, want status %d", tt.in, status, errs, tt.want)
		}
	}
}

func TestComplete(t *testing.T) {
	s, err := newSession(sessionConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.system.Close()
	i := &interactive{hostSession: s}
	tests := []struct {
		line, want string
	}{
		{"ins", "insmod "},
		{"call cmdl", "call cmdline_proc_show "},
		{"cat /sys/kernel/livep", "cat /sys/kernel/livepatch/"},
		{"echo x | gre", "echo x | grep "},
		{"cat /nosuch/x", ""},
		{"xyzzy", ""},
	}
	for _, tt := range tests {
		got, pos, ok := i.complete(tt.line, len(tt.line), '\t')
		if !ok {
			got = ""
		}
		if got != tt.want || ok && pos != len(tt.want) {
			t.Errorf("complete(%q) = %q at %d, want %q", tt.line, got, pos, tt.want)
		}
	}
	if _, _, ok := i.complete("ins", 3, 'x'); ok {
		t.Error("a key other than Tab completed")
	}
}

func TestColorLine(t *testing.T) {
	tests := []struct{ in, want string }{
		{"ok   a.md: 1 command\n", "\x1b[32mok   a.md: 1 command\x1b[0m\n"},
		{"-old\n", "\x1b[31m-old\x1b[0m\n"},
		{"@@ -1 +1 @@\n", "\x1b[36m@@ -1 +1 @@\x1b[0m\n"},
		{"plain\n", "plain\n"},
	}
	for _, tt := range tests {
		if got := colorLine(tt.in); got != tt.want {
			t.Errorf("colorLine(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}
