package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// run runs klpemu with the arguments.
func run(t *testing.T, args ...string) (status int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	status = Main(args, strings.NewReader(""), &o, &e)
	return status, o.String(), e.String()
}

const guest = "../../testdata/guest/"

// Every function of ordinary C programs gives what it gives when the same
// object is linked and run natively.
func TestCallGivesNativeResults(t *testing.T) {
	data, err := os.ReadFile(guest + "programs/results.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, level := range []string{"O0", "O1", "O2", "O3", "Os", "O2_nopic", "O2_pic"} {
		t.Run(level, func(t *testing.T) {
			for line := range strings.Lines(string(data)) {
				if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
					continue
				}
				call, want, _ := strings.Cut(strings.TrimSpace(line), " = ")
				words := strings.Fields(call)
				args := append([]string{"call", "--type", words[0],
					guest + "programs/" + level + "/arith.o", guest + "programs/" + level + "/data.o"}, words[1:]...)
				status, out, errs := run(t, args...)
				if status != 0 || strings.TrimSpace(out) != want {
					t.Errorf("%s: status %d, %q %s, want %s", call, status, strings.TrimSpace(out), errs, want)
				}
			}
		})
	}
}

func TestCallErrors(t *testing.T) {
	pair := guest + "fentry/pair.o"
	tests := []struct {
		name   string
		args   []string
		status int
		errs   string // a part of what stands on stderr
	}{
		{"no object", []string{"call", "f"}, 2, "missing object file"},
		{"no function", []string{"call", pair}, 2, "missing function"},
		{"unknown function", []string{"call", pair, "nosuch"}, 2, "nosuch: no such function"},
		{"missing file", []string{"call", "nosuch.o", "f"}, 2, "nosuch.o"},
		{"not an object", []string{"call", guest + "build.sh", "f"}, 2, "missing object file"},
		{"bad type", []string{"call", "--type", "i7", pair, "f"}, 2, "unknown type 'i7'"},
		{"bad argument", []string{"call", pair, "sum_pair", "zz"}, 2, "zz"},
		{"undefined symbols", []string{"call", guest + "fentry/fix_park.o", "fixed_nap", "1"}, 2, "undefined symbol"},
		{"fault", []string{"call", pair, "read_pair", "0"}, 1, "#PF"},
		{"fault names the function", []string{"call", pair, "read_pair", "0"}, 1, "read_pair+0x9"},
		{"endless loop", []string{"call", "--max-insns", "1000", guest + "fentry/park.o", "spin"}, 1, "instruction limit of 1000 reached"},
		{"jump into nowhere", []string{"call", guest + "fentry/calls.o", "apply", "0x1234", "1", "2"}, 1, "#PF"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, out, errs := run(t, tt.args...)
			if status != tt.status || !strings.Contains(errs, tt.errs) {
				t.Errorf("status %d, want %d; stderr:\n%s\nwant a part: %q", status, tt.status, errs, tt.errs)
			}
			if out != "" {
				t.Errorf("stdout: %q, want nothing", out)
			}
		})
	}
}

func TestCallStats(t *testing.T) {
	status, out, errs := run(t, "call", "--stats", guest+"fentry/pair.o", "read_the_pair")
	if status != 0 || out != "44\n" {
		t.Fatalf("status %d, out %q, stderr %q", status, out, errs)
	}
	var stats map[string]float64
	if err := json.Unmarshal([]byte(errs), &stats); err != nil {
		t.Fatalf("stderr %q: %v", errs, err)
	}
	var keys []string
	for _, k := range []string{"instructions", "cpu_seconds", "mips"} {
		if _, ok := stats[k]; ok {
			keys = append(keys, k)
		}
	}
	if diff := cmp.Diff([]string{"instructions", "cpu_seconds", "mips"}, keys); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	if stats["instructions"] < 10 || stats["instructions"] > 50 {
		t.Errorf("instructions = %v, want some tens", stats["instructions"])
	}
}

func TestUsage(t *testing.T) {
	tests := []struct {
		name   string
		args   []string
		status int
		out    string
		errs   string
	}{
		{"help", []string{"--help"}, 0, "Usage:", ""},
		{"nothing", nil, 0, "Usage:", ""},
		{"version", []string{"version"}, 0, "klpemu " + Version, ""},
		{"unknown command", []string{"frobnicate"}, 2, "", "unknown command"},
		{"unknown flag", []string{"run", "--frob"}, 2, "", "unknown flag"},
		{"run without a file", []string{"run"}, 2, "", "requires at least 1 arg"},
		{"run of nothing", []string{"run", "nosuch.md"}, 2, "", "nosuch.md"},
		{"run with a bad pattern", []string{"run", "--run", "(", "x.md"}, 2, "", "--run"},
		{"run with an unknown format", []string{"run", "--format", "xml", "x.md"}, 2, "", "xml"},
		{"disassembly", []string{"disasm", guest + "fentry/pair.o", "read_pair"}, 0, "endbr64", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, out, errs := run(t, tt.args...)
			if status != tt.status || !strings.Contains(out, tt.out) || !strings.Contains(errs, tt.errs) {
				t.Errorf("klpemu %q: status %d, want %d\nstdout: %s\nstderr: %s", tt.args, status, tt.status, out, errs)
			}
		})
	}
}
