package shell

import (
	"cmp"
	"strconv"
	"strings"
)

// sortKey is a key of sort: its fields and how they compare.
type sortKey struct {
	from, to         int // fields from 1; to 0 is the end of the line
	fromChar, toChar int
	kinds            string // of n g h V M R, in the order of the options
	rev, fold        bool
	dict, printable  bool
	trimFrom, trimTo bool
	own              bool // has options of its own
}

// option applies an option to the start or the end of a key, or to both.
func (k *sortKey) option(f byte, start, end bool) bool {
	switch f {
	case 'n', 'g', 'h', 'V', 'M', 'R':
		k.kinds += string(f)
	case 'r':
		k.rev = true
	case 'f':
		k.fold = true
	case 'b':
		k.trimFrom = k.trimFrom || start
		k.trimTo = k.trimTo || end
	case 'd':
		k.dict = true
	case 'i':
		k.printable = true
	default:
		return false
	}
	k.own = true
	return true
}

// incompatible gives the complaint about options that exclude each other.
func (k *sortKey) incompatible() string {
	given := ""
	for _, f := range "dgiMnRVh" {
		if strings.ContainsRune(k.kinds, f) || f == 'd' && k.dict || f == 'i' && k.printable {
			given += string(f)
		}
	}
	kinds := strings.Trim(given, "diRV")
	plain := len(given) > len(strings.Trim(given, "di")) && kinds != ""
	if len(kinds) > 1 || plain || strings.Contains(given, "V") && kinds != "" {
		return "options '-" + given + "' are incompatible"
	}
	return ""
}

// parseKey parses N[.C][OPTS][,M[.C][OPTS]]; the text is an error.
func parseKey(v string) (k sortKey, text string) {
	from, to, hasTo := strings.Cut(v, ",")
	if text = k.position(v, from, true); text != "" || !hasTo {
		return k, text
	}
	if text = k.position(v, to, false); text != "" {
		return k, text
	}
	return k, ""
}

func (k *sortKey) position(all, v string, start bool) string {
	what := "field start"
	if !start {
		what = "after ','"
	}
	n := digitsOf(v)
	if n == 0 {
		return "invalid number at " + what + ": invalid count at start of '" + v + "'"
	}
	field, err := strconv.Atoi(v[:n])
	if err != nil {
		field = int(^uint(0) >> 1)
	}
	if field == 0 {
		return "field number is zero: invalid field specification '" + all + "'"
	}
	v = v[n:]
	char := 0
	if strings.HasPrefix(v, ".") {
		m := digitsOf(v[1:])
		if m == 0 {
			return "invalid number after '.': invalid count at start of '" + v[1:] + "'"
		}
		char, _ = strconv.Atoi(v[1 : 1+m])
		if char == 0 && start {
			return "character offset is zero: invalid field specification '" + all + "'"
		}
		v = v[1+m:]
	}
	if start {
		k.from, k.fromChar = field, char
	} else {
		k.to, k.toChar = field, char
	}
	for _, o := range []byte(v) {
		if !k.option(o, start, !start) {
			return "stray character in field spec: invalid field specification '" + all + "'"
		}
	}
	return ""
}

func (k sortKey) compare(a, b string) int {
	if k.kinds != "" {
		switch k.kinds[len(k.kinds)-1] {
		case 'n':
			return compareNumber(a, b)
		case 'g':
			return compareGeneral(a, b)
		case 'h':
			return compareHuman(a, b)
		case 'V':
			return compareVersion(a, b)
		case 'M':
			return month(a) - month(b)
		case 'R':
			return cmp.Compare(hashOrder(a), hashOrder(b))
		}
	}
	return strings.Compare(k.plain(a), k.plain(b))
}

// plain leaves out what -d and -i ignore, and folds case.
func (k sortKey) plain(v string) string {
	if k.fold {
		v = strings.ToUpper(v)
	}
	if !k.dict && !k.printable {
		return v
	}
	return strings.Map(func(r rune) rune {
		if k.dict && !inClass("alnum", r) && !inClass("blank", r) || k.printable && !inClass("print", r) {
			return -1
		}
		return r
	}, v)
}

// sortNumber is the number that a text begins with, as -n reads it.
type sortNumber struct {
	negative    bool
	whole, rest string // digits without zeros at the outer ends
	tail        string
}

func readNumber(v string) sortNumber {
	v = strings.TrimLeft(v, " \t")
	var n sortNumber
	if strings.HasPrefix(v, "-") {
		n.negative, v = true, v[1:]
	}
	i := digitsOf(v)
	n.whole, v = strings.TrimLeft(v[:i], "0"), v[i:]
	if strings.HasPrefix(v, ".") {
		i = digitsOf(v[1:])
		n.rest, v = strings.TrimRight(v[1:1+i], "0"), v[1+i:]
	}
	n.tail = v
	if n.whole == "" && n.rest == "" {
		n.negative = false
	}
	return n
}

func (n sortNumber) compare(m sortNumber) int {
	if n.negative != m.negative {
		if n.negative {
			return -1
		}
		return 1
	}
	c := cmp.Or(len(n.whole)-len(m.whole), strings.Compare(n.whole, m.whole), strings.Compare(n.rest, m.rest))
	if n.negative {
		return -c
	}
	return c
}

func compareNumber(a, b string) int { return readNumber(a).compare(readNumber(b)) }

// compareHuman is -h: by sign, then by unit, then by number.
func compareHuman(a, b string) int {
	x, y := readNumber(a), readNumber(b)
	return cmp.Or(x.unit()-y.unit(), x.compare(y))
}

func (n sortNumber) unit() int {
	if n.tail == "" || n.whole == "" && n.rest == "" {
		return 0
	}
	u := strings.IndexByte("KMGTPEZY", n.tail[0]) + 1
	if n.tail[0] == 'k' {
		u = 1
	}
	if n.negative {
		return -u
	}
	return u
}

// compareGeneral is -g: what is no number first, then NaN.
func compareGeneral(a, b string) int {
	x, okX := generalNumber(a)
	y, okY := generalNumber(b)
	if okX != okY {
		if okY {
			return -1
		}
		return 1
	}
	return cmp.Compare(x, y)
}

// generalNumber is the number that a text begins with.
func generalNumber(v string) (float64, bool) {
	v = strings.TrimLeft(v, " \t")
	for i := len(v); i > 0; i-- {
		if strings.ContainsAny(v[i-1:i], "_") {
			continue
		}
		if f, err := strconv.ParseFloat(v[:i], 64); err == nil || f != 0 {
			return f, true
		}
	}
	return 0, false
}

func month(v string) int {
	v = strings.TrimLeft(v, " \t")
	if len(v) < 3 {
		return 0
	}
	i := strings.Index("JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC", strings.ToUpper(v[:3]))
	if i < 0 || i%3 != 0 {
		return 0
	}
	return i/3 + 1
}

// compareVersion is filevercmp: file endings count last.
func compareVersion(a, b string) int {
	if c := strings.Compare(a, b); c == 0 || a == "" || b == "" {
		return c
	}
	if a[0] == '.' || b[0] == '.' {
		if a[0] != b[0] {
			if a[0] == '.' {
				return -1
			}
			return 1
		}
	}
	return cmp.Or(versionOrder(withoutEnding(a), withoutEnding(b)), versionOrder(a, b))
}

// withoutEnding cuts (.[A-Za-z~][A-Za-z0-9~]*)* off the end.
func withoutEnding(v string) string {
	end := len(v)
	for i := len(v) - 1; i > 0; i-- {
		c := rune(v[i])
		if c == '.' {
			if i+1 < len(v) && (inClass("alpha", rune(v[i+1])) || v[i+1] == '~') {
				end = i
				continue
			}
			break
		}
		if !inClass("alnum", c) && c != '~' {
			break
		}
	}
	return v[:end]
}

func versionOrder(a, b string) int {
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		for i < len(a) && !isDigit(a[i]) || j < len(b) && !isDigit(b[j]) {
			if c := versionRank(a, i) - versionRank(b, j); c != 0 {
				return c
			}
			i, j = i+1, j+1
		}
		for i < len(a) && a[i] == '0' {
			i++
		}
		for j < len(b) && b[j] == '0' {
			j++
		}
		first := 0
		for i < len(a) && j < len(b) && isDigit(a[i]) && isDigit(b[j]) {
			if first == 0 {
				first = int(a[i]) - int(b[j])
			}
			i, j = i+1, j+1
		}
		switch {
		case i < len(a) && isDigit(a[i]):
			return 1
		case j < len(b) && isDigit(b[j]):
			return -1
		case first != 0:
			return first
		}
	}
	return 0
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func versionRank(v string, i int) int {
	switch {
	case i >= len(v):
		return -1
	case isDigit(v[i]):
		return 0
	case inClass("alpha", rune(v[i])):
		return int(v[i])
	case v[i] == '~':
		return -2
	}
	return int(v[i]) + 256
}
