package shell

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

func runSeq(c *Ctx) int {
	args := c.Args[1:]
	sep, wide, format := "\n", false, ""
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' && strings.IndexByte(".0123456789", args[0][1]) < 0 {
		a := args[0]
		args = args[1:]
		switch {
		case a == "-w" || a == "--equal-width":
			wide = true
		case (a == "-s" || a == "-f") && len(args) > 0:
			if a == "-s" {
				sep, _ = unescape(args[0], false)
			} else {
				format = args[0]
			}
			args = args[1:]
		case strings.HasPrefix(a, "-s"):
			sep = a[2:]
		case strings.HasPrefix(a, "-f"):
			format = a[2:]
		default:
			return c.UsageError("invalid option -- '%s'", a[1:2])
		}
	}
	if len(args) == 0 {
		return c.UsageError("missing operand")
	}
	if len(args) > 3 {
		return c.UsageError("extra operand '%s'", args[3])
	}
	nums := []float64{1, 1, 1}
	prec, width := 0, 0
	for i, a := range args {
		f, err := strconv.ParseFloat(a, 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
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
	} else if ok := seqFormat(format); !ok {
		return c.UsageError("invalid format '%s'", format)
	}
	return c.seq(nums, format, sep)
}

// seqFormat reports whether a format has exactly one directive for a number.
func seqFormat(v string) bool {
	_, rest, ok := strings.Cut(strings.ReplaceAll(v, "%%", ""), "%")
	if !ok || strings.Contains(rest, "%") {
		return false
	}
	i := 0
	for i < len(rest) && strings.IndexByte("-+ 0#.123456789", rest[i]) >= 0 {
		i++
	}
	return i < 8 && i < len(rest) && strings.IndexByte("eEfgG", rest[i]) >= 0
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
