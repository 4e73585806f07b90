package cli

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// top is the module's directory, seen from this package's.
const top = "../.."

// What several workers report is what one reports, in the same order.
func TestWorkersDoNotShow(t *testing.T) {
	paths := []string{top + "/README.md", top + "/docs/tour", top + "/docs/scenarios.md"}
	_, one, _ := run(t, append([]string{"run", "-j", "1"}, paths...)...)
	_, many, _ := run(t, append([]string{"run", "-j", "8"}, paths...)...)
	if diff := cmp.Diff(one, many); diff != "" {
		t.Errorf("-j 8 differs (-j1 +j8):\n%s", diff)
	}
}

// An example is a command line of klpemu that a page shows in an indented
// block, with what it prints.
type example struct {
	line int
	cmd  string
	want string
}

// Every `klpemu` command line that a page shows prints what stands below it.
// It runs in the module's directory, or, where it names a file of an
// example=NAME block, in a directory that has the page's files.
func TestExamples(t *testing.T) {
	n := 0
	for _, name := range pages(t) {
		data, err := os.ReadFile(filepath.Join(top, name))
		if err != nil {
			t.Fatal(err)
		}
		examples, files := findExamples(string(data))
		if len(examples) == 0 {
			continue
		}
		n += len(examples)
		t.Run(name, func(t *testing.T) {
			root, err := filepath.Abs(top)
			if err != nil {
				t.Fatal(err)
			}
			own := unpack(t, files)
			for _, e := range examples {
				t.Chdir(root)
				if names(e.cmd, files) {
					t.Chdir(own)
				}
				if diff := cmp.Diff(e.want, runExample(e)); diff != "" {
					t.Errorf("%s:%d: klpemu %s (-want +got):\n%s", name, e.line, e.cmd, diff)
				}
			}
		})
	}
	if n < 3 {
		t.Errorf("only %d examples found; are they indented by four blanks and do they begin with `$ klpemu`?", n)
	}
}

func pages(t *testing.T) []string {
	t.Helper()
	names := []string{"README.md"}
	err := filepath.WalkDir(filepath.Join(top, "docs"), func(p string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(p) != ".md" {
			return err
		}
		rel, err := filepath.Rel(top, p)
		names = append(names, filepath.ToSlash(rel))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// unpack writes the files of a page into a directory.
func unpack(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// names reports whether a command line has one of the files as an argument.
func names(cmd string, files map[string]string) bool {
	for _, word := range strings.Fields(cmd) {
		if _, ok := files[word]; ok {
			return true
		}
	}
	return false
}

// runExample gives what a command line prints, and its status where it fails.
func runExample(e example) string {
	var console bytes.Buffer
	status := Main(strings.Fields(e.cmd), strings.NewReader(""), &console, &console)
	if status != exitOK {
		console.WriteString("[" + strconv.Itoa(status) + "]\n")
	}
	return console.String()
}

// findExamples reads the indented blocks and the example= blocks of a page.
func findExamples(page string) (examples []example, files map[string]string) {
	files = map[string]string{}
	fence, file := "", ""
	open := false // the lines that come are output of the last example
	for i, line := range strings.Split(page, "\n") {
		ticks := line[:len(line)-len(strings.TrimLeft(line, "`"))]
		text, indented := strings.CutPrefix(line, "    ")
		switch {
		case fence != "":
			if line == fence {
				fence, file = "", ""
			} else if file != "" {
				files[file] += line + "\n"
			}
		case len(ticks) >= 3:
			fence, open = ticks, false
			_, file, _ = strings.Cut(line, "example=")
		case indented && strings.HasPrefix(text, "$ "):
			cmd, ok := commandLine(text[2:])
			if open = ok; ok {
				examples = append(examples, example{line: i + 1, cmd: cmd})
			}
		case indented && open:
			examples[len(examples)-1].want += text + "\n"
		case line == "" && open:
			examples[len(examples)-1].want += "\n"
		default:
			open = false
		}
	}
	for i := range examples {
		if want := strings.TrimRight(examples[i].want, "\n"); want != "" {
			examples[i].want = want + "\n"
		} else {
			examples[i].want = ""
		}
	}
	return examples, files
}

// commandLine gives the arguments of a command line of klpemu.
func commandLine(text string) (args string, ok bool) {
	for _, program := range []string{"klpemu ", "go run ./cmd/klpemu "} {
		if args, ok := strings.CutPrefix(text, program); ok {
			return args, true
		}
	}
	return "", false
}

// A link inside the repository leads somewhere.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	for _, name := range pages(t) {
		data, err := os.ReadFile(filepath.Join(top, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(data), -1) {
			if _, err := os.Stat(filepath.Join(top, filepath.Dir(name), m[1])); err != nil {
				t.Errorf("%s: the link to %s leads nowhere", name, m[1])
			}
		}
	}
}

// What a page names as a Go function, type or file exists.
func TestNamesInPages(t *testing.T) {
	declared := declarations(t)
	dirs := map[string]string{"machine": "internal/machine", "unwind": "internal/unwind", "smp": "internal/smp", "obj": "internal/obj"}
	name := regexp.MustCompile("`(livepatch|transition|ftrace|machine|unwind|smp|obj|mem)\\.([A-Z]\\w*(?:\\.\\w+)?)`")
	file := regexp.MustCompile("`((?:internal|livepatch|transition|ftrace)/[\\w./]+\\.(?:go|S))`")
	for _, page := range pages(t) {
		data, err := os.ReadFile(filepath.Join(top, page))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range name.FindAllStringSubmatch(string(data), -1) {
			dir := m[1]
			if d, ok := dirs[dir]; ok {
				dir = d
			}
			if !declared[dir+"."+m[2]] {
				t.Errorf("%s: %s.%s is not declared in %s", page, m[1], m[2], dir)
			}
		}
		for _, m := range file.FindAllStringSubmatch(string(data), -1) {
			if _, err := os.Stat(filepath.Join(top, m[1])); err != nil {
				t.Errorf("%s: there is no %s", page, m[1])
			}
		}
	}
}

// declarations are the functions, methods and types of the module's packages,
// as DIR.NAME and DIR.TYPE.METHOD.
func declarations(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, pattern := range []string{"*/*.go", "internal/*/*.go"} {
		files, err := filepath.Glob(filepath.Join(top, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			parsed, err := parser.ParseFile(token.NewFileSet(), f, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			rel, err := filepath.Rel(top, filepath.Dir(f))
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range parsed.Decls {
				for _, n := range declaredBy(d) {
					found[filepath.ToSlash(rel)+"."+n] = true
				}
			}
		}
	}
	return found
}

func declaredBy(d ast.Decl) (names []string) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		name := d.Name.Name
		if d.Recv != nil {
			name = receiver(d.Recv.List[0].Type) + "." + name
		}
		names = append(names, name)
	case *ast.GenDecl:
		for _, s := range d.Specs {
			s, ok := s.(*ast.TypeSpec)
			if !ok {
				continue
			}
			names = append(names, s.Name.Name)
			if in, ok := s.Type.(*ast.InterfaceType); ok {
				for _, m := range in.Methods.List {
					for _, n := range m.Names {
						names = append(names, s.Name.Name+"."+n.Name)
					}
				}
			}
		}
	}
	return names
}

// receiver is the name of a method's type, without * and type parameters.
func receiver(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.StarExpr:
		return receiver(x.X)
	case *ast.IndexExpr:
		return receiver(x.X)
	case *ast.Ident:
		return x.Name
	}
	return ""
}

// What the mapping names on the Go side exists in some package.
func TestMapping(t *testing.T) {
	known := map[string]bool{}
	for d := range declarations(t) {
		for rest, ok := d, true; ok; _, rest, ok = strings.Cut(rest, ".") {
			known[rest] = true
		}
	}
	data, err := os.ReadFile(filepath.Join(top, "docs/mapping.md"))
	if err != nil {
		t.Fatal(err)
	}
	ident := regexp.MustCompile("`([A-Za-z]\\w*(?:\\.\\w+){0,2})`")
	for i, line := range strings.Split(string(data), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) < 4 {
			continue
		}
		for _, m := range ident.FindAllStringSubmatch(strings.Join(cells[2:], "|"), -1) {
			name := m[1]
			if pkg, rest, ok := strings.Cut(name, "."); ok && strings.ToLower(pkg) == pkg {
				name = rest
			}
			if name != "machine" && !known[name] {
				t.Errorf("docs/mapping.md:%d: there is no %s", i+1, m[1])
			}
		}
	}
}
