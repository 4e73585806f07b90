package machine

import (
	"fmt"

	"klpemu/internal/errno"
)

// SeqShow calls a show function of the guest as the read of a /proc file does,
// and returns what it printed. Errors: the negative errno that it returned, a
// *GuestFault or a *LimitError.
func (m *Machine) SeqShow(fn uint64) ([]byte, error) { return m.readSeq(fn, 0, 0) }

// readSeq reads a file of one show function, by the functions of the kernel image
// for that where it has them.
func (m *Machine) readSeq(fn, private, pde uint64) ([]byte, error) {
	if f, ok := m.readFuncs(); ok {
		return m.procRead(f, fn, private, pde)
	}
	return m.seqShow(fn, private)
}

// seqShow is seq_read of a file opened by single_open(): a buffer that is too
// small is doubled, and show runs again.
func (m *Machine) seqShow(fn, private uint64) ([]byte, error) {
	for size := uint64(pageSize); size <= 2*maxSeq; size *= 2 {
		out, whole, err := m.seqShowOnce(fn, private, size)
		if err != nil || whole {
			return out, err
		}
	}
	return nil, errno.ENOMEM
}

func (m *Machine) seqShowOnce(fn, private, size uint64) (out []byte, whole bool, err error) {
	seq, err := m.newSeq(size)
	if err != nil {
		return nil, false, err
	}
	defer m.freeSeq(seq)
	_ = m.mem.Store(seq+seqPrivate, 8, private) // just allocated
	ret, err := m.Call(fn, seq, 0)
	if err != nil {
		return nil, false, err
	}
	if n := int32(ret); n < 0 {
		if n < -maxErrno {
			return nil, false, fmt.Errorf("%s returned %d, which is no errno", m.syms.Format(fn), n)
		}
		return nil, false, errno.Errno(-n)
	}
	over, err := m.seqOverflow(seq)
	if err != nil || over {
		return nil, false, err
	}
	out, err = m.seqText(seq)
	return out, true, err
}
