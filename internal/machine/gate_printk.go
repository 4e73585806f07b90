package machine

import "klpemu/cpu"

// gatePrintk is _printk(fmt, ...). A message without a level gets the default.
func (m *Machine) gatePrintk(c *CPU, t *Task) error {
	text, err := m.sprintf(c, cpu.RDI, 1)
	if err != nil {
		return err
	}
	c.vcpu.SetReg(cpu.RAX, uint64(len(text)))
	m.logText(text)
	return nil
}
