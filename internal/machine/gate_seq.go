package machine

import (
	"fmt"

	"klpemu/cpu"
)

// seqFile is the struct seq_file that a show function writes to.
type seqFile struct {
	addr uint64 // the guest's struct
	buf  []byte
}

// maxSeq bounds what one show function may write.
const maxSeq = 1 << 20

func (m *Machine) seqWrite(c *CPU, t *Task, text string) error {
	addr := c.vcpu.Reg(cpu.RDI)
	if t.seq == nil || t.seq.addr != addr {
		return fmt.Errorf("%016x is no seq_file of this task", addr)
	}
	if len(t.seq.buf)+len(text) > maxSeq {
		return fmt.Errorf("more than %d bytes in one seq_file", maxSeq)
	}
	t.seq.buf = append(t.seq.buf, text...)
	c.vcpu.SetReg(cpu.RAX, 0)
	return nil
}

func (m *Machine) gateSeqPrintf(c *CPU, t *Task) error {
	text, err := m.sprintf(c, cpu.RSI, 2)
	if err != nil {
		return err
	}
	return m.seqWrite(c, t, text)
}

func (m *Machine) gateSeqPuts(c *CPU, t *Task) error {
	text, err := m.readString(c.vcpu.Reg(cpu.RSI), maxSeq)
	if err != nil {
		return err
	}
	return m.seqWrite(c, t, text)
}

func (m *Machine) gateSeqPutc(c *CPU, t *Task) error {
	return m.seqWrite(c, t, string([]byte{byte(c.vcpu.Reg(cpu.RSI))}))
}
