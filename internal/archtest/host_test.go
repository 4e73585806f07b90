package archtest

import (
	"go/ast"
	"strings"
	"testing"
)

// hostPackages may know the host: its files, processes and clock.
const hostPackages = "internal/cli internal/cli/gen cmd/klpemu internal/archtest"

// forbidden are the imports that reach the host or hide state. What a Go
// program computes below internal/cli depends on its arguments alone, and it
// compiles for a place without files and processes.
const forbidden = "os os/exec os/signal os/user net net/http syscall plugin log math/rand crypto/rand context"

// hostExceptions are the imports that a package may have all the same.
const hostExceptions = `
internal/scenario os  the atomic rewrite of --update; reading goes through fs.FS
`

// clockFuncs are the functions of package time that look at the host's clock.
const clockFuncs = "Now Since Until Sleep After AfterFunc Tick NewTimer NewTicker"

func belowCLI(s source) bool { return !s.test && !has(hostPackages, s.pkg) }

func has(list, word string) bool {
	for _, w := range strings.Fields(list) {
		if w == word {
			return true
		}
	}
	return false
}

func TestNothingOfTheHostBelowCLI(t *testing.T) {
	for _, s := range sources(t) {
		if !belowCLI(s) {
			continue
		}
		for _, imp := range s.imports() {
			if has(forbidden, imp) && !excepted(s.pkg, imp) {
				t.Errorf("%s: package %s must not import %s", s.name, s.pkg, imp)
			}
		}
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s: init function", s.at(f.Pos()))
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s: go statement; kernel work that is suspended is a coroutine", s.at(n.Pos()))
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && has(clockFuncs, n.Sel.Name) {
					t.Errorf("%s: time.%s; time is the machine's clock", s.at(n.Pos()), n.Sel.Name)
				}
			}
			return true
		})
	}
}

func excepted(pkg, imp string) bool {
	for _, line := range strings.Split(hostExceptions, "\n") {
		if w := strings.Fields(line); len(w) > 2 && w[0] == pkg && w[1] == imp {
			return true
		}
	}
	return false
}
