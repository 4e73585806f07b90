package shell

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
)

// sumCommands are the checksums of coreutils.
func sumCommands() []*Command {
	algos := []struct {
		name string
		new  func() hash.Hash
	}{{"md5", md5.New}, {"sha1", sha1.New}, {"sha224", sha256.New224}, {"sha256", sha256.New}, {"sha384", sha512.New384}, {"sha512", sha512.New}}
	all := []*Command{
		{Name: "cksum", Usage: "cksum [FILE]...\nPrint the CRC and the size of files.", Run: runCksum},
	}
	for _, a := range algos {
		name := a.name + "sum"
		usage := name + ` [-b] [-t] [-z] [--tag] [FILE]...
  or:  ` + name + ` -c [--status] [--quiet] [FILE]...
Print checksums, or check those that FILE lists.`
		all = append(all, &Command{Name: name, Usage: usage, Run: func(c *Ctx) int { return runSum(c, strings.ToUpper(a.name), a.new) }})
	}
	return all
}

// summer is a running md5sum or one of its kind.
type summer struct {
	c                             *Ctx
	algo                          string
	new                           func() hash.Hash
	binary, tag, zero             bool
	quiet, status, strict, ignore bool
}

func runSum(c *Ctx, algo string, h func() hash.Hash) int {
	const tag, status, quiet, strict, ignore, warn = 1, 2, 3, 4, 5, 'w'
	opts, args, st, ok := c.Getopt("bctzw\x01\x02\x03\x04\x05", map[string]byte{"binary": 'b', "check": 'c', "text": 't', "zero": 'z', "tag": tag,
		"status": status, "quiet": quiet, "strict": strict, "ignore-missing": ignore, "warn": warn})
	if !ok {
		return st
	}
	s := &summer{c: c, algo: algo, new: h}
	check := false
	for _, o := range opts {
		switch o.Flag {
		case 'c':
			check = true
		default:
			if p := map[byte]*bool{'b': &s.binary, 'z': &s.zero, tag: &s.tag, status: &s.status, quiet: &s.quiet, strict: &s.strict, ignore: &s.ignore}[o.Flag]; p != nil {
				*p = true
			}
		}
	}
	if len(args) == 0 {
		args = []string{"-"}
	}
	for _, a := range args {
		if check {
			st = max(st, s.check(a))
			continue
		}
		sum, err := s.sum(a)
		if err != nil {
			st = c.Errorf("%s: %s", a, Reason(err))
			continue
		}
		s.print(a, sum)
	}
	return st
}

func (s *summer) sum(name string) (string, error) {
	data, err := s.c.ReadFile(name)
	if err != nil {
		return "", err
	}
	h := s.new()
	h.Write(data)
	return hex.EncodeToString(h.Sum(nil)), nil
}

func (s *summer) print(name, sum string) {
	end := "\n"
	if s.zero {
		end = "\x00"
	}
	mark := " "
	if s.binary {
		mark = "*"
	}
	if s.tag {
		fmt.Fprintf(s.c.Out(), "%s (%s) = %s%s", s.algo, name, sum, end)
		return
	}
	fmt.Fprintf(s.c.Out(), "%s %s%s%s", sum, mark, name, end)
}

// sumLine takes a line of a list apart.
func (s *summer) sumLine(line string) (sum, name string, ok bool) {
	if rest, ok := strings.CutPrefix(line, s.algo+" ("); ok {
		at := strings.LastIndex(rest, ") = ")
		if at < 0 {
			return "", "", false
		}
		return rest[at+4:], rest[:at], true
	}
	size := 2 * s.new().Size()
	if len(line) < size+3 || line[size] != ' ' || line[size+1] != ' ' && line[size+1] != '*' {
		return "", "", false
	}
	_, err := hex.DecodeString(line[:size])
	return strings.ToLower(line[:size]), line[size+2:], err == nil
}

// check is -c for one list.
func (s *summer) check(list string) int {
	data, err := s.c.ReadFile(list)
	if err != nil {
		return s.c.Errorf("%s: %s", list, Reason(err))
	}
	good, bad, unreadable, broken := 0, 0, 0, 0
	for line := range strings.SplitSeq(strings.TrimSuffix(string(data), "\n"), "\n") {
		want, name, ok := s.sumLine(line)
		if !ok {
			broken++
			continue
		}
		sum, err := s.sum(name)
		switch {
		case err != nil && s.ignore:
			continue
		case err != nil:
			s.c.Errorf("%s: %s", name, Reason(err))
			s.result(name, "FAILED open or read", false)
			unreadable++
		case sum != want:
			s.result(name, "FAILED", false)
			bad++
		default:
			s.result(name, "OK", true)
			good++
		}
	}
	if list == "-" {
		list = "'standard input'"
	}
	if good+bad+unreadable == 0 {
		return s.c.Errorf("%s: no properly formatted checksum lines found", list)
	}
	s.warn(broken, "line is improperly formatted", "lines are improperly formatted")
	s.warn(unreadable, "listed file could not be read", "listed files could not be read")
	s.warn(bad, "computed checksum did NOT match", "computed checksums did NOT match")
	return min(1, bad+unreadable)
}

func (s *summer) result(name, text string, ok bool) {
	if !s.status && !(ok && s.quiet) {
		fmt.Fprintf(s.c.Out(), "%s: %s\n", name, text)
	}
}

func (s *summer) warn(n int, one, many string) {
	switch {
	case n == 0 || s.status:
	case n == 1:
		s.c.Errorf("WARNING: 1 %s", one)
	default:
		s.c.Errorf("WARNING: %d %s", n, many)
	}
}

func runCksum(c *Ctx) int {
	_, args, st, ok := c.Getopt("", nil)
	if !ok {
		return st
	}
	names := args
	if len(args) == 0 {
		names = []string{"-"}
	}
	for _, a := range names {
		data, err := c.ReadFile(a)
		if err != nil {
			st = c.Errorf("%s: %s", a, Reason(err))
			continue
		}
		fmt.Fprintf(c.Out(), "%d %d", posixCRC(data), len(data))
		if len(args) > 0 {
			c.Out().WriteString(" " + a)
		}
		c.Out().WriteByte('\n')
	}
	return st
}

// posixCRC is the CRC of cksum: polynomial 04c11db7, the length behind the data.
func posixCRC(data []byte) uint32 {
	var table [256]uint32
	for i := range table {
		v := uint32(i) << 24
		for range 8 {
			v = v<<1 ^ (v>>31)*0x04c11db7
		}
		table[i] = v
	}
	crc := uint32(0)
	add := func(b byte) { crc = crc<<8 ^ table[byte(crc>>24)^b] }
	for _, b := range data {
		add(b)
	}
	for n := len(data); n > 0; n >>= 8 {
		add(byte(n))
	}
	return ^crc
}
