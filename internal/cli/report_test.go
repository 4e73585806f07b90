package cli

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// reportDir makes a directory with a scenario that passes, one that fails and
// one that cannot be read.
func reportDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.md": "# fine\n\n```console\n$ echo one\none\n```\n",
		"b.md": "```console\n$ echo two\nzwei\n$ false\n[1]\n```\n",
		"c.md": "```console\nno command\n```\n",
		"d.md": "nothing to run\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestReportText(t *testing.T) {
	dir := reportDir(t)
	t.Chdir(dir)
	status, out, errs := run(t, "run", ".")
	if status != 2 {
		t.Errorf("status %d, want 2", status)
	}
	want := `ok   a.md: 1 command
b.md:2: output differs: $ echo two
--- b.md (expected)
+++ b.md (actual)
@@ -3 +3 @@
-zwei
+two
FAIL b.md: 2 commands, 1 failure; klpemu run -v b.md shows the session
2 scenarios, 3 commands: 1 failed, 1 could not be run
`
	if diff := cmp.Diff(want, out); diff != "" {
		t.Errorf("stdout (-want +got):\n%s", diff)
	}
	if !strings.Contains(errs, "c.md:2: ") {
		t.Errorf("stderr %q does not name the place in c.md", errs)
	}
	for range 20 {
		if _, again, _ := run(t, "run", "-j", "4", "."); again != want {
			t.Fatalf("with -j 4 the report differs:\n%s", cmp.Diff(want, again))
		}
	}
}

func TestReportKTAP(t *testing.T) {
	t.Chdir(reportDir(t))
	_, out, _ := run(t, "run", "--format", "ktap", "a.md", "b.md")
	want := `KTAP version 1
1..2
  KTAP version 1
  1..1
  ok 1 line 4: echo one
ok 1 a.md
  KTAP version 1
  1..2
  # output differs
  # @@ -3 +3 @@
  # -zwei
  # +two
  not ok 1 line 2: echo two
  ok 2 line 4: false
not ok 2 b.md
`
	if diff := cmp.Diff(want, out); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
}

func TestReportJSON(t *testing.T) {
	t.Chdir(reportDir(t))
	_, out, _ := run(t, "run", "--format", "json", ".")
	var report struct {
		Scenarios []struct {
			File     string
			Title    string
			OK       bool
			Error    string
			Failures []struct{ Line int }
		}
		Failed int
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatal(err)
	}
	if report.Failed != 2 || len(report.Scenarios) != 3 {
		t.Fatalf("report: %+v", report)
	}
	if !report.Scenarios[0].OK || report.Scenarios[1].Failures[0].Line != 2 || report.Scenarios[2].Error == "" {
		t.Errorf("report: %+v", report)
	}
}

func TestReportJUnit(t *testing.T) {
	t.Chdir(reportDir(t))
	_, out, _ := run(t, "run", "--format", "junit", ".")
	var report struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
	}
	if err := xml.Unmarshal([]byte(out), &report); err != nil {
		t.Fatal(err)
	}
	if report.Tests != 4 || report.Failures != 1 || report.Errors != 1 {
		t.Errorf("totals: %+v, want 4 tests, 1 failure, 1 error\n%s", report, out)
	}
}

// --update rewrites what differs and nothing else.
func TestUpdate(t *testing.T) {
	t.Chdir(reportDir(t))
	status, out, _ := run(t, "run", "--update", "b.md")
	if status != 0 || !strings.Contains(out, "updated b.md") {
		t.Fatalf("status %d: %s", status, out)
	}
	got, err := os.ReadFile("b.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("```console\n$ echo two\ntwo\n$ false\n[1]\n```\n", string(got)); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
}

// A file that cannot be run, or that holds nothing to run, is never passed over
// as if all had been well.
func TestReportNothingRun(t *testing.T) {
	t.Chdir(reportDir(t))
	for _, tt := range []struct {
		file, out, errs string
		status          int
	}{
		{"c.md", "0 scenarios, 0 commands: 1 could not be run\n", "c.md:2: output before", 2},
		{"d.md", "ok   d.md: 0 commands\n1 scenario, 0 commands: all as expected\n", "warning: d.md:1: no console block", 0},
	} {
		status, out, errs := run(t, "run", tt.file)
		if status != tt.status || out != tt.out || !strings.Contains(errs, tt.errs) {
			t.Errorf("run %s: status %d, stdout %q, stderr %q; want %+v", tt.file, status, out, errs, tt)
		}
	}
}

// Input that never ends is refused, and a directory is searched past files that
// cannot be scenarios.
func TestRunEndlessInput(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if status, _, errs := run(t, "run", "/dev/zero"); status != 2 || !strings.Contains(errs, "/dev/zero: larger than the limit") {
		t.Errorf("run /dev/zero: status %d, stderr %q", status, errs)
	}
	if err := os.Symlink("nowhere.md", "loop.md"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("a.md", []byte("```console\n$ true\n```\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if status, out, errs := run(t, "run", "."); status != 0 {
		t.Errorf("run .: status %d, %q, %q", status, out, errs)
	}
}
