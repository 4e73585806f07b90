package shell

import (
	"strconv"
	"strings"
)

func (s *sorter) compare(a, b string) int {
	for _, k := range s.keys {
		n := k.compare(s.field(k, a), s.field(k, b))
		if k.rev {
			n = -n
		}
		if n != 0 {
			return n
		}
	}
	return 0
}

func (k sortKey) compare(a, b string) int {
	if k.trim {
		a, b = strings.TrimLeft(a, " \t"), strings.TrimLeft(b, " \t")
	}
	switch {
	case k.num:
		return compareFloat(leadingNumber(a), leadingNumber(b))
	case k.human:
		return compareFloat(humanNumber(a), humanNumber(b))
	case k.version:
		return compareVersion(a, b)
	case k.fold:
		a, b = strings.ToUpper(a), strings.ToUpper(b)
	}
	return strings.Compare(a, b)
}

func compareFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func leadingNumber(v string) float64 {
	v = strings.TrimLeft(v, " \t")
	i := 0
	for i < len(v) && (v[i] >= '0' && v[i] <= '9' || v[i] == '.' || i == 0 && v[i] == '-') {
		i++
	}
	f, _ := strconv.ParseFloat(v[:i], 64)
	return f
}

func humanNumber(v string) float64 {
	f := leadingNumber(v)
	v = strings.TrimLeft(strings.TrimLeft(v, " \t"), "-.0123456789")
	if v != "" {
		if at := strings.IndexByte("KMGT", v[0]&^0x20); at >= 0 {
			for range at + 1 {
				f *= 1024
			}
		}
	}
	return f
}

// compareVersion compares runs of digits as numbers.
func compareVersion(a, b string) int {
	for a != "" && b != "" {
		da, db := digitRun(a), digitRun(b)
		if da > 0 && db > 0 {
			x, y := strings.TrimLeft(a[:da], "0"), strings.TrimLeft(b[:db], "0")
			if len(x) != len(y) {
				return len(x) - len(y)
			}
			if n := strings.Compare(x, y); n != 0 {
				return n
			}
			a, b = a[da:], b[db:]
			continue
		}
		if a[0] != b[0] {
			return int(a[0]) - int(b[0])
		}
		a, b = a[1:], b[1:]
	}
	return len(a) - len(b)
}

func digitRun(v string) int {
	n := 0
	for n < len(v) && v[n] >= '0' && v[n] <= '9' {
		n++
	}
	return n
}
