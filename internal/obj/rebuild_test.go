package obj

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestGuestRebuild builds the committed guest objects again and compares every
// byte.
func TestGuestRebuild(t *testing.T) {
	needGuestTools(t)
	for _, dir := range []struct{ objects, script string }{
		{"testdata/guest", "build.sh"},
		{"testdata/scenarios/guest", "build.sh"},
		{"testdata/scenarios/modules", "build.sh"},
		{"testdata/scenarios/ko", "build.sh"},
		{"testdata/scenarios/exports", "build.sh"},
		{"testdata/scenarios/transition", "build.sh"},
		{"testdata/scenarios/programs", "build.sh"},
		{"testdata/scenarios/recorded/test_modules", "build.sh"},
		{"internal/machine/kernel", "src/build.sh"},
	} {
		t.Run(dir.objects, func(t *testing.T) {
			committed, again := filepath.Join("../..", dir.objects), t.TempDir()
			cmd := exec.Command("sh", filepath.Join(committed, dir.script), again)
			cmd.Env = append(os.Environ(), "CC=gcc")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("build.sh: %v\n%s", err, out)
			}
			sameFiles(t, committed, again)
		})
	}
}

// TestTourObjects: the tour has copies of guest objects beside it, so that a
// reader needs no other directory.
func TestTourObjects(t *testing.T) {
	const tour = "../../docs/tour"
	names := built(t, tour)
	if len(names) == 0 {
		t.Fatalf("no objects in %s", tour)
	}
	for _, name := range names {
		sameFile(t, tour, filepath.Join(guestDir, "fentry"), name)
	}
}

// TestPageModules: the page about kernel modules has copies of some beside it.
func TestPageModules(t *testing.T) {
	const page = "../../docs/modules"
	for _, name := range built(t, page) {
		from := "../../testdata/scenarios/ko"
		if name == "lp_cmdline.ko" {
			from = "../../testdata/modules"
		}
		sameFile(t, page, from, name)
	}
}

// needGuestTools skips the test where build.sh would give other bytes.
func needGuestTools(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skipf("the guest objects are built on linux/amd64, this is %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	for _, tool := range []struct{ name, want string }{
		{"gcc", " 12.2."}, {"as", " 2.40"}, {"ld", " 2.40"}, {"awk", ""}, {"sh", ""},
	} {
		path, err := exec.LookPath(tool.name)
		if err != nil {
			t.Skipf("%s is not installed", tool.name)
		}
		if tool.want == "" {
			continue
		}
		out, err := exec.Command(path, "--version").Output()
		line, _, _ := strings.Cut(string(out), "\n")
		if err != nil || !strings.Contains(line, tool.want) {
			t.Skipf("the guest objects need %s%s, this is %q", tool.name, tool.want, line)
		}
	}
}

// sameFiles compares both ways, so that no object is without its source.
func sameFiles(t *testing.T, committed, again string) {
	t.Helper()
	for _, pair := range [][2]string{{committed, again}, {again, committed}} {
		names := built(t, pair[0])
		if len(names) == 0 {
			t.Errorf("nothing is built in %s", pair[0])
		}
		for _, name := range names {
			sameFile(t, pair[0], pair[1], name)
		}
	}
}

func sameFile(t *testing.T, dir, other, name string) {
	t.Helper()
	a, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(other, name))
	if err != nil || !bytes.Equal(a, b) {
		t.Errorf("%s differs from what build.sh builds (%v)", name, err)
	}
}

// built lists the files that build.sh makes.
func built(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		program := err == nil && d.Type().IsRegular() && filepath.Ext(path) == ""
		if err == nil && (program || strings.HasSuffix(path, ".o") || strings.HasSuffix(path, ".ko") || d.Name() == "results.txt") {
			rel, err := filepath.Rel(dir, path)
			out = append(out, rel)
			return err
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
