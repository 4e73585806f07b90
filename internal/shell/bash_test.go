package shell

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var record = flag.Bool("record", false, "run the cases of testdata/bash in the bash and the GNU tools of this machine, and record what they print")

// bashCase is a script and what bash prints for it. In testdata/bash/*.txt a
// case is its script, a line "----", the output, "[N]" for a status, and a
// line "====".
type bashCase struct {
	script, want string
}

func readCases(t *testing.T, name string) []bashCase {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var cases []bashCase
	for block := range strings.SplitSeq(string(data), "====\n") {
		if strings.TrimSpace(block) == "" {
			continue
		}
		script, want, _ := strings.Cut(block, "----\n")
		cases = append(cases, bashCase{script, want})
	}
	return cases
}

// TestBash compares with what bash and GNU's tools printed when the cases were
// recorded; it needs neither.
func TestBash(t *testing.T) {
	files, err := filepath.Glob("testdata/bash/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range files {
		cases := readCases(t, name)
		if *record {
			recordCases(t, name, cases)
			continue
		}
		for _, tt := range cases {
			first, _, _ := strings.Cut(tt.script, "\n")
			t.Run(strings.TrimSuffix(filepath.Base(name), ".txt")+"/"+first, func(t *testing.T) {
				s := newShell(t)
				s.k.script = true
				r := s.Run(tt.script)
				if !r.Exited {
					r = s.Close()
				}
				out, _ := s.k.console.Take()
				got := withStatus(out, r.Status)
				if d := cmp.Diff(tt.want, got); d != "" {
					t.Errorf("%s(-bash +ours):\n%s", tt.script, d)
				}
			})
		}
	}
}

func withStatus(out []byte, status int) string {
	text := string(out)
	if status != 0 {
		text += "[" + itoa(status) + "]\n"
	}
	return text
}

func recordCases(t *testing.T, name string, cases []bashCase) {
	lineOf := regexp.MustCompile(`(?m)^sh: line \d+: `)
	var b bytes.Buffer
	for _, c := range cases {
		cmd := exec.Command("bash", "-O", "extglob", "-c", c.script, "sh")
		cmd.Dir = t.TempDir()
		cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C", "TZ=UTC"}
		out, err := cmd.CombinedOutput()
		status := 0
		if err != nil {
			ee, ok := err.(*exec.ExitError)
			if !ok {
				t.Fatal(err)
			}
			status = ee.ExitCode()
		}
		out = lineOf.ReplaceAll(out, []byte("sh: "))
		b.WriteString(c.script + "----\n" + withStatus(out, status) + "====\n")
	}
	if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
