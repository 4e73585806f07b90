package machine

import (
	"klpemu/cpu"
	"klpemu/internal/errno"
)

// Places in struct seq_file.
const (
	seqBuf, seqSize, seqFrom, seqCount, seqIndex, seqReadPos = 0, 8, 16, 24, 40, 48

	seqOp, seqFileAt, seqPrivate = 88, 104, 112
)

// maxSeq bounds what one show function may write.
const maxSeq = 1 << 20

// seqGates are the functions of fs/seq_file.c that show functions call.
func seqGates() []gate {
	return []gate{
		{"seq_printf", seqFormat(false)},
		{"seq_vprintf", seqFormat(true)},
		{"seq_puts", (*Machine).gateSeqPuts},
		{"__seq_puts", (*Machine).gateSeqPuts},
		{"seq_putc", (*Machine).gateSeqPutc},
		fnGate("seq_write", (*Machine).seqWrite),
		fnGate("seq_pad", func(*Machine, *Task, guestArgs) (uint64, error) { return 0, nil }),
		fnGate("seq_put_decimal_ull", seqDecimal(false)),
		fnGate("seq_put_decimal_ll", seqDecimal(true)),
	}
}

// seqPut appends to a seq_file as seq_write does: what does not fit makes it
// overflow, and its show function is called again with a larger buffer.
func (m *Machine) seqPut(seq uint64, text string) (bool, error) {
	f := &fields{m: m}
	buf, size, count := f.word(seq+seqBuf), f.word(seq+seqSize), f.word(seq+seqCount)
	if f.err != nil {
		return false, f.err
	}
	if n := uint64(len(text)); count < size && n < size-count {
		if err := m.mem.Write(buf+count, []byte(text)); err != nil {
			return false, err
		}
		return true, m.mem.Store(seq+seqCount, 8, count+n)
	}
	return false, m.mem.Store(seq+seqCount, 8, size) // seq_set_overflow
}

// seqResult gives a function of seq_file its result: 0, or -1 on overflow.
func (m *Machine) seqResult(c *CPU, text string) error {
	ok, err := m.seqPut(c.vcpu.Reg(cpu.RDI), text)
	c.vcpu.SetReg(cpu.RAX, 0)
	if !ok {
		c.vcpu.SetReg(cpu.RAX, negErrno(1))
	}
	return err
}

func seqFormat(list bool) func(*Machine, *CPU, *Task) error {
	return func(m *Machine, c *CPU, _ *Task) error {
		text, err := m.formatCall(c, 1, list, maxSeq)
		if err != nil {
			return err
		}
		return m.seqResult(c, text)
	}
}

func (m *Machine) gateSeqPuts(c *CPU, _ *Task) error {
	text, err := m.readString(c.vcpu.Reg(cpu.RSI), maxSeq)
	if err != nil {
		return err
	}
	return m.seqResult(c, text)
}

func (m *Machine) gateSeqPutc(c *CPU, _ *Task) error {
	return m.seqResult(c, string([]byte{byte(c.vcpu.Reg(cpu.RSI))}))
}

// seqWrite is seq_write(m, data, len).
func (m *Machine) seqWrite(_ *Task, a guestArgs) (uint64, error) {
	data := make([]byte, min(a[2], maxSeq))
	if err := m.mem.Read(a[1], data); err != nil {
		return 0, err
	}
	ok, err := m.seqPut(a[0], string(data))
	if !ok {
		return negErrno(1), err
	}
	return 0, err
}

// seqDecimal is seq_put_decimal_ull(m, delimiter, n).
func seqDecimal(signed bool) func(*Machine, *Task, guestArgs) (uint64, error) {
	return func(m *Machine, _ *Task, a guestArgs) (uint64, error) {
		text, err := m.formatString(fmtSpec{prec: -1}, a[1])
		if a[1] == 0 {
			text = ""
		}
		if err != nil {
			return 0, err
		}
		_, err = m.seqPut(a[0], text+fmtSpec{prec: -1}.integer(int64(a[2]), signed))
		return 0, err
	}
}

// newSeq allocates a seq_file with a buffer of size bytes.
func (m *Machine) newSeq(size uint64) (uint64, error) {
	seq, buf := m.alloc(m.lay.seqFile), m.alloc(size)
	if seq == 0 || buf == 0 {
		m.release(seq)
		return 0, errno.ENOMEM
	}
	_ = m.mem.Store(seq+seqBuf, 8, buf) // just allocated
	_ = m.mem.Store(seq+seqSize, 8, size)
	return seq, nil
}

func (m *Machine) freeSeq(seq uint64) {
	if buf, err := m.mem.Load(seq+seqBuf, 8); err == nil {
		m.release(buf)
	}
	m.release(seq)
}

// seqOverflow is seq_has_overflowed.
func (m *Machine) seqOverflow(seq uint64) (bool, error) {
	f := &fields{m: m}
	over := f.word(seq+seqCount) == f.word(seq+seqSize)
	return over, f.err
}

// seqText is what a show function has written.
func (m *Machine) seqText(seq uint64) ([]byte, error) {
	f := &fields{m: m}
	buf, count := f.word(seq+seqBuf), f.word(seq+seqCount)
	if f.err != nil {
		return nil, f.err
	}
	out := make([]byte, min(count, maxSeq))
	return out, m.mem.Read(buf, out)
}
