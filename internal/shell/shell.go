package shell

import (
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"time"

	"klpemu/internal/vfs"

	"mvdan.cc/sh/v3/syntax"
)

// Config is what New needs.
type Config struct {
	FS       *vfs.FS
	Host     Host
	Console  *Console
	Commands []*Command // beside Builtins and Coreutils; the later of a name wins
	Seed     uint64     // for $RANDOM
	Limits   Limits
	Dir      string   // the working directory; /root when ""
	Name     string   // $0; "sh" when ""
	Args     []string // $1...
	Env      []string // NAME=VALUE, above the defaults
	// Script makes the shell end where bash ends a script: at a use of an
	// unset variable under `set -u`. A session goes on with its next line.
	Script bool
	// LimitFlags says that there are options --max-commands, --max-output,
	// --max-pipe and --max-depth: errors then name the one that helps.
	LimitFlags bool
}

// kernel is what a shell shares with its subshells and jobs.
type kernel struct {
	fs         *vfs.FS
	host       Host
	console    *Console
	table      map[string]*Command
	names      []string // of the table, sorted
	rng        *rand.Rand
	start      time.Time
	limits     Limits
	script     bool
	commands   int
	depth      int
	err        error // a limit or a fault: everything unwinds
	deadline   *deadline
	pid        int      // $$
	limitFlags bool     // options exist that raise limits
	signals    []string // sent to the shell, not yet handled
}

// control says why evaluation is unwinding.
type control int

const (
	ctlNone control = iota
	ctlBreak
	ctlContinue
	ctlReturn
	ctlDiscard // an expansion error: the rest of the line is dropped
	ctlExit
)

// Shell is one shell process.
type Shell struct {
	k       *kernel
	vars    *scope
	funcs   map[string]*syntax.Stmt
	aliases map[string]string
	dir     string
	oldDir  string
	name    string
	params  []string
	fds     *fdTable
	opts    options
	status  int
	pipes   []int // PIPESTATUS
	bg      int   // $!
	jobs    []int // not yet waited for
	traps   map[string]string
	calls   []string // FUNCNAME
	ctl     control
	ctlN    int
	loops   int  // enclosing loops of this function
	cond    int  // inside a condition: errexit is off
	sub     bool // a subshell
	getopt  int  // position inside a group of options, for getopts
	inTrap  bool
	last    bool // the simple command that runs next is all that a job does
	// errCalls is how deep in functions the ERR trap was set; level is
	// BASH_SUBSHELL.
	errCalls, level int
	dirs            []string // of pushd
	returnFrom      int      // $? before `return`
	subst           bool     // a command substitution has set the status
}

// options are those of `set`.
type options struct {
	errexit, nounset, xtrace, pipefail, noglob, noclobber, noexec, allexport, verbose, errtrace, functrace bool
	nullglob, dotglob, globstar, extglob, nocasematch, expandAliases                                       bool
}

// New makes a shell.
func New(c Config) *Shell {
	if c.Host == nil {
		c.Host = &Still{}
	}
	limits := c.Limits.withDefaults()
	if c.Console == nil {
		c.Console = NewConsole(limits.Output, nil)
	}
	k := &kernel{
		fs: c.FS, host: c.Host, console: c.Console, limits: limits, script: c.Script, limitFlags: c.LimitFlags, pid: c.Host.Pid(),
		rng: rand.New(rand.NewPCG(c.Seed, 0)), start: c.Host.Now(),
	}
	k.setTable(Builtins(), Coreutils(), c.Commands)
	s := &Shell{k: k, vars: newScope(nil), funcs: map[string]*syntax.Stmt{}, traps: map[string]string{},
		aliases: map[string]string{}, name: c.Name, params: c.Args, dir: c.Dir}
	if s.name == "" {
		s.name = "sh"
	}
	if s.dir == "" {
		s.dir = "/root"
	}
	s.opts.extglob = true
	s.fds = newFDs(strings.NewReader(""), c.Console)
	s.initVars()
	s.setEnv(c.Env)
	return s
}

// Result is the outcome of a command line.
type Result struct {
	Status int
	Exited bool  // the shell has ended
	Err    error // *LimitError, or a fault of klpemu
}

// Run evaluates a command line or a whole script.
func (s *Shell) Run(src string) Result {
	s.k.commands, s.k.err, s.k.signals = 0, nil, nil
	s.runText(src)
	s.handleSignals()
	if s.ctl == ctlExit {
		s.ctl = ctlNone
		s.exitTrap()
		s.fds.closeAll()
		s.finish()
		return Result{Status: s.status, Exited: true, Err: s.k.err}
	}
	s.ctl = ctlNone
	s.finish()
	return Result{Status: s.status, Err: s.k.err}
}

// finish closes the books of a command line.
func (s *Shell) finish() {
	if s.k.console.Over() {
		s.fail(&LimitError{What: "bytes of output", Limit: s.k.console.limit, Flag: "max-output"})
	}
	if s.k.err != nil {
		s.status = 1
	}
}

// Close ends the shell as if its input had ended: the EXIT trap runs.
func (s *Shell) Close() Result {
	s.k.commands, s.k.err = 0, nil
	s.exitTrap()
	s.fds.closeAll()
	s.finish()
	return Result{Status: s.status, Exited: true, Err: s.k.err}
}

// parse parses shell text; an error is reported as the shell does.
func (s *Shell) parse(src string) (*syntax.File, bool) {
	if len(src) > s.k.limits.Text {
		s.fail(&LimitError{What: "bytes of shell text", Limit: s.k.limits.Text})
		return nil, false
	}
	if err := checkNesting(src); err != nil {
		s.errorf("syntax error: %v", err)
		s.status = 2
		return nil, false
	}
	f, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(src), "")
	if err != nil {
		s.errorf("syntax error: %s", parseMessage(err))
		s.status = 2
		return nil, false
	}
	return f, true
}

func parseMessage(err error) string {
	var pe syntax.ParseError
	if errors.As(err, &pe) {
		return "line " + itoa(int(pe.Pos.Line())) + ": " + pe.Text
	}
	return err.Error()
}

// runText parses and evaluates in this shell.
func (s *Shell) runText(src string) {
	f, ok := s.parse(src)
	if !ok {
		return
	}
	for i, st := range f.Stmts {
		s.stmt(st)
		if s.ctl == ctlDiscard && !s.sub {
			s.ctl = ctlNone
			if s.k.script {
				s.ctl = ctlExit
				return
			}
			if i+1 < len(f.Stmts) && f.Stmts[i+1].Pos().Line() == st.End().Line() {
				return
			}
			continue
		}
		if s.stopping() {
			return
		}
		s.handleSignals()
	}
}

// stopping reports whether evaluation is unwinding.
func (s *Shell) stopping() bool { return s.ctl != ctlNone || s.k.err != nil }

// subshell makes a copy whose changes stay in it.
func (s *Shell) subshell() *Shell {
	c := *s
	c.vars = s.vars.clone()
	c.funcs = cloneMap(s.funcs)
	c.aliases = cloneMap(s.aliases)
	c.fds = s.fds.clone()
	c.jobs = nil
	c.traps = map[string]string{}
	c.params = append([]string(nil), s.params...)
	c.pipes = append([]int(nil), s.pipes...)
	c.sub = true
	c.level++
	c.loops = 0
	c.last = false
	return &c
}

// end closes a subshell: its EXIT trap runs, its files close.
func (s *Shell) end() int {
	s.ctl = ctlNone
	s.exitTrap()
	s.fds.closeAll()
	return s.status
}

func cloneMap[V any](m map[string]V) map[string]V {
	c := make(map[string]V, len(m))
	for k, v := range m {
		c[k] = v
	}
	return c
}

// stderr is where messages of the shell go.
func (s *Shell) stderr() io.Writer { return s.fds.writer(2) }

// reseed sets the seed of $RANDOM.
func (k *kernel) reseed(seed uint64) { k.rng = rand.New(rand.NewPCG(seed, 1)) }
