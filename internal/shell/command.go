package shell

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
	"time"

	"klpemu/internal/errno"
	"klpemu/internal/vfs"
)

// Command is a command of the machine.
type Command struct {
	Name string
	// Usage is what --help prints: the first line is the synopsis, without
	// the word "Usage:".
	Usage string
	Run   func(*Ctx) int
	// Builtin commands belong to the shell: their messages begin with
	// "sh: NAME: ".
	Builtin bool
	// RawHelp leaves --help to Run, as for echo and test.
	RawHelp bool
	// Hint is a line of bad usage before "Try 'NAME --help'".
	Hint string
	// UsageStatus is the exit status for bad usage; 1 when 0.
	UsageStatus int
}

// Ctx is what a running command sees.
type Ctx struct {
	Args   []string // Args[0] is the name as typed
	Stdin  io.Reader
	Stdout io.Writer // one Write is one write(2)
	Stderr io.Writer
	cmd    *Command
	sh     *Shell
	out    *bufio.Writer
	outer  *Ctx // the command that runs this one: xargs, timeout
}

// Shell gives the shell that runs the command.
func (c *Ctx) Shell() *Shell { return c.sh }

// FS gives the machine's files.
func (c *Ctx) FS() *vfs.FS { return c.sh.k.fs }

// Host gives the machine.
func (c *Ctx) Host() Host { return c.sh.k.host }

// Abs makes a path absolute.
func (c *Ctx) Abs(name string) string { return c.sh.abs(name) }

// Dir is the working directory.
func (c *Ctx) Dir() string { return c.sh.dir }

// Now is the machine's clock.
func (c *Ctx) Now() time.Time { return c.sh.k.host.Now() }

// Env gives a variable.
func (c *Ctx) Env(name string) string { return c.sh.Var(name) }

// Fail ends the command line with an error of klpemu: a limit or a fault.
func (c *Ctx) Fail(err error) { c.sh.fail(err) }

// Stopped reports whether the command line is being ended; a command that
// loops asks it.
func (c *Ctx) Stopped() bool { return c.sh.k.err != nil }

// Out is a buffer before Stdout, flushed when the command ends. Commands whose
// output must be one write(2) each use Stdout.
func (c *Ctx) Out() *bufio.Writer {
	if c.out == nil {
		c.out = bufio.NewWriterSize(c.Stdout, 64<<10)
	}
	return c.out
}

// Errorf writes "NAME: text" to standard error and gives status 1.
func (c *Ctx) Errorf(format string, args ...any) int {
	if c.out != nil {
		c.out.Flush() // what came before stays before
	}
	prefix := c.cmd.Name + ": "
	if c.cmd.Builtin {
		prefix = "sh: " + prefix
	}
	fmt.Fprintf(c.Stderr, "%s%s\n", prefix, fmt.Sprintf(format, args...))
	return 1
}

// UsageError writes a message and the hint that GNU's commands give.
func (c *Ctx) UsageError(format string, args ...any) int {
	c.Errorf(format, args...)
	if !c.cmd.Builtin {
		fmt.Fprintf(c.Stderr, "Try '%s --help' for more information.\n", c.cmd.Name)
	}
	if c.cmd.UsageStatus != 0 {
		return c.cmd.UsageStatus
	}
	if c.cmd.Builtin {
		return 2
	}
	return 1
}

// Open opens a file to read; "-" is standard input.
func (c *Ctx) Open(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(c.Stdin), nil
	}
	d, err := c.sh.open(name, vfs.ReadOnly)
	if err != nil {
		return nil, err
	}
	if d.file == nil {
		if d.r == nil {
			return nil, errno.EBADF
		}
		return io.NopCloser(d.r), nil
	}
	if d.file.Info().IsDir() {
		d.file.Close()
		return nil, errno.EISDIR
	}
	return d.file, nil
}

// ReadFile reads a whole file; "-" is standard input.
func (c *Ctx) ReadFile(name string) ([]byte, error) {
	f, err := c.Open(name)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(f)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return data, err
}

// Reason gives the text of an error as strerror does.
func Reason(err error) string {
	if e, ok := errno.Of(err); ok {
		return e.Error()
	}
	return err.Error()
}

// setTable builds the table of commands.
func (k *kernel) setTable(lists ...[]*Command) {
	k.table = map[string]*Command{}
	for _, l := range lists {
		for _, c := range l {
			k.table[c.Name] = c
		}
	}
	for n := range k.table {
		k.names = append(k.names, n)
	}
	sort.Strings(k.names)
}

// HelpText is what --help prints.
func HelpText(c *Command) string { return "Usage: " + strings.TrimRight(c.Usage, "\n") + "\n" }

// runCommand runs a command of the table and gives its status.
func (s *Shell) runCommand(c *Command, args []string) int {
	console := s.k.console
	ctx := &Ctx{Args: args, Stdin: s.fds.reader(0), Stdout: s.fds.writer(1), Stderr: s.fds.writer(2), cmd: c, sh: s, outer: console.run}
	console.run = ctx
	defer func() { console.run = ctx.outer }()
	if !c.RawHelp && len(args) == 2 && args[1] == "--help" {
		io.WriteString(ctx.Out(), HelpText(c))
		return ctx.flush(0)
	}
	return ctx.flush(c.Run(ctx))
}

// flushTo writes what the running commands have buffered for the console, as a
// terminal's line buffer would have done before a kernel message.
func (c *Ctx) flushTo(console *Console) {
	if c == nil {
		return
	}
	c.outer.flushTo(console)
	if c.out != nil && c.Stdout == io.Writer(console) {
		c.out.Flush() // an error stays in the buffer, for the end of the command
	}
}

// flush writes what is buffered and reports a failure, as commands do at exit.
func (c *Ctx) flush(status int) int {
	if c.out == nil {
		return status
	}
	if err := c.out.Flush(); err != nil {
		return c.WriteError(err)
	}
	return status
}

// WriteError reports that standard output could not be written.
func (c *Ctx) WriteError(err error) int {
	var l *LimitError
	if errors.As(err, &l) {
		c.sh.fail(err)
		return 1
	}
	c.out = nil
	return c.Errorf("write error: %s", Reason(err))
}

// Print writes text with one write(2).
func (c *Ctx) Print(text string) int {
	if text == "" {
		return 0
	}
	if _, err := io.WriteString(c.Stdout, text); err != nil {
		return c.WriteError(err)
	}
	return 0
}
