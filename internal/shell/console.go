package shell

import (
	"bytes"
	"io"
	"strings"
)

// Console is where a session writes: standard output and error of commands, and
// the kernel's messages, in the order of writing.
type Console struct {
	live   io.Writer // sees everything as it comes; may be nil
	buf    bytes.Buffer
	mid    bool // the last byte was not a newline
	limit  int
	over   bool
	ended  bool // a command has failed at the limit of instructions
	alarms []string
	quiet  bool // the kernel's messages stay in its log
	run    *Ctx // the running command
}

// NewConsole makes a console that keeps at most limit bytes between two calls
// of Take; live, when not nil, gets a copy as it is written.
func NewConsole(limit int, live io.Writer) *Console {
	return &Console{live: live, limit: limit}
}

// Write writes data of a command.
func (c *Console) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	n := len(p)
	if room := c.limit - c.buf.Len(); len(p) > room {
		c.over = true
		p = p[:max(room, 0)]
	}
	if len(p) > 0 {
		c.buf.Write(p)
		c.mid = p[len(p)-1] != '\n'
		if c.live != nil {
			c.live.Write(p) // the copy is for onlookers: its errors are not the session's
		}
	}
	if c.over {
		return n, &LimitError{What: "bytes of output", Limit: c.limit, Flag: "max-output"}
	}
	return n, nil
}

// Limited notes that a command has failed at the limit of instructions.
func (c *Console) Limited() { c.ended = true }

// TakeLimited reports whether one has since the last call.
func (c *Console) TakeLimited() bool {
	ended := c.ended
	c.ended = false
	return ended
}

// Kernel writes a kernel message on lines of its own. Kernel messages are not
// counted against the limit's error path: printk never fails.
func (c *Console) Kernel(text string) {
	c.run.flushTo(c)
	if c.mid {
		c.Write([]byte("\n"))
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		if IsAlarm(line) {
			c.alarms = append(c.alarms, line)
		}
		c.Write([]byte(line + "\n"))
	}
}

// HideKernel keeps the kernel's messages away from the console: they are in its
// log alone.
func (c *Console) HideKernel() { c.quiet = true }

// printk is where the kernel's console driver writes.
func (c *Console) printk(text string) {
	if !c.quiet {
		c.Kernel(text)
	}
}

// IsAlarm reports whether a kernel line is one that a scenario must expect
// literally: a WARN, a BUG, an oops, or what a gate refuses to do.
func IsAlarm(line string) bool {
	for _, p := range []string{"WARNING: ", "BUG: ", "Oops: ", "kernel BUG at ", "Kernel panic - ", "klpemu: refused: "} {
		if strings.HasPrefix(line, p) {
			return true
		}
	}
	return false
}

// Take gives what was written since the last call, and the alarms in it.
func (c *Console) Take() (out []byte, alarms []string) {
	out = bytes.Clone(c.buf.Bytes())
	alarms = c.alarms
	c.buf.Reset()
	c.alarms, c.mid, c.over = nil, false, false
	return out, alarms
}

// Over reports whether output was lost to the limit since the last Take.
func (c *Console) Over() bool { return c.over }
