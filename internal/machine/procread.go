package machine

import (
	"fmt"

	"klpemu/internal/errno"
)

// Places in struct file (6.12), which a read of a /proc file gets, and the
// operations of its seq_file.
const (
	fileSize            = 184
	fileOp, filePrivate = 16, 32
	fileInode           = 40
	seqOpsSize          = 32
	opStart, opStop     = 0, 8
	opNext, opShow      = 16, 24
	maxReadCalls        = 2 // one that gives all of it, one that finds the end
	readCount           = 128 << 10
)

// readFuncs are the functions of a kernel image by which a file in /proc is read,
// and those of single_open(). An image that has none of them has its show function
// called as the system call itself.
type readFuncs struct{ read, fops, start, next, stop uint64 }

func (m *Machine) readFuncs() (f readFuncs, ok bool) {
	for _, s := range []struct {
		name string
		at   *uint64
	}{
		{"ksys_read", &f.read}, {"proc_iter_file_ops", &f.fops},
		{"single_start", &f.start}, {"single_next", &f.next}, {"single_stop", &f.stop},
	} {
		addr, found := m.globals[s.name]
		if !found {
			return readFuncs{}, false
		}
		*s.at = addr
	}
	return f, true
}

// procRead reads a file in /proc as cat does: read(2) until there is nothing more.
// pde is the entry of a module, 0 for one of the kernel.
func (m *Machine) procRead(f readFuncs, show, private, pde uint64) ([]byte, error) {
	seq, file, ops := m.alloc(m.lay.seqFile), m.alloc(fileSize), m.alloc(seqOpsSize)
	defer func() {
		if buf, err := m.mem.Load(seq+seqBuf, 8); err == nil {
			m.release(buf)
		}
		for _, addr := range []uint64{seq, file, ops} {
			m.release(addr)
		}
	}()
	if seq == 0 || file == 0 || ops == 0 {
		return nil, errno.ENOMEM
	}
	for _, w := range []struct{ at, v uint64 }{
		{seq + seqSize, pageSize}, {seq + seqOp, ops}, {seq + seqFileAt, file}, {seq + seqPrivate, private},
		{file + fileOp, f.fops}, {file + filePrivate, seq}, {file + fileInode, pde},
		{ops + opStart, f.start}, {ops + opStop, f.stop}, {ops + opNext, f.next}, {ops + opShow, show},
	} {
		_ = m.mem.Store(w.at, 8, w.v) // just allocated
	}
	var out []byte
	for range maxReadCalls {
		ret, err := m.Call(f.read, file, 0, readCount)
		if err != nil {
			return nil, err
		}
		if n := int64(ret); n < 0 {
			if n < -maxErrno {
				return nil, fmt.Errorf("%s returned %d, which is no errno", m.syms.Format(show), n)
			}
			return nil, errno.Errno(-n)
		}
		if ret == 0 {
			break
		}
		text, err := m.seqText(seq)
		if err != nil {
			return nil, err
		}
		out = append(out, text...)
	}
	return out, nil
}
