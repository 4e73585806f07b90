package shell

import (
	"errors"
	"fmt"
	"strings"
)

// awkIn is a source of records.
type awkIn struct {
	text string
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
	return r.regexp(fs).Split(v)
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
