package shell

import "fmt"

// Limits bound what one command line can take. Zero values mean the defaults.
type Limits struct {
	Commands int // commands and loop rounds per command line; 1,000,000
	Output   int // bytes to the console per command line; 16 MiB
	Pipe     int // bytes in a pipe, a substitution or a variable; 16 MiB
	Depth    int // nested functions, substitutions and subshells; 400
	Text     int // bytes of a command line or a script; 256 KiB
}

func (l Limits) withDefaults() Limits {
	def := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	def(&l.Commands, 1000000)
	def(&l.Output, 16<<20)
	def(&l.Pipe, 16<<20)
	def(&l.Depth, 400)
	def(&l.Text, 256<<10)
	return l
}

// Set sets a limit by the name of its option without "max-".
func (l *Limits) Set(name string, n int) bool {
	p := map[string]*int{"commands": &l.Commands, "output": &l.Output, "pipe": &l.Pipe, "depth": &l.Depth, "text": &l.Text}[name]
	if p == nil || n < 1 {
		return false
	}
	*p = n
	return true
}

// LimitError says that a command line was ended by a limit.
type LimitError struct {
	What  string // what was counted: "commands", "bytes of output"
	Limit int
	Flag  string // the option that raises it, or ""
}

func (e *LimitError) Error() string {
	s := fmt.Sprintf("limit reached: %d %s in one command line", e.Limit, e.What)
	if e.Flag != "" {
		s += "; --" + e.Flag + " raises it"
	}
	return s
}

// count charges one command or loop round.
func (s *Shell) count() bool {
	s.k.commands++
	if s.k.commands > s.k.limits.Commands {
		s.fail(&LimitError{What: "commands", Limit: s.k.limits.Commands, Flag: "max-commands"})
	}
	return s.k.err == nil
}

// fail ends the command line: every evaluation unwinds once k.err is set.
func (s *Shell) fail(err error) {
	if s.k.err != nil {
		return
	}
	if l, ok := err.(*LimitError); ok && !s.k.limitFlags {
		named := *l
		named.Flag = ""
		err = &named
	}
	s.k.err = err
}

// enter goes one level deeper into functions, substitutions and subshells.
func (s *Shell) enter() bool {
	if s.k.depth >= s.k.limits.Depth {
		s.fail(&LimitError{What: "nested functions and subshells", Limit: s.k.limits.Depth, Flag: "max-depth"})
		return false
	}
	s.k.depth++
	return true
}

func (s *Shell) leave() { s.k.depth-- }
