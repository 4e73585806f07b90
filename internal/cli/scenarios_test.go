package cli

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// scenarioFiles are the Markdown files of the repository that hold a session.
func scenarioFiles(t *testing.T, roots ...string) []string {
	t.Helper()
	var files []string
	for _, root := range roots {
		err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(p) != ".md" {
				return err
			}
			text, err := os.ReadFile(p)
			if err == nil && bytes.Contains(text, []byte("\n```console\n")) {
				files = append(files, p)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(files) == 0 {
		t.Fatalf("no scenario below %v", roots)
	}
	return files
}

// TestScenarios runs every session of the repository twice: each must do what
// it says, and print the same bytes both times. When time is short, those of the
// documentation have to do, once.
func TestScenarios(t *testing.T) {
	roots := []string{"../../README.md", "../../docs", "../../testdata"}
	if testing.Short() {
		roots = roots[:2]
	}
	for _, name := range scenarioFiles(t, roots...) {
		t.Run(strings.TrimPrefix(filepath.ToSlash(name), "../../"), func(t *testing.T) {
			status, out, errs := run(t, "run", "--check", "-v", name)
			if status != exitOK || errs != "" {
				t.Fatalf("exit status %d\n%s%s", status, verdict(out, name), errs)
			}
			if testing.Short() {
				return
			}
			status2, again, errs2 := run(t, "run", "--check", "-v", name)
			if status2 != status || errs2 != errs {
				t.Errorf("second run: exit status %d, stderr %q", status2, errs2)
			}
			if diff := cmp.Diff(out, again); diff != "" {
				t.Errorf("two runs differ (-first +second):\n%s", diff)
			}
		})
	}
}

// verdict is what follows the session in the output of a run that failed.
func verdict(out, name string) string {
	if i := strings.Index(out, name+":"); i >= 0 {
		return out[i:]
	}
	return out
}
