package kernel

import (
	"bytes"
	"debug/elf"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/exports.md anew")

const exportsDoc = "../../../docs/exports.md"

const exportsHead = `# What modules can import

The functions and variables of the core kernel text, beside those of the kernel
image that was booted and of modules that are loaded. A module that imports
something else is refused with the names of all that is missing.

Structures are at the offsets of the profile "6.12 Debian amd64". What holds of
these functions, and what is simpler than in a kernel, stands in
[model.md](model.md). This page is written by
` + "`go test ./internal/machine/kernel -run TestExportsDoc -update`" + `.

| Kernel source | Symbols |
|---|---|
`

// TestExportsDoc holds docs/exports.md to the symbols that are there.
func TestExportsDoc(t *testing.T) {
	objects, err := Core()
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	text.WriteString(exportsHead)
	for _, o := range objects {
		for _, g := range exportGroups(t, o) {
			fmt.Fprintf(&text, "| %s | `%s` |\n", g.title, strings.Join(g.names, "` `"))
		}
	}
	if *update {
		if err := os.WriteFile(exportsDoc, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(exportsDoc)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Split(text.String(), "\n"), strings.Split(string(got), "\n")); d != "" {
		t.Errorf("docs/exports.md is not what -update writes (-want +got):\n%s", d)
	}
}

type exportGroup struct {
	title string
	names []string
}

// exportGroups are the global symbols of an object under the comments of its
// source that stand above them.
func exportGroups(t *testing.T, o Object) []exportGroup {
	t.Helper()
	switch o.Name {
	case "entry.o", "irq.o", "syscall.o", "signal.o":
		return nil // entry code
	}
	f, err := elf.NewFile(bytes.NewReader(o.Data))
	if err != nil {
		t.Fatal(err)
	}
	syms, err := f.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	source := readSource(t, strings.TrimSuffix(o.Name, ".o"))
	var groups []exportGroup
	for _, y := range syms {
		if elf.ST_BIND(y.Info) != elf.STB_GLOBAL || y.Section == elf.SHN_UNDEF || strings.HasPrefix(y.Name, "klpemu_") {
			continue
		}
		title := source.title(y.Name)
		i := slices.IndexFunc(groups, func(g exportGroup) bool { return g.title == title })
		if i < 0 {
			i = len(groups)
			groups = append(groups, exportGroup{title: title})
		}
		groups[i].names = append(groups[i].names, y.Name)
	}
	for _, g := range groups {
		slices.Sort(g.names)
	}
	return groups
}

// guestSource is a source file with its headings.
type guestSource struct {
	lines []string
	head  string
}

var (
	oneLine = regexp.MustCompile(`^/\* ([^*]+?)\.? \*/$`)
	paths   = regexp.MustCompile(`\b(?:arch|drivers|fs|include|init|kernel|lib|mm)(?:/[\w.-]+)+|\blib\b|\bmm\b`)
)

func readSource(t *testing.T, name string) *guestSource {
	t.Helper()
	files, err := filepath.Glob("src/" + name + ".[cS]")
	if err != nil || len(files) != 1 {
		t.Fatalf("source of %s: %v, %v", name, files, err)
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	s := &guestSource{lines: strings.Split(string(data), "\n")}
	if end := strings.Index(string(data), "*/"); end > 0 {
		s.head = strings.Join(paths.FindAllString(string(data)[:end], -1), ", ")
	}
	if s.head == "" {
		s.head = "several"
	}
	return s
}

// title is the heading above the line that defines a symbol: the paths that it
// names.
func (s *guestSource) title(name string) string {
	word := regexp.MustCompile(`\b` + regexp.QuoteMeta(name) + `\b`)
	title := s.head
	for _, line := range s.lines {
		if m := oneLine.FindStringSubmatch(line); m != nil {
			if title = s.head; paths.MatchString(m[1]) {
				title = strings.Join(paths.FindAllString(m[1], -1), ", ")
			}
			continue
		}
		if word.MatchString(line) && !strings.HasPrefix(line, "extern") {
			return title
		}
	}
	return title
}
