package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const testdata = "../../testdata"

// selftestsVar names a directory with the kernel's own livepatch selftests,
// built: tools/testing/selftests/livepatch. testdata/selftests/run.sh makes one.
const selftestsVar = "KLPEMU_SELFTESTS"

// shScripts are scripts with the flags and the directory that they need.
type shScripts struct {
	args  []string
	files []string
}

// ownScripts use what the kernel's selftests use of a shell and of a kernel, on
// modules and programs of our own.
func ownScripts(t testing.TB) shScripts {
	t.Helper()
	files, err := filepath.Glob(testdata + "/scripts/test-*.sh")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	return shScripts{[]string{"sh", "-q", "--root", testdata}, files}
}

func kernelScripts(t testing.TB) shScripts {
	t.Helper()
	dir := os.Getenv(selftestsVar)
	if dir == "" {
		t.Skipf("%s names no directory with the kernel's livepatch selftests", selftestsVar)
	}
	files, err := filepath.Glob(filepath.Join(dir, "test-*.sh"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no test-*.sh in %s: %v", dir, err)
	}
	return shScripts{[]string{"sh", "-q"}, files}
}

func (s shScripts) run(t testing.TB, file string) (status int, out, errs string) {
	var stdout, stderr bytes.Buffer
	status = Main(append(append([]string{}, s.args...), file), strings.NewReader(""), &stdout, &stderr)
	return status, stdout.String(), stderr.String()
}

func TestScripts(t *testing.T) {
	s := ownScripts(t)
	for _, file := range s.files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			status, out, errs := s.run(t, file)
			if status != 0 || errs != "" || !strings.Contains(out, " passed: ") {
				t.Errorf("status %d, stderr %q\n%s", status, errs, out)
			}
			if _, again, _ := s.run(t, file); again != out {
				t.Errorf("a second run prints\n%s\nthe first\n%s", again, out)
			}
		})
	}
}

// TestKernelSelftests runs the kernel's own scripts as they are.
func TestKernelSelftests(t *testing.T) {
	s := kernelScripts(t)
	tests := 0
	for _, file := range s.files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			status, out, errs := s.run(t, file)
			ok := strings.Count(out, "... ok\n")
			if status != 0 || errs != "" || ok == 0 || ok != strings.Count(out, "TEST: ") {
				t.Errorf("status %d, stderr %q\n%s", status, errs, out)
			}
			tests += ok
		})
	}
	if tests < 25 {
		t.Errorf("%d tests are ok; 6.12 has 25", tests)
	}
}

func benchScripts(b *testing.B, s shScripts) {
	for b.Loop() {
		for _, file := range s.files {
			if status, out, errs := s.run(b, file); status != 0 {
				b.Fatalf("%s: status %d\n%s%s", file, status, out, errs)
			}
		}
	}
}

func BenchmarkScripts(b *testing.B) { benchScripts(b, ownScripts(b)) }

// BenchmarkKernelSelftests is all seven scripts of the kernel's, one machine
// for each, one after the other.
func BenchmarkKernelSelftests(b *testing.B) { benchScripts(b, kernelScripts(b)) }
