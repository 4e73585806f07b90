package shell

import (
	"strings"

	"mvdan.cc/sh/v3/expand"
)

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
	args := c.Args[1:]
	s := c.sh
	clean := len(args) > 0 && (args[0] == "-i" || args[0] == "-")
	if clean {
		args = args[1:]
	}
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
			c.Out().WriteString(e + "\n")
		}
		return 0
	}
	if _, ok := sub.find(args[0]); !ok && !strings.Contains(args[0], "/") {
		c.Errorf("'%s': No such file or directory", args[0])
		return 127
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
