package shell

import (
	"errors"
	"fmt"
	"strings"
)

const sedUsage = `sed [OPTION]... {SCRIPT | -e SCRIPT | -f FILE} [FILE]...
Edit lines.
  -n  print only what p says      -E, -r  extended regular expressions
  -e SCRIPT, -f FILE  the script, or a file of it; they may repeat
  -i[SUFFIX]  edit files in place, with a backup where there is a suffix
  -s  each file alone             -z  lines end in NUL
  -l N  where l breaks lines      --sandbox  without r, R, w, W
Addresses: N, $, /RE/IM, \cREc, FIRST~STEP, FIRST,LAST, FIRST,+N, FIRST,~N, 0,/RE/,
each with !.
Commands: s/RE/NEW/[gpiIMN][w FILE] y/ABC/XYZ/ p P d D l = F q Q n N g G h H x z
a i c r R w W { } b t T : v #. NEW may have & \1 \n \t \L \U \l \u \E.
The command e, and the flag e of s, are not supported.`

const sedHint = "Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n"

// maxSteps bounds the commands one sed or awk may execute.
const maxSteps = 20000000

// Exit statuses of sed.
const (
	sedBadInput = 2
	sedPanic    = 4
)

// sedChunk is a part of the script: an -e, or a file.
type sedChunk struct {
	text string
	file string // "" for an expression
}

func runSed(c *Ctx) int {
	const posix, sandbox = 1, 2
	opts, args, st, ok := c.Getopt("nEre:f:si::uzl:\x01\x02", map[string]byte{"quiet": 'n', "silent": 'n', "regexp-extended": 'E',
		"expression": 'e', "file": 'f', "separate": 's', "in-place": 'i', "unbuffered": 'u', "null-data": 'z', "zero-terminated": 'z',
		"line-length": 'l', "posix": posix, "sandbox": sandbox})
	if !ok {
		return st
	}
	s := newSedState(c)
	p := &sedParser{s: s}
	var chunks []sedChunk
	for _, o := range opts {
		switch o.Flag {
		case 'n':
			s.quiet = true
		case 'E', 'r':
			p.extended = true
		case 's':
			s.separate = true
		case 'i':
			s.inPlace, s.separate, s.suffix = true, true, o.Arg
		case 'z':
			s.eol = 0
		case 'l':
			if s.wrap, ok = parseInt(o.Arg); !ok || s.wrap < 0 {
				return c.Errorf("invalid line length: %s", o.Arg)
			}
		case 'e':
			chunks = append(chunks, sedChunk{o.Arg, ""})
		case 'f':
			data, err := c.ReadFile(o.Arg)
			if err != nil {
				c.Errorf("couldn't open file %s: %s", o.Arg, Reason(err))
				return sedPanic
			}
			chunks = append(chunks, sedChunk{strings.TrimSuffix(string(data), "\n"), o.Arg})
		case sandbox:
			p.sandbox = true
		}
	}
	if chunks == nil {
		if len(args) == 0 {
			return c.badUsage()
		}
		chunks, args = []sedChunk{{args[0], ""}}, args[1:]
	}
	if err := p.program(chunks); err != nil {
		c.Errorf("%v", err)
		if errors.As(err, new(errSedLabel)) {
			return sedPanic
		}
		return 1
	}
	s.files = args
	if len(args) == 0 {
		s.files = []string{"-"}
	}
	return s.main()
}

// sedError is an error in the script, with its place.
func (p *sedParser) errorAt(err error) error {
	at := min(p.pos, len(p.src))
	for i, chunk := range p.chunks {
		if i+1 < len(p.chunks) && at > len(chunk.text) {
			at -= len(chunk.text) + 1
			continue
		}
		if chunk.file != "" {
			return fmt.Errorf("file %s line %d: %w", chunk.file, 1+strings.Count(chunk.text[:min(at, len(chunk.text))], "\n"), err)
		}
		n := 0
		for _, c := range p.chunks[:i+1] {
			if c.file == "" {
				n++
			}
		}
		return fmt.Errorf("-e expression #%d, char %d: %w", n, at, err)
	}
	return err
}
