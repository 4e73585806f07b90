package machine

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pointFuncs take the name of a yield point as their last argument.
const pointFuncs = " Yield Wmb Rmb Mb ReadOnce WriteOnce TestAndClear AddRCU DelRCU FirstOrNil Next PatchState PatchPending setTarget "

// TestPoints holds the list of yield points against the source: each name that
// the packages pass to the bus, or declare as a smp.Point, stands in it.
func TestPoints(t *testing.T) {
	found := map[string]bool{}
	add := func(e ast.Expr) {
		lit, ok := e.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return
		}
		if s, err := strconv.Unquote(lit.Value); err == nil {
			found[s] = true
		}
	}
	for _, dir := range []string{"../../livepatch", "../../transition", "../../ftrace", "."} {
		names, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CallExpr:
					if len(n.Args) > 0 && strings.Contains(pointFuncs, " "+callee(n.Fun)+" ") {
						add(n.Args[len(n.Args)-1])
					}
				case *ast.ValueSpec:
					if sel, ok := n.Type.(*ast.SelectorExpr); ok && sel.Sel.Name == "Point" {
						for _, v := range n.Values {
							add(v)
						}
					}
				}
				return true
			})
		}
	}
	delete(found, "init_task") // before there is a machine
	delete(found, "boot")
	var want []string
	for p := range found {
		want = append(want, p)
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, Points()); diff != "" {
		t.Errorf("points.txt (-source +file):\n%s", diff)
		if os.Getenv("UPDATE_POINTS") != "" {
			if err := os.WriteFile("points.txt", []byte(strings.Join(want, "\n")+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func callee(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.Ident:
		return e.Name
	case *ast.IndexExpr:
		return callee(e.X)
	}
	return ""
}
