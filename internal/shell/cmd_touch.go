package shell

import (
	"strconv"
	"strings"
	"time"

	"klpemu/internal/errno"
	"klpemu/internal/vfs"
)

const touchUsage = `touch [-c] [-d DATE | -t [[CC]YY]MMDDhhmm[.ss] | -r FILE] FILE...
Set the modification time, to now without an option, and make files that are
missing; -c: do not make them. -a and -m are read: files have one time.`

func runTouch(c *Ctx) int {
	opts, args, st, ok := c.Getopt("camd:r:t:hf", map[string]byte{"no-create": 'c', "date": 'd', "reference": 'r', "no-dereference": 'h'})
	if !ok {
		return st
	}
	create, at := true, c.Now()
	for _, o := range opts {
		switch o.Flag {
		case 'c':
			create = false
		case 'd':
			if at, ok = parseDate(o.Arg, c.Now()); !ok {
				return c.Errorf("invalid date format '%s'", o.Arg)
			}
		case 't':
			if at, ok = parseStamp(o.Arg, c.Now()); !ok {
				return c.Errorf("invalid date format '%s'", o.Arg)
			}
		case 'r':
			i, err := c.FS().Stat(c.Abs(o.Arg))
			if err != nil {
				return c.Errorf("failed to get attributes of '%s': %s", o.Arg, Reason(err))
			}
			at = i.Mtime
		}
	}
	if len(args) == 0 {
		return c.UsageError("missing file operand")
	}
	status := 0
	for _, a := range args {
		if err := c.touch(a, create, at); err != nil && (create || err != errno.ENOENT) {
			status = c.Errorf("cannot touch '%s': %s", a, Reason(err))
		}
	}
	return status
}

func (c *Ctx) touch(name string, create bool, at time.Time) error {
	_, err := c.FS().Stat(c.Abs(name))
	if err == errno.ENOENT && create {
		var f *vfs.File
		if f, err = c.FS().Open(c.Abs(name), vfs.WriteOnly|vfs.Create, 0o644); err == nil {
			err = f.Close()
		}
	}
	if err != nil {
		return err
	}
	return c.FS().Touch(c.Abs(name), at)
}

// parseStamp parses the times of touch -t.
func parseStamp(v string, now time.Time) (time.Time, bool) {
	digits, sec, _ := strings.Cut(v, ".")
	if sec != "" {
		digits += sec
	} else {
		digits += "00"
	}
	switch len(digits) {
	case 10:
		digits = now.Format("2006") + digits
	case 12:
		century := "20"
		if digits[0] >= '7' {
			century = "19"
		}
		digits = century + digits
	}
	t, err := time.ParseInLocation("20060102150405", digits, time.UTC)
	return t, err == nil
}

// parseDate parses a date as GNU's commands write and people give it: @SECONDS,
// ISO dates and times, "now", "yesterday", "2 days ago" and their like.
func parseDate(v string, now time.Time) (time.Time, bool) {
	v = strings.TrimSpace(v)
	if sec, ok := strings.CutPrefix(v, "@"); ok {
		f, err := strconv.ParseFloat(sec, 64)
		return time.Unix(int64(f), int64((f-float64(int64(f)))*1e9)).UTC(), err == nil
	}
	for _, zone := range []string{"", " MST", "Z07:00", " -0700", " Z07:00"} {
		for _, clock := range []string{"", " 15:04", " 15:04:05", " 15:04:05.999999999", "T15:04", "T15:04:05", "T15:04:05.999999999"} {
			for _, day := range []string{"2006-01-02", "2006/01/02", "20060102", "2 Jan 2006", "Jan 2 2006", "Mon Jan _2", "Mon, 2 Jan 2006"} {
				if t, err := time.ParseInLocation(day+clock+zone, v, time.UTC); err == nil && (zone != "" || t.Year() > 0) {
					return t.UTC(), true
				}
			}
		}
	}
	if t, err := time.ParseInLocation("Mon Jan _2 15:04:05 MST 2006", v, time.UTC); err == nil {
		return t, true
	}
	return relativeDate(strings.Fields(strings.ToLower(v)), now.UTC())
}

// relativeDate adds up words such as "3 hours ago" and "next week".
func relativeDate(words []string, t time.Time) (time.Time, bool) {
	for len(words) > 0 {
		n, w := 1, words[0]
		words = words[1:]
		if x, err := strconv.Atoi(w); err == nil || w == "next" || w == "last" {
			if n = x; err != nil {
				n = map[string]int{"next": 1, "last": -1}[w]
			}
			if len(words) == 0 {
				return t, false
			}
			w, words = words[0], words[1:]
		}
		if len(words) > 0 && words[0] == "ago" {
			n, words = -n, words[1:]
		}
		switch strings.TrimSuffix(w, "s") {
		case "now", "today", "utc":
		case "yesterday":
			t = t.AddDate(0, 0, -1)
		case "tomorrow":
			t = t.AddDate(0, 0, 1)
		case "sec", "second":
			t = t.Add(time.Duration(n) * time.Second)
		case "min", "minute":
			t = t.Add(time.Duration(n) * time.Minute)
		case "hour":
			t = t.Add(time.Duration(n) * time.Hour)
		case "day":
			t = t.AddDate(0, 0, n)
		case "week":
			t = t.AddDate(0, 0, 7*n)
		case "fortnight":
			t = t.AddDate(0, 0, 14*n)
		case "month":
			t = t.AddDate(0, n, 0)
		case "year":
			t = t.AddDate(n, 0, 0)
		default:
			return t, false
		}
	}
	return t, true
}
