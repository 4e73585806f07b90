package shell

import (
	"strings"

	"klpemu/internal/errno"

	"mvdan.cc/sh/v3/expand"
)

const envUsage = `env [-i] [-u NAME]... [-0] [-C DIR] [NAME=VALUE]... [COMMAND [ARG]...]
Print the environment, or run COMMAND in a changed one; -i: an empty one.`

func runWhich(c *Ctx) int {
	status := 0
	for _, n := range c.Args[1:] {
		kind, where := c.sh.kind(n)
		if cmd, ok := c.sh.find(n); ok && kind == "builtin" && cmd.RawHelp {
			kind, where = "file", "/usr/bin/"+n // echo, test and the like exist as files too
		}
		if kind != "file" {
			status = 1
			continue
		}
		c.Out().WriteString(where + "\n")
	}
	return status
}

func runEnv(c *Ctx) int {
	opts, args, st, ok := c.Getopt("+iu:0C:", map[string]byte{"ignore-environment": 'i', "unset": 'u', "null": '0', "chdir": 'C'})
	if !ok {
		return st
	}
	clean, end, dir := false, "\n", ""
	var unset []string
	for _, o := range opts {
		switch o.Flag {
		case 'i':
			clean = true
		case 'u':
			unset = append(unset, o.Arg)
		case '0':
			end = "\x00"
		case 'C':
			dir = o.Arg
		}
	}
	if len(args) > 0 && args[0] == "-" {
		clean, args = true, args[1:]
	}
	s := c.sh
	sub := s.subshell()
	defer sub.fds.closeAll()
	sub.funcs = nil
	if clean {
		for _, n := range sub.varNames() {
			v := sub.lookup(n)
			v.Exported = false
			sub.store(n, v)
		}
	}
	for _, n := range unset {
		sub.store(n, expand.Variable{})
	}
	for len(args) > 0 {
		name, val, ok := strings.Cut(args[0], "=")
		if !ok {
			break
		}
		sub.store(name, expand.Variable{Set: true, Exported: true, Kind: expand.String, Str: val})
		args = args[1:]
	}
	if len(args) == 0 {
		for _, e := range sub.environ() {
			c.Out().WriteString(e + end)
		}
		return 0
	}
	if dir != "" {
		abs := c.Abs(dir)
		if i, err := c.FS().Stat(abs); err != nil || !i.IsDir() {
			if err == nil {
				err = errno.ENOTDIR
			}
			c.Errorf("cannot change directory to '%s': %s", dir, Reason(err))
			return 125
		}
		sub.dir = abs
	}
	if st := c.runnable(args[0]); st != 0 {
		return st
	}
	sub.executeCommand(args)
	return sub.status
}

func runPrintenv(c *Ctx) int {
	if len(c.Args) == 1 {
		for _, e := range c.sh.environ() {
			c.Out().WriteString(e + "\n")
		}
		return 0
	}
	status := 0
	for _, n := range c.Args[1:] {
		if v := c.sh.lookup(n); v.Exported && v.IsSet() {
			c.Out().WriteString(v.String() + "\n")
		} else {
			status = 1
		}
	}
	return status
}
