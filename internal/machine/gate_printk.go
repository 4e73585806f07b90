package machine

import (
	"strings"

	"klpemu/cpu"
	"klpemu/internal/trace"
)

// gatePrintk is _printk(fmt, ...). A message without a level gets the default.
func (m *Machine) gatePrintk(c *CPU, t *Task) error {
	text, err := m.sprintf(c, cpu.RDI, 1)
	if err != nil {
		return err
	}
	c.vcpu.SetReg(cpu.RAX, uint64(len(text)))
	level := trace.Warning // MESSAGE_LOGLEVEL_DEFAULT
	for len(text) >= 2 && text[0] == '\x01' {
		if d := text[1]; d >= '0' && d <= '7' {
			level = trace.Level(d - '0')
		}
		text = text[2:]
	}
	m.printk(level, strings.ToValidUTF8(text, "?"))
	return nil
}
