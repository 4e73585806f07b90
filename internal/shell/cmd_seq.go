package shell

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

func runSeq(c *Ctx) int {
	if i := seqFirst(c.Args); i > 0 {
		c.Args = slices.Insert(c.Args, i, "--") // a negative number is no option
	}
	opts, args, st, ok := c.Getopt("+s:wf:", map[string]byte{"separator": 's', "equal-width": 'w', "format": 'f'})
	if !ok {
		return st
	}
	sep, wide, format := "\n", false, ""
	for _, o := range opts {
		switch o.Flag {
		case 's':
			sep = o.Arg
		case 'w':
			wide = true
		case 'f':
			format = o.Arg
		}
	}
	if len(args) == 0 {
		return c.UsageError("missing operand")
	}
	if len(args) > 3 {
		return c.UsageError("extra operand '%s'", args[3])
	}
	if format != "" {
		if wide {
			return c.UsageError("format string may not be specified when printing equal width strings")
		}
		if text := seqFormat(format); text != "" {
			return c.Errorf("format '%s' %s", format, text)
		}
	}
	format = gPrecision(format)
	nums := []float64{1, 1, 1}
	prec, width := 0, 0
	for i, a := range args {
		f, err := strconv.ParseFloat(a, 64)
		if err == nil && math.IsNaN(f) {
			return c.UsageError("invalid 'not-a-number' argument: '%s'", a)
		}
		if err != nil || math.IsInf(f, 0) {
			return c.UsageError("invalid floating point argument: '%s'", a)
		}
		at := i
		switch {
		case len(args) == 1:
			at = 2
		case len(args) == 2 && i == 1:
			at = 2
		}
		nums[at] = f
		if _, frac, ok := strings.Cut(a, "."); ok && at != 2 {
			prec = max(prec, len(frac))
		}
	}
	if nums[1] == 0 {
		return c.UsageError("invalid Zero increment value: '%s'", args[1])
	}
	prec = min(prec, 32)
	if wide {
		width = max(len(fmt.Sprintf("%.*f", prec, nums[0])), len(fmt.Sprintf("%.*f", prec, nums[2])))
	}
	if format == "" {
		format = fmt.Sprintf("%%0%d.%df", width, prec)
	}
	return c.seq(nums, format, sep)
}

// gPrecision gives %g the precision that it has in C.
func gPrecision(format string) string {
	at := strings.IndexAny(format, "gG")
	percent := strings.LastIndexByte(format[:max(at, 0)], '%')
	if at < 0 || percent < 0 || strings.Contains(format[percent:at], ".") || strings.Trim(format[percent+1:at], "-+ 0#123456789") != "" {
		return format
	}
	return format[:at] + ".6" + format[at:]
}

// seqFirst is where the first operand is, if it is a negative number.
func seqFirst(args []string) int {
	for i := 1; i < len(args); i++ {
		a := args[i]
		switch {
		case len(a) > 1 && a[0] == '-' && strings.IndexByte(".0123456789", a[1]) >= 0:
			return i
		case a == "--" || len(a) < 2 || a[0] != '-':
			return 0
		case a == "-s" || a == "-f" || a == "--separator" || a == "--format":
			i++
		}
	}
	return 0
}

// seqFormat says what is wrong with a format, which has one directive for a
// number; "" where nothing is.
func seqFormat(v string) string {
	found := false
	for i := 0; i < len(v); i++ {
		if v[i] != '%' {
			continue
		}
		if i++; i < len(v) && v[i] == '%' {
			continue
		}
		begin := i
		for i < len(v) && strings.IndexByte("-+ 0#.123456789'", v[i]) >= 0 {
			i++
		}
		switch {
		case i == len(v):
			return "ends in %"
		case strings.IndexByte("eEfgG", v[i]) < 0 || i-begin > 8:
			return "has unknown %" + v[i:i+1] + " directive"
		case found:
			return "has too many % directives"
		}
		found = true
	}
	if !found {
		return "has no % directive"
	}
	return ""
}

func (c *Ctx) seq(nums []float64, format, sep string) int {
	first, step, last := nums[0], nums[1], nums[2]
	out := c.Out()
	written := false
	for i := 0; ; i++ {
		v := first + float64(i)*step
		if step > 0 && v > last+step*1e-9 || step < 0 && v < last+step*1e-9 {
			break
		}
		if written {
			out.WriteString(sep)
		}
		written = true
		if _, err := fmt.Fprintf(out, format, v); err != nil || c.Stopped() {
			return c.flush(1)
		}
	}
	if written {
		out.WriteByte('\n')
	}
	return 0
}

func runCmp(c *Ctx) int {
	opts, args, st, ok := c.Getopt("sl", map[string]byte{"silent": 's', "quiet": 's'})
	if !ok {
		return st
	}
	if len(args) < 2 {
		return c.UsageError("missing operand after '%s'", c.Args[len(c.Args)-1])
	}
	silent := len(opts) > 0 && opts[0].Flag == 's'
	var data [2][]byte
	for i := range data {
		d, err := c.ReadFile(args[i])
		if err != nil {
			if !silent {
				c.Errorf("%s: %s", args[i], Reason(err))
			}
			return 2
		}
		data[i] = d
	}
	line := 1
	for i := 0; i < min(len(data[0]), len(data[1])); i++ {
		if data[0][i] != data[1][i] {
			if !silent {
				fmt.Fprintf(c.Out(), "%s %s differ: char %d, line %d\n", args[0], args[1], i+1, line)
			}
			return 1
		}
		if data[0][i] == '\n' {
			line++
		}
	}
	if len(data[0]) == len(data[1]) {
		return 0
	}
	short := args[0]
	if len(data[1]) < len(data[0]) {
		short = args[1]
	}
	if !silent {
		c.Errorf("EOF on %s after byte %d, line %d", short, min(len(data[0]), len(data[1])), line-1)
	}
	return 1
}

// readArgs reads all files, one after the other.
func (c *Ctx) readArgs(args []string) (data []byte, status int) {
	if len(args) == 0 {
		args = []string{"-"}
	}
	for _, a := range args {
		d, err := c.ReadFile(a)
		if err != nil {
			status = c.Errorf("%s: %s", a, Reason(err))
			continue
		}
		data = append(data, d...)
	}
	return data, status
}
