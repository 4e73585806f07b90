package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every Go name in docs/mapping.md exists: a table that leads nowhere is worse
// than none.
func TestMappingNamesExist(t *testing.T) {
	data, err := os.ReadFile("../../docs/mapping.md")
	if err != nil {
		t.Fatal(err)
	}
	names := declaredNames(t)
	quoted := regexp.MustCompile("`([^`]+)`")
	n := 0
	for i, line := range strings.Split(string(data), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) < 4 || strings.Contains(cells[1], "---") {
			continue
		}
		for _, m := range quoted.FindAllStringSubmatch(strings.Join(cells[2:], "|"), -1) {
			n++
			if !exists(names, m[1]) {
				t.Errorf("docs/mapping.md:%d: there is no %s", i+1, m[1])
			}
		}
	}
	if n < 80 {
		t.Errorf("only %d names found in docs/mapping.md; has its form changed?", n)
	}
}

// exists reports whether a name, with or without what it is a part of, is
// declared, or is a file or a package of the tree.
func exists(names map[string]bool, name string) bool {
	if _, err := os.Stat(filepath.Join("../..", name)); err == nil {
		return true
	}
	last := name[strings.LastIndex(name, ".")+1:]
	return names[last]
}

// declaredNames collects the names of all functions, methods, types, fields,
// constants and variables of the module.
func declaredNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				names[n.Name.Name] = true
			case *ast.TypeSpec:
				names[n.Name.Name] = true
			case *ast.Field:
				for _, id := range n.Names {
					names[id.Name] = true
				}
			case *ast.ValueSpec:
				for _, id := range n.Names {
					names[id.Name] = true
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
