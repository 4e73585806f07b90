package machine

import (
	"fmt"

	"klpemu/internal/errno"
)

// seqFileSize is sizeof(struct seq_file) of 6.12.
const seqFileSize = 128

// SeqShow calls a show function of the guest as the read of a /proc file does,
// and returns what it printed. Errors: the negative errno that it returned, a
// *GuestFault or a *LimitError.
func (m *Machine) SeqShow(fn uint64) ([]byte, error) {
	addr := m.alloc(seqFileSize)
	if addr == 0 {
		return nil, errno.ENOMEM
	}
	defer m.release(addr)
	seq := &seqFile{addr: addr}
	m.shell.seq = seq
	defer func() { m.shell.seq = nil }()
	ret, err := m.Call(fn, addr, 0)
	if err != nil {
		return nil, err
	}
	if n := int32(ret); n < 0 {
		if n < -4095 {
			return nil, fmt.Errorf("%s returned %d, which is no errno", m.syms.Format(fn), n)
		}
		return nil, errno.Errno(-n)
	}
	return seq.buf, nil
}
