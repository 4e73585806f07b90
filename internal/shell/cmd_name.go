package shell

import (
	"strings"
)

const basenameUsage = `basename NAME [SUFFIX]
  or:  basename [-z] -a [-s SUFFIX] NAME...
Print NAME without its directory, and without SUFFIX.`

const dirnameUsage = `dirname [-z] NAME...
Print the directory part of names.`

func runBasename(c *Ctx) int {
	opts, args, st, ok := c.Getopt("+as:z", map[string]byte{"multiple": 'a', "suffix": 's', "zero": 'z'})
	if !ok {
		return st
	}
	many, suffix, end := false, "", "\n"
	for _, o := range opts {
		switch o.Flag {
		case 'a':
			many = true
		case 's':
			many, suffix = true, o.Arg
		case 'z':
			end = "\x00"
		}
	}
	switch {
	case len(args) == 0:
		return c.UsageError("missing operand")
	case !many && len(args) > 2:
		return c.UsageError("extra operand '%s'", args[2])
	case !many && len(args) == 2:
		args, suffix = args[:1], args[1]
	}
	for _, a := range args {
		name := baseName(a)
		if name != suffix {
			name = strings.TrimSuffix(name, suffix)
		}
		c.Out().WriteString(name + end)
	}
	return 0
}

func baseName(v string) string {
	t := strings.TrimRight(v, "/")
	if t == "" && v != "" {
		return "/"
	}
	return t[strings.LastIndexByte(t, '/')+1:]
}

func runDirname(c *Ctx) int {
	opts, args, st, ok := c.Getopt("z", map[string]byte{"zero": 'z'})
	if !ok {
		return st
	}
	end := "\n"
	if len(opts) > 0 {
		end = "\x00"
	}
	if len(args) == 0 {
		return c.UsageError("missing operand")
	}
	for _, a := range args {
		c.Out().WriteString(dirName(a) + end)
	}
	return 0
}

func dirName(v string) string {
	t := strings.TrimRight(v, "/")
	at := strings.LastIndexByte(t, '/')
	switch {
	case t == "" && v != "":
		return "/"
	case at < 0:
		return "."
	}
	if t = strings.TrimRight(t[:at], "/"); t == "" {
		return "/"
	}
	return t
}
