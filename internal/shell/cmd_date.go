package shell

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

func runDate(c *Ctx) int {
	opts, args, st, ok := c.Getopt("ud:r:RI::3:", map[string]byte{"utc": 'u', "universal": 'u', "reference": 'r', "date": 'd', "iso-8601": 'I', "rfc-email": 'R', "rfc-3339": '3'})
	if !ok {
		return st
	}
	now, format := c.Now().UTC(), "%a %b %e %H:%M:%S UTC %Y"
	for _, o := range opts {
		switch o.Flag {
		case 'd':
			t, ok := parseDate(o.Arg, now)
			if !ok {
				return c.Errorf("invalid date '%s'", o.Arg)
			}
			now = t
		case 'r':
			i, err := c.FS().Stat(c.Abs(o.Arg))
			if err != nil {
				return c.Errorf("%s: %s", o.Arg, Reason(err))
			}
			now = i.Mtime.UTC()
		case 'R':
			format = "%a, %d %b %Y %H:%M:%S +0000"
		case 'I':
			f, ok := map[string]string{"": "%F", "date": "%F", "hours": "%FT%H%:z", "minutes": "%FT%H:%M%:z", "seconds": "%FT%T%:z", "ns": "%FT%T,%N%:z"}[o.Arg]
			if !ok {
				return c.UsageError("invalid argument '%s' for '--iso-8601'", o.Arg)
			}
			format = f
		case '3':
			f, ok := rfc3339Format(o.Arg)
			if !ok {
				return c.UsageError("invalid argument '%s' for '--rfc-3339'\nValid arguments are:\n  - 'date'\n  - 'seconds'\n  - 'ns'", o.Arg)
			}
			format = f
		}
	}
	if len(args) > 0 {
		if !strings.HasPrefix(args[0], "+") {
			return c.Errorf("invalid date '%s'", args[0])
		}
		format = args[0][1:]
	}
	return c.Print(strftime(format, now) + "\n")
}

// rfc3339Format is the format of --rfc-3339=PRECISION, which may be shortened.
func rfc3339Format(precision string) (string, bool) {
	for _, p := range [][2]string{{"date", "%F"}, {"seconds", "%F %T%:z"}, {"ns", "%F %T.%N%:z"}} {
		if precision != "" && strings.HasPrefix(p[0], precision) {
			return p[1], true
		}
	}
	return "", false
}

// strftime formats a time as C's does in the C locale.
func strftime(format string, t time.Time) string {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			b.WriteByte(format[i])
			continue
		}
		i++
		if format[i] == '-' && i+1 < len(format) {
			i++
			b.WriteString(strings.TrimLeft(timeField(format[i], t), "0 "))
			continue
		}
		if strings.HasPrefix(format[i:], ":z") {
			i++
			b.WriteString(t.Format("-07:00"))
			continue
		}
		b.WriteString(timeField(format[i], t))
	}
	return b.String()
}

func timeField(f byte, t time.Time) string {
	layouts := map[byte]string{'a': "Mon", 'A': "Monday", 'b': "Jan", 'B': "January", 'h': "Jan", 'd': "02", 'e': "_2", 'D': "01/02/06",
		'F': "2006-01-02", 'H': "15", 'I': "03", 'm': "01", 'M': "04", 'p': "PM", 'S': "05", 'T': "15:04:05", 'R': "15:04", 'y': "06",
		'Y': "2006", 'Z': "UTC", 'z': "-0700", 'c': "Mon Jan _2 15:04:05 2006", 'x': "01/02/06", 'X': "15:04:05", 'r': "03:04:05 PM"}
	if l, ok := layouts[f]; ok {
		return t.Format(l)
	}
	switch f {
	case 's':
		return strconv.FormatInt(t.Unix(), 10)
	case 'N':
		return fmt.Sprintf("%09d", t.Nanosecond())
	case 'C':
		return fmt.Sprintf("%02d", t.Year()/100)
	case 'k':
		return fmt.Sprintf("%2d", t.Hour())
	case 'l':
		return fmt.Sprintf("%2d", (t.Hour()+11)%12+1)
	case 'P':
		return strings.ToLower(t.Format("PM"))
	case 'U', 'W': // weeks from the first Sunday, or Monday
		day := int(t.Weekday())
		if f == 'W' {
			day = (day + 6) % 7
		}
		return fmt.Sprintf("%02d", (t.YearDay()+6-day)/7)
	case 'V', 'G', 'g':
		year, week := t.ISOWeek()
		return map[byte]string{'V': fmt.Sprintf("%02d", week), 'G': itoa(year), 'g': fmt.Sprintf("%02d", year%100)}[f]
	case 'j':
		return fmt.Sprintf("%03d", t.YearDay())
	case 'u':
		return itoa((int(t.Weekday())+6)%7 + 1)
	case 'w':
		return itoa(int(t.Weekday()))
	case 'n':
		return "\n"
	case 't':
		return "\t"
	case '%':
		return "%"
	}
	return "%" + string(f)
}
