package cli

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"klpemu/internal/scenario"

	"github.com/google/go-cmp/cmp"
)

const (
	transcriptDir = "../../testdata/scenarios/recorded/transcripts"
	scenarioDir   = "../../testdata/scenarios/recorded"
)

var updateTranscripts = flag.Bool("update-transcripts", false, "convert the transcripts again")

// TestTranscripts holds the scenarios that reproduce what a real kernel
// printed: each is what the converter makes of its transcript, and passes.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob(transcriptDir + "/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no transcripts", err)
	}
	for _, f := range files {
		name := filepath.Base(f)
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			want, err := scenario.FromTranscript(name, string(text))
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(scenarioDir, strings.TrimSuffix(name, ".txt")+".md")
			if *updateTranscripts {
				if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			got, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, string(got)); diff != "" {
				t.Errorf("%s is not what the converter makes (-converter +file):\n%s", path, diff)
			}
			status, out, errs := runWith(t, "", "run", path)
			if status != 0 {
				t.Errorf("status %d\n%s%s", status, out, errs)
			}
		})
	}
}
