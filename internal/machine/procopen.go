package machine

import (
	"klpemu/internal/errno"
	"klpemu/mem"
)

// This file opens, reads and writes the files that modules make in /proc, by
// the functions of their struct proc_ops.

// Places in struct file, struct proc_ops.
const (
	fileModeAt, filePosAt = 12, 112

	inodeSize = 624

	procOpen, procRead, procReadIter, procWrite, procRelease = 8, 16, 24, 32, 48

	fmodeRead, fmodeWrite = 1, 2

	userBufAddr = 0x7ffc00000000 // where a process could have its buffer
	userBufSize = 64 << 10
	kiocbSize   = 64
	iterSize    = 40
)

// openFile is a struct file of guest memory.
type openFile struct {
	m           *Machine
	file, inode uint64
	ops         map[uint64]uint64 // by offset in struct proc_ops
}

// ReadProc is the read of a file that a module has made, to its end.
func (m *Machine) ReadProc(e *ProcEntry) ([]byte, error) {
	if e.show != 0 {
		return m.readSeq(e.show, e.data, e.addr)
	}
	var (
		out []byte
		err error
	)
	if blocked := m.Do("proc_reg_read", func() { out, err = m.readProc(e) }); blocked != nil {
		return nil, blocked
	}
	return out, err
}

// WriteProc is one write to a file that a module has made.
func (m *Machine) WriteProc(e *ProcEntry, data []byte) error {
	var err error
	if blocked := m.Do("proc_reg_write", func() { err = m.writeProc(e, data) }); blocked != nil {
		return blocked
	}
	return err
}

func (m *Machine) readProc(e *ProcEntry) ([]byte, error) {
	f, err := m.openProc(e, fmodeRead)
	if err != nil {
		return nil, err
	}
	defer f.free()
	var out []byte
	for err == nil {
		var n int
		n, err = f.read()
		if n == 0 || err != nil {
			break
		}
		chunk := make([]byte, n)
		if err = m.mem.Read(m.userBuf, chunk); err == nil {
			out = append(out, chunk...)
		}
		if len(out) > maxSeq {
			err = errno.EFBIG
		}
	}
	f.call(procRelease, f.inode, f.file)
	if len(out) > 0 {
		err = nil // what was read before the error is there
	}
	return out, err
}

func (m *Machine) writeProc(e *ProcEntry, data []byte) error {
	f, err := m.openProc(e, fmodeWrite)
	if err != nil {
		return err
	}
	defer f.free()
	for len(data) > 0 && err == nil {
		n := min(len(data), userBufSize)
		if f.ops[procWrite] == 0 {
			err = errno.EIO
			break
		}
		if err = m.mem.Write(m.userBuf, data[:n]); err != nil {
			break
		}
		ret := f.call(procWrite, f.file, m.userBuf, uint64(n), f.file+filePosAt)
		switch {
		case ret < 0:
			err = errno.Errno(-ret)
		case ret == 0 || int(ret) > len(data):
			data = nil
		default:
			data = data[ret:]
		}
	}
	f.call(procRelease, f.inode, f.file)
	return err
}

// openProc is proc_reg_open.
func (m *Machine) openProc(e *ProcEntry, mode uint32) (*openFile, error) {
	if err := m.needUserBuf(); err != nil {
		return nil, err
	}
	f := &openFile{m: m, file: m.alloc(fileSize), inode: m.alloc(inodeSize)}
	if f.file == 0 || f.inode == 0 {
		f.free()
		return nil, errno.ENOMEM
	}
	if m.inodeData == nil {
		m.inodeData = map[uint64]uint64{}
	}
	m.inodeData[f.inode] = e.data
	_ = m.store32(f.file+fileModeAt, mode) // just allocated
	_ = m.mem.Store(f.file+fileInode, 8, f.inode)
	_ = m.mem.Store(f.inode, 2, uint64(e.Perm)|0o100000)
	f.readOps(e)
	var ret int32
	switch {
	case e.seq != 0 && e.size != 0:
		ret = klpGuest{m}.Call(m.core["seq_open_private"], f.file, e.seq, e.size)
	case e.seq != 0:
		ret = klpGuest{m}.Call(m.core["seq_open"], f.file, e.seq)
	default:
		ret = f.call(procOpen, f.inode, f.file)
	}
	if ret < 0 {
		f.free()
		return nil, errno.Errno(-ret)
	}
	return f, nil
}

// readOps reads a struct proc_ops; a seq file has the kernel's own.
func (f *openFile) readOps(e *ProcEntry) {
	f.ops = map[uint64]uint64{}
	if e.seq != 0 {
		f.ops[procRead], f.ops[procRelease] = f.m.core["seq_read"], f.m.core["seq_release"]
		if e.size != 0 {
			f.ops[procRelease] = f.m.core["seq_release_private"]
		}
		return
	}
	for _, at := range []uint64{procOpen, procRead, procReadIter, procWrite, procRelease} {
		f.ops[at], _ = f.m.mem.Load(e.ops+at, 8) // one that cannot be read is not there
	}
	// That of the kernel image copies nothing to a process.
	if fn := f.ops[procReadIter]; fn != 0 && fn == f.m.globals["seq_read_iter"] {
		f.ops[procRead], f.ops[procReadIter] = f.m.core["seq_read"], 0
	}
}

// call calls one of the file's functions, where it has it.
func (f *openFile) call(at uint64, args ...uint64) int32 {
	if fn := f.ops[at]; fn != 0 {
		return klpGuest{f.m}.Call(fn, args...)
	}
	return 0
}

// read reads into the user's buffer and says how much; 0 is the end.
func (f *openFile) read() (int, error) {
	m := f.m
	ret := int32(0)
	switch {
	case f.ops[procReadIter] != 0:
		ret = f.readIter()
	case f.ops[procRead] != 0:
		ret = f.call(procRead, f.file, m.userBuf, userBufSize, f.file+filePosAt)
	default:
		return 0, errno.EIO
	}
	if ret < 0 {
		return 0, errno.Errno(-ret)
	}
	return int(min(ret, userBufSize)), nil
}

// readIter is new_sync_read: a struct kiocb and a struct iov_iter (ITER_UBUF).
func (f *openFile) readIter() int32 {
	m := f.m
	iocb := m.alloc(kiocbSize + iterSize)
	if iocb == 0 {
		return -int32(errno.ENOMEM)
	}
	defer m.release(iocb)
	pos, _ := m.mem.Load(f.file+filePosAt, 8)
	iter := iocb + kiocbSize
	for _, w := range [][2]uint64{{iocb, f.file}, {iocb + 8, pos}, {iter + 16, m.userBuf}, {iter + 24, userBufSize}} {
		_ = m.mem.Store(w[0], 8, w[1]) // just allocated
	}
	ret := f.call(procReadIter, iocb, iter)
	pos, _ = m.mem.Load(iocb+8, 8)
	_ = m.mem.Store(f.file+filePosAt, 8, pos)
	return ret
}

func (f *openFile) free() {
	delete(f.m.inodeData, f.inode)
	f.m.release(f.file)
	f.m.release(f.inode)
}

// needUserBuf maps the buffer that the shell's task reads to and writes from.
func (m *Machine) needUserBuf() error {
	if m.userBuf != 0 {
		return nil
	}
	if err := m.mem.Map(userBufAddr, userBufSize, mem.R|mem.W); err != nil {
		return errno.ENOMEM
	}
	m.userBuf = userBufAddr
	return nil
}
