package shell

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sort"
	"strconv"
	"strings"
)

// awkCell holds a variable: a value or an array.
type awkCell struct {
	val  awkVal
	arr  map[string]awkVal
	from *awkCell // the caller's untyped variable, which becomes an array too
}

// array makes the cell an array.
func (c *awkCell) array() map[string]awkVal {
	if c.arr == nil {
		if c.from != nil {
			c.arr = c.from.array()
		} else {
			c.arr = map[string]awkVal{}
		}
	}
	return c.arr
}

// awkFlow says why statements stop.
type awkFlow int

const (
	awkGo awkFlow = iota
	awkBreak
	awkContinue
	awkNext
	awkNextFile
	awkExit
	awkReturn
)

// awkRun is a running program.
type awkRun struct {
	c       *Ctx
	prog    *awkProg
	globals map[string]*awkCell
	frames  [][]*awkCell
	record  string
	fields  []awkVal // $1...; valid when split
	split   bool
	nf      int
	ret     awkVal
	status  int
	steps   int
	bytes   int
	res     map[string]*regex
	outs    map[string]*awkOut
	outList []*awkOut
	ins     map[string]*awkIn
	args    []string // what is left of the input's names
	main    *awkIn
	rng     *rand.Rand
	seed    float64
	err     error
}

// awkOut is a file or command that print writes to.
type awkOut struct {
	name, mode string
	buf        strings.Builder
}

const awkUsage = `awk [-F SEP] [-v NAME=VALUE]... 'PROGRAM' [NAME=VALUE | FILE]...
  or:  awk [-F SEP] [-v NAME=VALUE]... -f PROGFILE [FILE]...
Run a program of patterns and actions over the lines of files.`

func runAwk(c *Ctx) int {
	opts, args, st, ok := c.Getopt("+F:v:f:", nil)
	if !ok {
		return st
	}
	r := &awkRun{c: c, globals: map[string]*awkCell{}, res: map[string]*regex{}, outs: map[string]*awkOut{}, ins: map[string]*awkIn{},
		rng: rand.New(rand.NewPCG(1, 2))}
	for name, v := range map[string]string{"FS": " ", "OFS": " ", "ORS": "\n", "RS": "\n", "SUBSEP": "\x1c", "CONVFMT": "%.6g", "OFMT": "%.6g", "FILENAME": ""} {
		r.global(name).val = awkStr(v)
	}
	var src []string
	for _, o := range opts {
		switch o.Flag {
		case 'F':
			fs := awkEscapes(o.Arg)
			if fs == "t" {
				fs = "\t"
			}
			r.global("FS").val = awkStr(fs)
		case 'v':
			name, val, ok := strings.Cut(o.Arg, "=")
			if !ok {
				return c.UsageError("improper assignment: -v %s", o.Arg)
			}
			r.global(name).val = awkInput(awkEscapes(val))
		case 'f':
			data, err := c.ReadFile(o.Arg)
			if err != nil {
				c.Errorf("cannot open %s (%s)", o.Arg, Reason(err))
				return 2
			}
			src = append(src, string(data))
		}
	}
	if len(src) == 0 {
		if len(args) == 0 {
			io.WriteString(c.Stderr, "Usage: "+awkUsage+"\n")
			return 2
		}
		src, args = args[:1], args[1:]
	}
	prog, err := parseAwk(strings.Join(src, "\n"))
	if err != nil {
		c.Errorf("%v", err)
		return 2
	}
	r.prog, r.args = prog, args
	r.environment(args)
	return r.run()
}

func awkEscapes(v string) string {
	out, _ := unescape(v, false)
	return out
}

func (r *awkRun) environment(args []string) {
	env := r.global("ENVIRON").array()
	for _, e := range r.c.sh.environ() {
		name, val, _ := strings.Cut(e, "=")
		env[name] = awkInput(val)
	}
	argv := r.global("ARGV").array()
	argv["0"] = awkStr("awk")
	for i, a := range args {
		argv[itoa(i+1)] = awkInput(a)
	}
	r.global("ARGC").val = awkNum(float64(len(args) + 1))
}

func (r *awkRun) global(name string) *awkCell {
	c, ok := r.globals[name]
	if !ok {
		c = &awkCell{}
		r.globals[name] = c
	}
	return c
}

func (r *awkRun) text(name string) string { return r.global(name).val.str("%.6g") }

// awkStop unwinds a program at an error or a limit.
type awkStop struct{}

func (r *awkRun) fail(err error) {
	r.err = err
	panic(awkStop{})
}

// step counts against the limit of steps.
func (r *awkRun) step() {
	r.steps++
	if r.steps > maxSteps {
		r.fail(&LimitError{What: "steps of awk", Limit: maxSteps})
	}
	if r.steps&1023 == 0 && r.c.Stopped() {
		r.fail(nil)
	}
}

// grow bounds what strings and arrays take.
func (r *awkRun) grow(v string) string {
	limit := r.c.sh.k.limits.Pipe
	if r.bytes += len(v) / 64; len(v) > limit || r.bytes > limit {
		r.fail(&LimitError{What: "bytes of awk's strings", Limit: limit, Flag: "max-pipe"})
	}
	return v
}

func (r *awkRun) run() int {
	r.guard(func() { r.main1() })
	r.guard(r.closeAll)
	var limit *LimitError
	switch {
	case errors.As(r.err, &limit):
		r.c.Fail(limit)
		return 2
	case r.err != nil:
		r.c.Errorf("%v", r.err)
		return 2
	}
	return r.status
}

func (r *awkRun) guard(f func()) {
	defer func() {
		if v := recover(); v != nil {
			if _, ok := v.(awkStop); !ok {
				panic(v)
			}
		}
	}()
	f()
}

// main1 runs BEGIN, the rules over the input, and END.
func (r *awkRun) main1() {
	ended := false
	for _, b := range r.prog.begin {
		if r.block(b) == awkExit {
			ended = true
			break
		}
	}
	if !ended && (len(r.prog.rules) > 0 || len(r.prog.end) > 0) {
		r.input()
	}
	for _, e := range r.prog.end {
		if r.err != nil {
			return
		}
		if r.block(e) == awkExit {
			return
		}
	}
}

// input runs the rules over all records, up to an exit.
func (r *awkRun) input() {
	for {
		rec, ok := r.nextRecord()
		if !ok {
			return
		}
		r.setRecord(rec)
		switch r.rules() {
		case awkExit:
			return
		case awkNextFile:
			r.main = nil
		}
	}
}

func (r *awkRun) rules() awkFlow {
	for _, rule := range r.prog.rules {
		if !r.selects(rule) {
			continue
		}
		if rule.print {
			r.print(r.record + r.text("ORS"))
			continue
		}
		if flow := r.block(rule.action); flow != awkGo {
			return flow
		}
	}
	return awkGo
}

func (r *awkRun) selects(rule *awkRule) bool {
	switch {
	case rule.pat == nil:
		return true
	case rule.pat2 == nil:
		return r.eval(rule.pat).truth()
	case !rule.inRange && !r.eval(rule.pat).truth():
		return false
	}
	rule.inRange = !r.eval(rule.pat2).truth()
	return true
}

// regexp compiles a dynamic regular expression, once.
func (r *awkRun) regexp(pat string) *regex {
	if re, ok := r.res[pat]; ok {
		return re
	}
	re, err := compileRegexp(awkRegexp(pat), regexFlags{extended: true}, r.fail)
	if err != nil {
		r.fail(fmt.Errorf("regular expression %s: %v", pat, err))
	}
	if len(r.res) < 1000 {
		r.res[pat] = re
	}
	return re
}

// awkRegexp replaces the escapes that awk knows inside brackets too.
func awkRegexp(pat string) string {
	var b strings.Builder
	for i := 0; i < len(pat); i++ {
		if pat[i] == '\\' && i+1 < len(pat) {
			i++
			switch pat[i] {
			case 't':
				b.WriteByte('\t')
			case 'n':
				b.WriteByte('\n')
			case '/', '"':
				b.WriteByte(pat[i])
			default:
				b.WriteString(`\` + pat[i:i+1])
			}
			continue
		}
		b.WriteByte(pat[i])
	}
	return b.String()
}

func (r *awkRun) print(text string) {
	if _, err := r.c.Out().WriteString(text); err != nil {
		r.fail(nil) // the command reports it when it ends
	}
}

// output gives the buffer of a file or command that is written to.
func (r *awkRun) output(mode, name string) *awkOut {
	o, ok := r.outs[name]
	if !ok {
		o = &awkOut{name: name, mode: mode}
		r.outs[name] = o
		r.outList = append(r.outList, o)
	}
	return o
}

// keysOf gives the keys of an array: numbers first, in order, then the rest.
func keysOf(arr map[string]awkVal) []string {
	keys := make([]string, 0, len(arr))
	for k := range arr {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		a, errA := strconv.ParseFloat(keys[i], 64)
		b, errB := strconv.ParseFloat(keys[j], 64)
		switch {
		case errA == nil && errB == nil && a != b:
			return a < b
		case (errA == nil) != (errB == nil):
			return errA == nil
		}
		return keys[i] < keys[j]
	})
	return keys
}
