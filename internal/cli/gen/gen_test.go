package main

import (
	"bytes"
	"encoding/xml"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/internal/shell"
)

const root = "../../.."

// The committed pages are what the program would write now.
func TestPagesAreUpToDate(t *testing.T) {
	want, err := pages()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range want {
		got, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Errorf("%v; run go generate ./internal/cli", err)
			continue
		}
		if diff := cmp.Diff(string(text), string(got)); diff != "" {
			t.Errorf("%s is out of date; run go generate ./internal/cli (-want +got):\n%s", name, diff)
		}
	}
	old, err := existing(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range old {
		if _, ok := want[name]; !ok {
			t.Errorf("%s: no command has this page; run go generate ./internal/cli", name)
		}
	}
}

// Nothing of the host, of the day or of the order of maps gets in.
func TestPagesAreDeterministic(t *testing.T) {
	first, err := pages()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("SOURCE_DATE_EPOCH", "1700000000")
	t.Setenv("COLUMNS", "40")
	second, err := pages()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("two runs differ:\n%s", diff)
	}
	for name, text := range first {
		if bytes.Contains(text, []byte(manDate)) {
			t.Errorf("%s: it has a date", name)
		}
	}
}

// write brings a directory to the pages, and takes those away that are gone.
func TestWrite(t *testing.T) {
	dir := t.TempDir()
	if err := write(dir); err != nil {
		t.Fatal(err)
	}
	names, err := existing(dir)
	if err != nil {
		t.Fatal(err)
	}
	gone := filepath.Join(dir, "docs/cli/klpemu_gone.md")
	if err := os.WriteFile(gone, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := write(dir); err != nil {
		t.Fatal(err)
	}
	again, err := existing(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(names, again) || len(names) == 0 {
		t.Errorf("pages after a second run: %v, want %v", again, names)
	}
}

// The groups hold every command of a scenario's shell, each once.
func TestGroupsAreComplete(t *testing.T) {
	var s *shell.System
	want := map[string]int{}
	for _, c := range slices.Concat(shell.Coreutils(), s.Commands(), shell.Builtins()) {
		want[c.Name] = 1
	}
	got := map[string]int{}
	for _, g := range shell.Groups() {
		for _, c := range g.Commands {
			got[c.Name]++
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("shell.Groups differs from the command table (-table +groups):\n%s", diff)
	}
}

// The pictures are well-formed, and say in words what they show.
func TestPicturesAreWellFormed(t *testing.T) {
	all := map[string][]byte{}
	if err := drawPictures(all); err != nil {
		t.Fatal(err)
	}
	for name, svg := range all {
		var picture struct {
			Title string `xml:"title"`
		}
		if err := xml.Unmarshal(svg, &picture); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if picture.Title == "" {
			t.Errorf("%s has no title", name)
		}
	}
}
