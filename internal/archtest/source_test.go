package archtest

import (
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "klpemu"

// root is the module's directory, seen from this package's.
const root = "../.."

// source is one Go file of the module.
type source struct {
	name string // path below the module's directory
	pkg  string // its directory
	test bool
	fset *token.FileSet
	file *ast.File
}

// sources parses every Go file of the module. Directories that the go command
// ignores are left out, and programs that only `go run FILE` builds.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	fset := token.NewFileSet()
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if n := d.Name(); p != root && (n == "testdata" || strings.HasPrefix(n, ".") || strings.HasPrefix(n, "_")) {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(p) != ".go" {
			return nil
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(fset, rel, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		if ignored(f) {
			return nil
		}
		name := filepath.ToSlash(rel)
		all = append(all, source{name, path.Dir(name), strings.HasSuffix(name, "_test.go"), fset, f})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("no Go file found")
	}
	return all
}

// ignored reports the constraint of a program that is run by its file name.
func ignored(f *ast.File) bool {
	for _, g := range f.Comments {
		if g.Pos() > f.Package {
			break
		}
		for _, c := range g.List {
			x, err := constraint.Parse(c.Text)
			if err == nil && x.String() == "ignore" {
				return true
			}
		}
	}
	return false
}

// imports are the file's imports, those of this module without its name.
func (s source) imports() []string {
	var out []string
	for _, spec := range s.file.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the parser has checked it
		}
		out = append(out, strings.TrimPrefix(p, module+"/"))
	}
	return out
}

// isStd reports an import of the standard library: no other module, and no
// directory of this one.
func isStd(imp string) bool {
	if isModule(imp) {
		return false
	}
	_, err := os.Stat(filepath.Join(root, filepath.FromSlash(imp)))
	return err != nil
}

func (s source) at(p token.Pos) string {
	pos := s.fset.Position(p)
	return pos.Filename + ":" + strconv.Itoa(pos.Line)
}
