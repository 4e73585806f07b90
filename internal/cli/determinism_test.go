package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// writeScenario writes a scenario beside copies of guest objects and returns
// its name.
func writeScenario(t *testing.T, text string, objects ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, o := range objects {
		data, err := os.ReadFile(guest + o)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(o)), data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(dir, "scenario.md")
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return name
}

// session returns what a scenario's commands print, without the verdict.
func session(t *testing.T, name string, flags ...string) string {
	t.Helper()
	_, out, errs := run(t, append(append([]string{"run", "-v"}, flags...), name)...)
	if errs != "" {
		t.Fatalf("stderr: %s", errs)
	}
	i := strings.Index(out, name+":")
	if i < 0 {
		i = strings.Index(out, "ok   ")
	}
	return strings.ReplaceAll(out[:i], filepath.Dir(name), "")
}

const pipedInsmods = "```klp file=a.klp\nlivepatch a\nobject vmlinux\n  func read_pair fixed_read_pair\ncode fix_pair.o\n```\n" +
	"```klp file=b.klp\nlivepatch b\nobject vmlinux\n  func read_pair hex_read_pair\ncode fix_pair_3.o\n```\n" +
	"```console\n$ boot --cpus 1 pair.o\n$ insmod a.klp | insmod b.klp\n$ call read_the_pair & call read_the_pair\n$ wait\n$ cat /sys/kernel/livepatch/*/enabled\n```\n"

// Two insmods in a pipeline run one after the other, always in the same order.
func TestPipelineIsDeterministic(t *testing.T) {
	n := 1000
	if testing.Short() {
		n = 20
	}
	name := writeScenario(t, pipedInsmods, "fentry/pair.o", "fentry/fix_pair.o", "fentry/fix_pair_3.o")
	want := session(t, name)
	if !strings.Contains(want, "livepatch: 'b': patching complete") {
		t.Fatalf("the pipeline did not load both:\n%s", want)
	}
	for i := range n {
		if diff := cmp.Diff(want, session(t, name)); diff != "" {
			t.Fatalf("run %d differs (-first +this):\n%s", i, diff)
		}
	}
}

// Nothing of the host is visible inside: two runs in different surroundings
// print the same, and what they print is the machine's.
func TestNothingOfTheHostLeaksIn(t *testing.T) {
	text := "```console\n" +
		"$ echo $$ $PPID $UID $HOME $PATH $USER $HOSTNAME $RANDOM $RANDOM $SECONDS\n" +
		"$ env\n$ set\n$ date +%s.%N\n$ hostname\n$ id\n$ pwd\n$ uname -a\n$ tty\n$ nproc\n" +
		"$ echo ~ ~root ~nobody ~+\n$ ls -la / /tmp /root /dev\n$ cat /etc/passwd /etc/hostname\n" +
		"$ cat ../secret.txt ../../secret.txt /proc/self/environ link\n" +
		"$ ls /proc /home /usr /bin\n$ test -e /usr/bin/env\n$ /bin/true\n$ (sleep 1; date)\n$ mktemp\n" +
		"```\n"
	name := writeScenario(t, text)
	secret := filepath.Join(filepath.Dir(filepath.Dir(name)), "secret.txt")
	if err := os.WriteFile(secret, []byte("host secret\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(filepath.Dir(name), "link")); err != nil {
		t.Fatal(err)
	}
	first := session(t, name)
	t.Setenv("HOME", "/nowhere")
	t.Setenv("USER", "somebody")
	t.Setenv("KLPEMU_LEAK", "leaked")
	t.Setenv("TZ", "Asia/Tokyo")
	t.Chdir(t.TempDir())
	second := session(t, name)
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("the surroundings show (-first +second):\n%s", diff)
	}
	for _, bad := range []string{"host secret", "leaked", "somebody", "/nowhere"} {
		if strings.Contains(second, bad) {
			t.Errorf("%q leaked in:\n%s", bad, second)
		}
	}
	if host, err := os.Hostname(); err == nil && len(host) > 3 && strings.Contains(first, host) {
		t.Errorf("the host's name %q leaked in:\n%s", host, first)
	}
}
