package shell

import (
	"errors"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
)

// str evaluates the i-th argument as a string.
func (r *awkRun) str(n *awkNode, i int) string {
	if i >= len(n.args) {
		return ""
	}
	return r.eval(n.args[i]).str(r.text("CONVFMT"))
}

func (r *awkRun) num(n *awkNode, i int) float64 {
	if i >= len(n.args) {
		return 0
	}
	return r.eval(n.args[i]).num()
}

// builtin calls a function of awk.
func (r *awkRun) builtin(n *awkNode) awkVal {
	switch n.name {
	case "length":
		return r.length(n)
	case "substr":
		return r.substr(n)
	case "index":
		v := r.str(n, 0)
		at := strings.Index(v, r.str(n, 1))
		if at > 0 {
			at = len([]rune(v[:at]))
		}
		return awkNum(float64(at + 1))
	case "split":
		return r.splitFunc(n)
	case "sub", "gsub":
		return r.substitute(n)
	case "match":
		return r.matchFunc(n)
	case "sprintf":
		if len(n.args) == 0 {
			return awkStr("")
		}
		vals := make([]awkVal, len(n.args))
		for i, a := range n.args {
			vals[i] = r.eval(a)
		}
		return awkStr(r.grow(awkFormat(vals[0].str("%.6g"), vals[1:])))
	case "tolower":
		return awkStr(strings.ToLower(r.str(n, 0)))
	case "toupper":
		return awkStr(strings.ToUpper(r.str(n, 0)))
	case "close":
		return awkNum(r.closeName(r.str(n, 0)))
	case "fflush":
		r.c.Out().Flush()
		return awkNum(0)
	case "system":
		return awkNum(float64(r.command(r.str(n, 0), nil, nil)))
	}
	return r.mathFunc(n)
}

func (r *awkRun) mathFunc(n *awkNode) awkVal {
	x := r.num(n, 0)
	switch n.name {
	case "int":
		return awkNum(math.Trunc(x))
	case "sqrt":
		return awkNum(math.Sqrt(x))
	case "exp":
		return awkNum(math.Exp(x))
	case "log":
		return awkNum(math.Log(x))
	case "sin":
		return awkNum(math.Sin(x))
	case "cos":
		return awkNum(math.Cos(x))
	case "atan2":
		return awkNum(math.Atan2(x, r.num(n, 1)))
	case "rand":
		return awkNum(r.rng.Float64())
	case "srand":
		old := r.seed
		r.seed = x
		r.rng = rand.New(rand.NewPCG(math.Float64bits(x), 2))
		return awkNum(old)
	case "strtonum":
		v := strings.TrimSpace(r.str(n, 0))
		if u, err := strconv.ParseInt(v, 0, 64); err == nil {
			return awkNum(float64(u))
		}
		return awkNum(awkStr(v).num())
	}
	return awkVal{}
}

func (r *awkRun) length(n *awkNode) awkVal {
	if len(n.args) == 0 {
		return awkNum(float64(len([]rune(r.record))))
	}
	if a := n.args[0]; a.op == "var" {
		if c := r.cell(a); c.arr != nil || c.from != nil && c.from.arr != nil {
			return awkNum(float64(len(c.array())))
		}
	}
	return awkNum(float64(len([]rune(r.str(n, 0)))))
}

func (r *awkRun) substr(n *awkNode) awkVal {
	v := []rune(r.str(n, 0))
	from := math.RoundToEven(r.num(n, 1))
	to := float64(len(v) + 1)
	if len(n.args) > 2 {
		to = min(to, from+math.RoundToEven(r.num(n, 2)))
	}
	from = max(from, 1)
	if !(from < to) {
		return awkStr("")
	}
	return awkStr(string(v[int(from)-1 : int(to)-1]))
}

func (r *awkRun) splitFunc(n *awkNode) awkVal {
	if len(n.args) < 2 || n.args[1].op != "var" {
		r.fail(errors.New("split needs an array"))
	}
	v, fs := r.str(n, 0), r.text("FS")
	var parts []string
	switch {
	case len(n.args) > 2 && n.args[2].op == "regexp":
		if v != "" {
			parts = r.regexp(n.args[2].name).Split(v)
		}
	case len(n.args) > 2:
		parts = r.splitText(v, r.str(n, 2))
	default:
		parts = r.splitText(v, fs)
	}
	arr := r.cell(n.args[1]).array()
	clear(arr)
	for i, p := range parts {
		r.bytes += 2
		arr[itoa(i+1)] = awkInput(p)
	}
	r.grow(v)
	return awkNum(float64(len(parts)))
}

func (r *awkRun) matchFunc(n *awkNode) awkVal {
	v := r.str(n, 0)
	if len(n.args) < 2 {
		r.fail(errors.New("match needs a regular expression"))
	}
	start, length := 0.0, -1.0
	if m := r.pattern(n.args[1]).FindStringIndex(v); m != nil {
		start, length = float64(len([]rune(v[:m[0]]))+1), float64(len([]rune(v[m[0]:m[1]])))
	}
	r.global("RSTART").val, r.global("RLENGTH").val = awkNum(start), awkNum(length)
	return awkNum(start)
}

// substitute is sub and gsub.
func (r *awkRun) substitute(n *awkNode) awkVal {
	if len(n.args) < 2 {
		r.fail(errors.New(n.name + " needs a regular expression and a replacement"))
	}
	target := &awkNode{op: "$", args: []*awkNode{{op: "const", val: awkNum(0)}}}
	if len(n.args) > 2 {
		target = n.args[2]
	}
	re, with := r.pattern(n.args[0]), r.str(n, 1)
	v := r.eval(target).str(r.text("CONVFMT"))
	limit := 1
	if n.name == "gsub" {
		limit = -1
	}
	locs := re.FindAllStringIndex(v, limit)
	if len(locs) == 0 {
		return awkNum(0)
	}
	var b strings.Builder
	last := 0
	for _, l := range locs {
		b.WriteString(v[last:l[0]])
		b.WriteString(awkReplacement(with, v[l[0]:l[1]]))
		last = l[1]
		if b.Len() > r.c.sh.k.limits.Pipe {
			break // grow reports it
		}
	}
	b.WriteString(v[last:])
	if lvalue(target) {
		r.assign(target, awkStr(r.grow(b.String())))
	}
	return awkNum(float64(len(locs)))
}

// awkReplacement puts the match in for &; \& is literal.
func awkReplacement(with, match string) string {
	if !strings.ContainsAny(with, `&\`) {
		return with
	}
	var b strings.Builder
	for i := 0; i < len(with); i++ {
		switch {
		case with[i] == '\\' && i+1 < len(with) && (with[i+1] == '&' || with[i+1] == '\\'):
			i++
			b.WriteByte(with[i])
		case with[i] == '&':
			b.WriteString(match)
		default:
			b.WriteByte(with[i])
		}
	}
	return b.String()
}
