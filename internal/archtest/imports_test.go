package archtest

import (
	"sort"
	"strings"
	"testing"
)

// graph says what each package may import: of this module, and of others.
// The standard library is free, but for what host_test.go forbids. A package
// that has no line here fails the test.
//
// Do not add to a line to make a build pass. Arrows run one way, from the
// command line down to memory; what seems to need one more arrow usually needs
// an interface in the package that wants it.
const graph = `
mem:
internal/errno:
internal/trace:
internal/symtab:
internal/dyndbg:         internal/errno internal/trace
internal/smp:
cpu:                     mem internal/trace
internal/disasm:         cpu golang.org/x/arch/x86/x86asm
ftrace:                  cpu mem internal/smp internal/trace internal/errno
transition:              cpu internal/smp internal/trace
livepatch:               cpu ftrace mem transition internal/smp internal/trace internal/errno
internal/modinfo:
internal/obj:            internal/symtab
internal/asm:
internal/btf:            internal/layout
internal/check:          livepatch internal/compress internal/kmod internal/machine internal/symtab golang.org/x/arch/x86/x86asm
internal/layout:         internal/obj
internal/compress:       github.com/klauspost/compress/zstd github.com/ulikunitz/xz/lzma
internal/unwind:         mem transition internal/symtab
internal/machine/kernel:
internal/kmod:           cpu internal/errno internal/obj internal/trace
internal/machine:        cpu ftrace livepatch mem transition internal/asm internal/btf internal/compress internal/disasm internal/dyndbg internal/errno internal/kmod internal/layout internal/machine/kernel internal/modinfo internal/obj internal/smp internal/symtab internal/trace internal/unwind
internal/vfs:            ftrace livepatch transition internal/errno internal/machine internal/symtab internal/trace
internal/shell:          livepatch transition internal/compress internal/errno internal/kmod internal/machine internal/modinfo internal/obj internal/symtab internal/trace internal/vfs mvdan.cc/sh/v3/expand mvdan.cc/sh/v3/pattern mvdan.cc/sh/v3/syntax
internal/scenario:       internal/machine internal/shell internal/trace internal/vfs
internal/cli:            internal/asm internal/check internal/compress internal/errno internal/kmod internal/machine internal/modinfo internal/obj internal/scenario internal/shell internal/trace internal/vfs github.com/spf13/cobra github.com/spf13/pflag golang.org/x/term mvdan.cc/sh/v3/syntax
internal/cli/gen:        internal/cli internal/scenario internal/shell github.com/spf13/cobra github.com/spf13/cobra/doc
internal/archtest:
cmd/klpemu:              internal/cli
`

// testOnly are modules that test files may use anywhere.
const testOnly = "github.com/google/go-cmp golang.org/x/arch golang.org/x/tools"

func parseGraph(t *testing.T) map[string]map[string]bool {
	t.Helper()
	rows := map[string]map[string]bool{}
	for _, line := range strings.Split(strings.TrimSpace(graph), "\n") {
		pkg, imports, ok := strings.Cut(line, ":")
		if !ok || rows[pkg] != nil {
			t.Fatalf("graph: line %q is malformed or names a package again", line)
		}
		rows[pkg] = map[string]bool{}
		for _, imp := range strings.Fields(imports) {
			rows[pkg][imp] = true
		}
	}
	return rows
}

func TestGraphHasNoCycle(t *testing.T) {
	rows := parseGraph(t)
	var visit func(pkg string, path []string)
	visit = func(pkg string, path []string) {
		for _, above := range path {
			if above == pkg {
				t.Fatalf("the graph allows a cycle: %s", strings.Join(append(path, pkg), " -> "))
			}
		}
		for imp := range rows[pkg] {
			visit(imp, append(path, pkg))
		}
	}
	for pkg := range rows {
		visit(pkg, nil)
	}
}

func TestImports(t *testing.T) {
	rows := parseGraph(t)
	found := map[string]bool{}
	for _, f := range sources(t) {
		found[f.pkg] = true
		row, ok := rows[f.pkg]
		if !ok {
			t.Errorf("%s: package %s is not in the graph of internal/archtest", f.name, f.pkg)
			continue
		}
		for _, imp := range f.imports() {
			switch {
			case isStd(imp), row[imp]:
			case f.test && (!isModule(imp) || underAny(imp, testOnly)):
				// tests may reach over the arrows inside the module
			default:
				t.Errorf("%s: package %s must not import %s", f.name, f.pkg, imp)
			}
		}
	}
	for _, pkg := range sortedKeys(rows) {
		if !found[pkg] {
			t.Errorf("graph: package %s does not exist", pkg)
		}
	}
}

// isModule reports an import of another module: its first element is a host.
func isModule(imp string) bool {
	first, _, _ := strings.Cut(imp, "/")
	return strings.Contains(first, ".")
}

func underAny(imp, modules string) bool {
	for _, m := range strings.Fields(modules) {
		if imp == m || strings.HasPrefix(imp, m+"/") {
			return true
		}
	}
	return false
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
