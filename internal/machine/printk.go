package machine

import (
	"fmt"
	"strings"
	"time"

	"klpemu/internal/dyndbg"
	"klpemu/internal/trace"
)

// LogRecord is one line of the kernel's ring buffer.
type LogRecord struct {
	Time  time.Duration
	Level trace.Level
	Text  string
}

// String is the record as dmesg shows it.
func (r LogRecord) String() string {
	us := r.Time / time.Microsecond
	return fmt.Sprintf("[%5d.%06d] %s", us/1e6, us%1e6, r.Text)
}

// printk is the ring buffer, the console and dynamic debug.
type printk struct {
	records  []LogRecord
	cleared  int // records before this one were cleared by dmesg -c
	dropped  int
	open     *LogRecord // a line that KERN_CONT may go on with
	dynamic  dyndbg.Control
	warns    int
	debugged bool // exc_debug has warned
}

// emit is the machine's trace.Sink.
func (m *Machine) emit(e trace.Event) {
	switch e.Kind {
	case trace.Message:
		if e.Level == trace.Debug {
			if !m.printDebug(e) {
				return
			}
			break
		}
		m.printk(e.Level, e.Text)
	case trace.Warn:
		m.log.warns++
		m.taint |= taintWarn
		m.printk(trace.Warning, e.String())
	}
	if m.observe != nil {
		m.observe(e)
	}
}

// printk puts text in the ring buffer and on the console, line by line.
func (m *Machine) printk(level trace.Level, text string) {
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if len(m.log.records) >= logLines {
			m.log.records = append(m.log.records[:0], m.log.records[logLines/4:]...)
			m.log.dropped += logLines / 4
			m.log.cleared = max(0, m.log.cleared-logLines/4)
		}
		m.log.records = append(m.log.records, LogRecord{m.Now(), level, line})
		if console := m.consoleLevel(); level < console || level == trace.Debug && console >= defaultLogging {
			m.cfg.Console(line)
		}
	}
}

// Log returns the records that dmesg shows.
func (m *Machine) Log() []LogRecord { return m.log.records[m.log.cleared:] }

// ClearLog is dmesg -c.
func (m *Machine) ClearLog() { m.log.cleared = len(m.log.records) }

// SetConsoleLevel is dmesg -n: messages of a level below n reach the console.
func (m *Machine) SetConsoleLevel(n int) {
	_ = m.mem.Store(m.core[consolePrintk], 4, uint64(n)) // mapped at boot
}

// consolePrintk is the array of levels that guest code may change; its first
// element is console_loglevel.
const consolePrintk = "console_printk"

func (m *Machine) consoleLevel() trace.Level {
	v, err := m.mem.Load(m.core[consolePrintk], 4)
	if err != nil {
		return defaultLogging // before the core text is loaded
	}
	return trace.Level(max(0, min(int32(v), 255)))
}

// Printk writes a line to the log from outside the kernel (/dev/kmsg).
func (m *Machine) Printk(level trace.Level, text string) { m.printk(level, text) }
