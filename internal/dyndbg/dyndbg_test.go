package dyndbg

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"klpemu/internal/errno"
	"klpemu/internal/trace"

	"github.com/google/go-cmp/cmp"
)

// newControl has the built-in table and one of a module with classes.
func newControl(log *[]string) *Control {
	c := &Control{Log: func(_ trace.Level, text string) { *log = append(*log, text) }}
	for _, t := range Builtin() {
		c.Add(t)
	}
	c.Add(&Table{Module: "net_a", Sites: []Site{
		{File: "drivers/net/a.c", Line: 10, Func: "open_a", Format: "open \"%s\"\tnow\n", Class: DefaultClass},
		{File: "drivers/net/a.c", Line: 20, Func: "close_a", Format: "close\n", Class: 1},
		{File: "drivers/net/b.c", Line: 30, Func: "send_a", Format: "send %d\n", Class: 9},
	}, Classes: []ClassMap{{Base: 0, Names: []string{"CORE", "DRV"}}}})
	return c
}

// set lists the sites that have flags, as line=flags.
func set(c *Control) string {
	var out []string
	for _, t := range c.tables {
		for _, s := range t.Sites {
			if s.Flags != 0 {
				out = append(out, strconv.Itoa(s.Line)+"="+s.Flags.String())
			}
		}
	}
	return strings.Join(out, " ")
}

func TestQueries(t *testing.T) {
	const all = "97=p 170=p 345=p 349=p 353=p 358=p 591=p 653=p"
	tests := []struct {
		name, text string
		want       string
		log        []string // where there is one, the error is EINVAL
	}{
		{name: "path with a star", text: "file kernel/livepatch/* +p", want: all},
		{name: "path", text: "file kernel/livepatch/transition.c +p", want: all},
		{name: "base name", text: "file transition.c +p", want: all},
		{name: "star over slashes", text: "file k*n.c +p", want: all},
		{name: "question mark", text: "file ?.c +p", want: "10=p"},
		{name: "function", text: "func klp_try_switch_task +p", want: "345=p 349=p 353=p 358=p"},
		{name: "function pattern", text: "func *_transition +pf", want: "97=pf 170=pf 591=pf 653=pf"},
		{name: "module", text: "module livepatch +p", want: all},
		{name: "module pattern", text: "module net* =pmfslt", want: "10=pmfslt"},
		{name: "no match", text: "module nosuch +p", want: ""},
		{name: "everything without a class", text: "+p", want: all + " 10=p"},
		{name: "line", text: "file transition.c line 170 +p", want: "170=p"},
		{name: "lines", text: "line 170-349 +p", want: "170=p 345=p 349=p"},
		{name: "lines from", text: "line 591- +p", want: "591=p 653=p"},
		{name: "lines to", text: "line -97 +p", want: "97=p 10=p"},
		{name: "file and line", text: "file transition.c:170-345 +p", want: "170=p 345=p"},
		{name: "file and function", text: "file transition.c:klp_init* +p", want: "591=p"},
		{name: "format", text: `format "transition, going" +p`, want: "170=p"},
		{name: "format anchored", text: `format "^'%s': c" +p`, want: "97=p 170=p"},
		{name: "format with escapes", text: `format "\"%s\"\tnow" +p`, want: ""}, // the quote ends the word
		{name: "format with octal", text: `format \042%s\042\011now\n +p`, want: "10=p"},
		{name: "class", text: "class DRV +p", want: "20=p"},
		{name: "unknown class", text: "class NONE +p", want: ""},
		{name: "two queries", text: "file kernel/livepatch/* +p\nfunc klp_try_switch_task -p\n", want: "97=p 170=p 591=p 653=p"},
		{name: "semicolon and comment", text: "module livepatch +p; # rest\n;func klp_try_switch_task -p # why", want: "97=p 170=p 591=p 653=p"},
		{name: "set", text: "+pm; line 97- =_; line 10 =l", want: "10=l"},
		{name: "minus", text: "line 97 +pmf; line 97 -mf", want: "97=p"},
		{name: "single quotes", text: "func 'klp_init_transition' +p", want: "591=p"},
		{name: "saved state", text: "file kernel/livepatch/transition.c line 97 =p\nfile kernel/livepatch/transition.c line 170 =_", want: "97=p"},
		{name: "not a pair", text: "file +p", log: []string{"expecting pairs of match-spec <value>", "query parse failed"}},
		{name: "keyword", text: "frob x +p", log: []string{`unknown keyword "frob"`, "query parse failed"}},
		{name: "operator", text: "file x *p", log: []string{"bad flag-op *, at start of *p", "flags parse failed"}},
		{name: "flag", text: "file x +pz", log: []string{"unknown flag 'z'", "flags parse failed"}},
		{name: "quote", text: "format \"x +p", log: []string{"unclosed quote: x +p", "tokenize failed"}},
		{name: "words", text: "func a file b line 1 module c format d +p", log: []string{"too many words, legal max <=9", "tokenize failed"}},
		{name: "twice", text: "func a func b +p", log: []string{"match-spec:func val:a overridden by b", "query parse failed"}},
		{name: "line twice", text: "file x:1 line 2 +p", log: []string{"match-spec: line used 2x", "query parse failed"}},
		{name: "line number", text: "line x +p", log: []string{"bad line-number: x", "query parse failed"}},
		{name: "line order", text: "line 5-3 +p", log: []string{"last-line:3 < 1st-line:5", "query parse failed"}},
		{name: "goes on after an error", text: "frob x +p; line 97 +p", want: "97=p", log: []string{`unknown keyword "frob"`, "query parse failed"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var log []string
			c := newControl(&log)
			err := c.Write(tt.text)
			if tt.name == "format with escapes" {
				if !errors.Is(err, errno.EINVAL) {
					t.Errorf("error %v", err)
				}
				return
			}
			if (err != nil) != (tt.log != nil) || err != nil && !errors.Is(err, errno.EINVAL) {
				t.Errorf("error %v", err)
			}
			for i, l := range tt.log {
				tt.log[i] = "dyndbg: " + l
			}
			if diff := cmp.Diff(tt.log, log); diff != "" {
				t.Errorf("log (-want +got):\n%s", diff)
			}
			if got := set(c); got != tt.want {
				t.Errorf("sites %q, want %q", got, tt.want)
			}
		})
	}
}

func TestControlFile(t *testing.T) {
	var log []string
	c := newControl(&log)
	if err := c.Write("line 10 +pmt"); err != nil {
		t.Fatal(err)
	}
	want := `# filename:lineno [module]function flags format
kernel/livepatch/transition.c:97 [livepatch]klp_complete_transition =_ "'%s': completing %s transition\n"
`
	if got := c.String(); !strings.HasPrefix(got, want) {
		t.Errorf("control begins\n%s", got)
	}
	want = `drivers/net/a.c:10 [net_a]open_a =pmt "open "%s"\tnow\n"
drivers/net/a.c:20 [net_a]close_a =_ "close\n" class:DRV
drivers/net/b.c:30 [net_a]send_a =_ "send %d\n" class unknown, _id:9
`
	if got := c.String(); !strings.HasSuffix(got, want) {
		t.Errorf("control ends\n%s", got)
	}
	c.Remove(c.tables[1])
	if strings.Contains(c.String(), "net_a") {
		t.Error("a table that is removed is still there")
	}
	if err := c.Write(strings.Repeat(" ", 4096)); err != errno.E2BIG {
		t.Errorf("4096 bytes: %v", err)
	}
}

func TestPrefix(t *testing.T) {
	s := &Site{File: "a/b.c", Line: 7, Func: "f"}
	for _, tt := range []struct {
		flags Flags
		pid   int
		intr  bool
		want  string
	}{
		{Print, 1, false, ""},
		{Print | ModName, 1, false, "m: "},
		{Print | TID, 12, false, "[12] "},
		{Print | TID | FuncName, 12, true, "<intr> f: "},
		{Print | ModName | FuncName | SourceName | LineNo | TID, 3, false, "[3] m:f:a/b.c:7: "},
	} {
		s.Flags = tt.flags
		if got := s.Prefix("m", tt.pid, tt.intr); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.flags, got, tt.want)
		}
	}
}

// Every debug message of the livepatch core has its site.
func TestSitesOfTheCore(t *testing.T) {
	formats := map[string]bool{}
	for _, s := range Builtin()[0].Sites {
		formats[s.Format] = true
	}
	found := 0
	for _, dir := range []string{"../../livepatch", "../../transition"} {
		files, err := filepath.Glob(dir + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || len(call.Args) < 2 {
					return true
				}
				if sel, ok := call.Fun.(*ast.SelectorExpr); !ok || sel.Sel.Name != "Debug" {
					return true
				}
				lit, ok := call.Args[1].(*ast.BasicLit)
				if !ok {
					return true
				}
				found++
				if text, err := strconv.Unquote(lit.Value); err != nil || !formats[text+"\n"] {
					t.Errorf("no site has the format %s", lit.Value)
				}
				return true
			})
		}
	}
	if found == 0 {
		t.Error("no debug message found")
	}
}

func FuzzWrite(f *testing.F) {
	for _, s := range []string{"file kernel/livepatch/* +p", "func klp_try_switch_task -p;line 1-2 =_", `format "\x" +p`, "line 4294967296 +p"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var log []string
		c := newControl(&log)
		err := c.Write(text)
		if err != nil && len(log) == 0 {
			t.Errorf("%v without a message", err)
		}
		_ = c.String()
	})
}
