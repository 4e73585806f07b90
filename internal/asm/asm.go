package asm

import (
	"sort"
	"sync"
)

// Options adjusts an assembly. The zero value is what `as` does.
type Options struct {
	// Include reads a file named by .include or .incbin. Without it both
	// directives are errors.
	Include func(name string) ([]byte, error)
	// Warn receives what gas warns about: a default operand size, a number
	// cut to its field, .warning.
	Warn func(*Error)
	// Limits bounds what hostile or mistaken input can cost.
	Limits Limits
}

// Limits are upper bounds; a zero field means the default.
type Limits struct {
	MaxOutput     int64 // bytes of any section, and of all contents together; default 64 MiB
	MaxStatements int   // statements run, macros and repetitions expanded; default 1,000,000
	MaxErrors     int   // errors collected before giving up; default 10
}

// Assemble translates GNU assembler source (AT&T syntax, x86-64) into an ELF64
// relocatable object. name is used in messages. The error, if any, is an
// ErrorList.
func Assemble(name string, src []byte) ([]byte, error) {
	return Options{}.Assemble(name, src)
}

// Assemble is the function Assemble with options.
func (o Options) Assemble(name string, src []byte) ([]byte, error) {
	a := newAssembler(name, o)
	a.run(src)
	if len(a.errs) > 0 {
		a.errs.sort()
		return nil, a.errs
	}
	return a.object, nil
}

// tables is everything an assembly looks things up in. It is built once and
// never changed.
type tables struct {
	ops      []binaryOp
	insns    *insnTable
	regs     map[string]reg
	dirs     map[string]directive
	prefixes map[string]prefix
	relocs   map[string]relocSuffix
}

var sharedTables = sync.OnceValue(func() *tables {
	return &tables{
		ops: binaryOps(), insns: instructions(), regs: registers(),
		dirs: directives(), prefixes: prefixNames(), relocs: relocSuffixes(),
	}
})

// assembler is the state of one assembly.
type assembler struct {
	name   string
	opt    Options
	limits Limits
	errs   ErrorList

	*tables

	in     input
	st     *stmt // being processed
	conds  []cond
	macros map[string]*macro
	nmacro int // \@
	ended  bool

	sections            []*section
	secByName           map[string][]*section
	groups              []*group
	groupByName         map[string]*group
	cur, prev           *section
	quiet, visits, work int      // relaxation: passes without a longer jump, frags seen
	swings              bool     // relaxation gave up
	bssTail             *section // what .comm and .lcomm of local symbols put into .bss
	stack               []sectionPair
	syms                []*symbol
	byName              map[string]*symbol
	locals              localLabels
	files               []*symbol // .file "NAME"
	cfi                 cfiState
	fn                  *function
	expanded            int64 // text that macros and repetitions made
	total               int64
	overflow            bool
	object              []byte
}

type sectionPair struct{ cur, prev *section }

func newAssembler(name string, o Options) *assembler {
	a := &assembler{
		name: name, opt: o, limits: o.Limits,
		tables:      sharedTables(),
		macros:      map[string]*macro{},
		secByName:   map[string][]*section{},
		groupByName: map[string]*group{},
		byName:      map[string]*symbol{},
		locals:      localLabels{last: map[string]*symbol{}, next: map[string]*symbol{}},
		st:          &stmt{file: name, line: 1, col: 1},
	}
	a.limits.fill()
	for _, n := range []string{".text", ".data", ".bss"} {
		a.getSection(n)
	}
	a.cur = a.sections[0]
	a.prev = a.cur
	return a
}

func (l *Limits) fill() {
	if l.MaxOutput <= 0 {
		l.MaxOutput = 64 << 20
	}
	if l.MaxStatements <= 0 {
		l.MaxStatements = 1_000_000
	}
	if l.MaxErrors <= 0 {
		l.MaxErrors = 10
	}
}

// run does the passes over the whole file.
func (a *assembler) run(src []byte) {
	stmts, err := split(a.name, src)
	a.report(err)
	a.in.push(stmts, nil)
	a.statements()
	a.atEnd()
	if len(a.errs) > 0 {
		return
	}
	a.joinBSS()
	a.findLinks()
	a.relax()
	a.finishCFI()
	if a.overflow {
		a.report(newError(a.st, 0, "a section grows beyond the limit of %d bytes", a.limits.MaxOutput))
	}
	if len(a.errs) > 0 {
		return
	}
	a.checkEnds()
	if len(a.errs) > 0 {
		return
	}
	a.fill()
	if len(a.errs) > 0 {
		return
	}
	a.fixups()
	if len(a.errs) == 0 {
		a.object = a.writeELF()
	}
}

// full reports whether enough errors were collected.
func (a *assembler) full() bool { return len(a.errs) >= a.limits.MaxErrors }

// report keeps an error; nil is none.
func (a *assembler) report(err *Error) {
	if err != nil && !a.full() {
		a.errs = append(a.errs, err)
	}
}

// warn passes on what is odd but not wrong.
func (a *assembler) warn(err *Error) {
	if a.opt.Warn != nil {
		a.opt.Warn(err)
	}
}

// atEnd reports what was opened and never closed.
func (a *assembler) atEnd() {
	if len(a.conds) > 0 {
		c := a.conds[len(a.conds)-1]
		a.report(newError(c.st, 0, "%s without .endif", firstWord(c.st.text)))
	}
	if a.fn != nil {
		a.report(newError(a.fn.st, 0, "func %s without endfunc", a.fn.name))
	} else if a.cfi.open() {
		a.report(newError(a.cfi.cur.st, 0, ".cfi_startproc without .cfi_endproc"))
	}
	a.locals.check(a)
}

// grow accounts for output that is about to be made.
func (a *assembler) grow(n int64) *Error {
	if n < 0 || n > a.limits.MaxOutput-a.total {
		a.ended = true // what follows would only say the same
		return newError(a.st, 0, "the output grows beyond the limit of %d bytes", a.limits.MaxOutput)
	}
	a.total += n
	return nil
}

// sortedKeys lists the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
