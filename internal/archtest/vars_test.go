package archtest

import (
	"errors"
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"strings"
	"testing"
)

// TestNoMutableVariables holds the rule that all state hangs off a machine: a
// package variable below internal/cli is a constant in all but name. Blank
// ones assert interfaces; embedded ones are data; the rest must never be
// assigned, have an element assigned, or have its address taken.
func TestNoMutableVariables(t *testing.T) {
	packages := map[string][]source{}
	for _, s := range sources(t) {
		if belowCLI(s) {
			packages[s.pkg] = append(packages[s.pkg], s)
		}
	}
	for _, pkg := range sortedKeys(packages) {
		checkVars(t, packages[pkg])
	}
}

// readByAddress are the tables whose address is taken to read them: patterns of
// package.variable.
const readByAddress = "cpu.stackInst cpu.flatInst cpu.hot*"

func readOnly(pkg, name string) bool {
	for _, pattern := range strings.Fields(readByAddress) {
		if ok, _ := path.Match(pattern, pkg+"."+name); ok {
			return true
		}
	}
	return false
}

func isAddress(n ast.Node) bool {
	_, ok := n.(*ast.UnaryExpr)
	return ok
}

// checkVars type-checks one package far enough to know which name is which.
// Imports are not resolved; the errors that this gives do not matter.
func checkVars(t *testing.T, files []source) {
	t.Helper()
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: noImports{}, Error: func(error) {}}
	var parsed []*ast.File
	for _, s := range files {
		parsed = append(parsed, s.file)
	}
	pkg, _ := conf.Check(path.Join(module, files[0].pkg), files[0].fset, parsed, info)
	for _, s := range files {
		ast.Inspect(s.file, func(n ast.Node) bool {
			for _, x := range written(n) {
				id := base(x)
				if id == nil {
					continue
				}
				v, ok := info.Uses[id].(*types.Var)
				if ok && v.Parent() == pkg.Scope() && !(isAddress(n) && readOnly(s.pkg, v.Name())) {
					t.Errorf("%s: package variable %s changes; state belongs to a value that the machine owns", s.at(id.Pos()), id.Name)
				}
			}
			return true
		})
		checkMutableTypes(t, s)
	}
}

// written are the expressions that a node may change.
func written(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			return n.Lhs
		}
	case *ast.IncDecStmt:
		return []ast.Expr{n.X}
	case *ast.RangeStmt:
		if n.Tok == token.ASSIGN {
			return []ast.Expr{n.Key, n.Value}
		}
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			return []ast.Expr{n.X}
		}
	case *ast.CallExpr:
		if f, ok := n.Fun.(*ast.Ident); ok && len(n.Args) > 0 && (f.Name == "delete" || f.Name == "clear" || f.Name == "copy") {
			return n.Args[:1]
		}
	}
	return nil
}

// base is the variable that an expression is an element, a field or a slice
// of. An address that &table[i] takes counts too.
func base(x ast.Expr) *ast.Ident {
	for {
		switch e := x.(type) {
		case *ast.Ident:
			return e
		case *ast.IndexExpr:
			x = e.X
		case *ast.SelectorExpr:
			x = e.X
		case *ast.SliceExpr:
			x = e.X
		case *ast.ParenExpr:
			x = e.X
		case *ast.StarExpr:
			x = e.X
		default:
			return nil
		}
	}
}

// checkMutableTypes flags variables whose type exists to be changed.
func checkMutableTypes(t *testing.T, s source) {
	t.Helper()
	for _, d := range s.file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		for _, spec := range g.Specs {
			v := spec.(*ast.ValueSpec)
			if v.Names[0].Name == "_" || len(v.Values) > 0 || embedded(g, v) {
				continue
			}
			t.Errorf("%s: package variable %s has no value: it waits to be assigned", s.at(v.Pos()), v.Names[0].Name)
		}
	}
}

func embedded(g *ast.GenDecl, v *ast.ValueSpec) bool {
	for _, doc := range []*ast.CommentGroup{g.Doc, v.Doc} {
		if doc == nil {
			continue
		}
		for _, c := range doc.List {
			if strings.HasPrefix(c.Text, "//go:embed ") {
				return true
			}
		}
	}
	return false
}

type noImports struct{}

func (noImports) Import(string) (*types.Package, error) { return nil, errors.New("not resolved") }
