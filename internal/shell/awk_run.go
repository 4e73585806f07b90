package shell

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
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
	res     map[string]*regexp.Regexp
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

// awkIn is a source of records.
type awkIn struct {
	text string
}

const awkUsage = `awk [-F SEP] [-v NAME=VALUE]... 'PROGRAM' [NAME=VALUE | FILE]...
  or:  awk [-F SEP] [-v NAME=VALUE]... -f PROGFILE [FILE]...
Run a program of patterns and actions over the lines of files.`

func runAwk(c *Ctx) int {
	opts, args, st, ok := c.Getopt("+F:v:f:", nil)
	if !ok {
		return st
	}
	r := &awkRun{c: c, globals: map[string]*awkCell{}, res: map[string]*regexp.Regexp{}, outs: map[string]*awkOut{}, ins: map[string]*awkIn{},
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

// nextRecord gives the next record of the main input.
func (r *awkRun) nextRecord() (string, bool) {
	for {
		if r.main == nil && !r.open() {
			return "", false
		}
		if rec, ok := r.cut(r.main); ok {
			r.count("NR")
			r.count("FNR")
			return rec, true
		}
		r.main = nil
	}
}

func (r *awkRun) count(name string) {
	c := r.global(name)
	c.val = awkNum(c.val.num() + 1)
}

// open opens the next file of the main input; NAME=VALUE assigns.
func (r *awkRun) open() bool {
	for len(r.args) > 0 {
		a := r.args[0]
		r.args = r.args[1:]
		if name, val, ok := strings.Cut(a, "="); ok && validName(name) {
			r.global(name).val = awkInput(awkEscapes(val))
			continue
		}
		if r.load(a) {
			return true
		}
	}
	if r.global("FILENAME").arr == nil && r.globals[" opened"] == nil {
		r.globals[" opened"] = &awkCell{}
		return r.load("-")
	}
	return false
}

func validName(v string) bool {
	for i := range len(v) {
		if !wordByte(v[i]) || i == 0 && v[i] <= '9' {
			return false
		}
	}
	return v != ""
}

func (r *awkRun) load(name string) bool {
	r.globals[" opened"] = &awkCell{}
	data, err := r.c.ReadFile(name)
	if err != nil {
		r.c.Errorf("cannot open %s (%s)", name, Reason(err))
		r.status = 2
		return false
	}
	if name != "-" {
		r.global("FILENAME").val = awkStr(name)
	}
	r.global("FNR").val = awkNum(0)
	r.main = &awkIn{text: string(data)}
	return true
}

// cut takes a record off a source, by RS.
func (r *awkRun) cut(in *awkIn) (string, bool) {
	rs := r.text("RS")
	if rs == "" {
		in.text = strings.TrimLeft(in.text, "\n")
	}
	if in.text == "" {
		return "", false
	}
	lo, hi := -1, -1
	switch {
	case rs == "":
		if lo = strings.Index(in.text, "\n\n"); lo >= 0 {
			hi = lo + 2
		}
	case len(rs) == 1:
		if lo = strings.Index(in.text, rs); lo >= 0 {
			hi = lo + 1
		}
	default:
		if m := r.regexp(rs).FindStringIndex(in.text); m != nil && m[1] > m[0] {
			lo, hi = m[0], m[1]
		}
	}
	if lo < 0 {
		rec := in.text
		in.text = ""
		if rs == "" || rs != "\n" && len(rs) == 1 {
			rec = strings.TrimSuffix(rec, "\n")
		}
		return rec, true
	}
	rec := in.text[:lo]
	in.text = in.text[hi:]
	return rec, true
}

// setRecord sets $0.
func (r *awkRun) setRecord(rec string) { r.record, r.split = rec, false }

// splitFields makes $1... of $0.
func (r *awkRun) splitFields() {
	if r.split {
		return
	}
	parts := r.splitText(r.record, r.text("FS"))
	r.fields = r.fields[:0]
	for _, p := range parts {
		r.fields = append(r.fields, awkInput(p))
	}
	r.nf, r.split = len(parts), true
}

// splitText splits as fields are split.
func (r *awkRun) splitText(v, fs string) []string {
	switch {
	case fs == " ":
		return strings.Fields(v)
	case v == "":
		return nil
	case fs == "":
		return strings.Split(v, "")
	case len(fs) == 1 && fs != "\\":
		return strings.Split(v, fs)
	}
	return r.regexp(fs).Split(v, -1)
}

func (r *awkRun) field(n int) awkVal {
	if n == 0 {
		return awkInput(r.record)
	}
	r.splitFields()
	if n < 0 {
		r.fail(errors.New("attempt to access field " + itoa(n)))
	}
	if n > len(r.fields) {
		return awkVal{}
	}
	return r.fields[n-1]
}

// maxFields bounds $N.
const maxFields = 1000000

func (r *awkRun) setField(n int, v awkVal) {
	if n == 0 {
		r.setRecord(v.str(r.text("CONVFMT")))
		return
	}
	if n < 0 || n > maxFields {
		r.fail(fmt.Errorf("attempt to access field %d", n))
	}
	r.splitFields()
	for len(r.fields) < n {
		r.fields = append(r.fields, awkVal{kind: 'x'})
	}
	r.fields[n-1] = v
	r.rebuild(len(r.fields))
}

// setNF cuts or extends the record.
func (r *awkRun) setNF(n int) {
	r.splitFields()
	n = max(0, min(n, maxFields))
	for len(r.fields) < n {
		r.fields = append(r.fields, awkVal{kind: 'x'})
	}
	r.fields = r.fields[:n]
	r.rebuild(n)
}

func (r *awkRun) rebuild(n int) {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = r.fields[i].str(r.text("CONVFMT"))
	}
	r.record, r.nf = strings.Join(parts, r.text("OFS")), n
}

// regexp compiles a dynamic regular expression, once.
func (r *awkRun) regexp(pat string) *regexp.Regexp {
	if re, ok := r.res[pat]; ok {
		return re
	}
	re, err := compileRegexp(awkRegexp(pat), true, false)
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
