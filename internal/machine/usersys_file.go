package machine

import (
	"encoding/binary"
	"path"

	"klpemu/internal/errno"
)

// maxTransfer is what one read or write of a process moves at most.
const maxTransfer = 1 << 20

// result turns what a file says into what a system call returns.
func result(n int, err error) uint64 {
	if err == nil {
		return uint64(n)
	}
	if e, ok := err.(errno.Errno); ok {
		return minus(e)
	}
	return minus(errno.EIO)
}

func sysRead(s *sysCall) uint64 {
	b := make([]byte, min(s.a[2], maxTransfer))
	n, err := s.p.files.Read(int(int32(s.a[0])), b)
	if err == nil && s.p.user.Write(s.a[1], b[:n]) != nil {
		return minus(errno.EFAULT)
	}
	return result(n, err)
}

func sysWrite(s *sysCall) uint64 {
	b := make([]byte, min(s.a[2], maxTransfer))
	if s.p.user.Read(s.a[1], b) != nil {
		return minus(errno.EFAULT)
	}
	n, err := s.p.files.Write(int(int32(s.a[0])), b)
	return result(n, err)
}

// maxIOV is UIO_MAXIOV.
const maxIOV = 1024

func sysWritev(s *sysCall) uint64 {
	if s.a[2] > maxIOV {
		return minus(errno.EINVAL)
	}
	var all []byte
	for i := range s.a[2] {
		var iov [16]byte
		if s.p.user.Read(s.a[1]+16*i, iov[:]) != nil {
			return minus(errno.EFAULT)
		}
		at, n := binary.LittleEndian.Uint64(iov[:]), binary.LittleEndian.Uint64(iov[8:])
		b := make([]byte, min(n, maxTransfer-uint64(len(all))))
		if s.p.user.Read(at, b) != nil {
			return minus(errno.EFAULT)
		}
		all = append(all, b...)
	}
	n, err := s.p.files.Write(int(int32(s.a[0])), all)
	return result(n, err)
}

// stdFDs is how many descriptors a process has: it can open no others.
const stdFDs = 3

func sysClose(s *sysCall) uint64 {
	if uint32(s.a[0]) < stdFDs {
		return 0
	}
	return minus(errno.EBADF)
}

// statSize is sizeof(struct stat); st_nlink, st_mode, st_rdev and st_blksize
// are at 16, 24, 40 and 56.
const statSize = 144

// putStat says that a descriptor is a terminal.
func (s *sysCall) putStat(fd, at uint64) uint64 {
	if uint32(fd) >= stdFDs {
		return minus(errno.EBADF)
	}
	b := make([]byte, statSize)
	le := binary.LittleEndian
	le.PutUint64(b[16:], 1)
	le.PutUint32(b[24:], 0o20620)
	le.PutUint64(b[40:], 4<<8|64) // ttyS0
	le.PutUint64(b[56:], 1024)
	if s.p.user.Write(at, b) != nil {
		return minus(errno.EFAULT)
	}
	return 0
}

func sysNewfstat(s *sysCall) uint64 { return s.putStat(s.a[0], s.a[1]) }

// sysNewfstatat knows descriptors alone: AT_EMPTY_PATH with an empty path.
func sysNewfstatat(s *sysCall) uint64 {
	name, err := s.p.user.ReadString(s.a[1], pageSize)
	switch {
	case err != nil:
		return minus(errno.EFAULT)
	case name != "" || s.a[3]&0x1000 == 0:
		return minus(errno.ENOENT)
	}
	return s.putStat(s.a[0], s.a[2])
}

// sysIoctl: the console is no terminal that could be asked for its settings.
func sysIoctl(s *sysCall) uint64 {
	if uint32(s.a[0]) >= stdFDs {
		return minus(errno.EBADF)
	}
	return minus(errno.ENOTTY)
}

func sysReadlink(s *sysCall) uint64   { return s.readlink(s.a[0], s.a[1], s.a[2]) }
func sysReadlinkat(s *sysCall) uint64 { return s.readlink(s.a[1], s.a[2], s.a[3]) }

// readlink knows /proc/self/exe.
func (s *sysCall) readlink(name, buf, size uint64) uint64 {
	text, err := s.p.user.ReadString(name, pageSize)
	switch {
	case err != nil:
		return minus(errno.EFAULT)
	case text != "/proc/self/exe":
		return minus(errno.ENOENT)
	case int32(size) <= 0:
		return minus(errno.EINVAL)
	}
	to := []byte(path.Clean(s.p.exe))
	to = to[:min(uint64(len(to)), size)]
	if s.p.user.Write(buf, to) != nil {
		return minus(errno.EFAULT)
	}
	return uint64(len(to))
}
