package vfs

import (
	"errors"
	"io"
	"io/fs"
	"path"

	"klpemu/internal/errno"
)

// The lower tree is a read-only fs.FS, in practice the scenario's directory.
// Only real directories and regular files are opened: a link is read and
// resolved in our tree, and a pipe, a socket or a device of the host, which
// could block or answer differently each time, does not exist here.

const (
	maxLowerFile    = 64 << 20
	maxLowerEntries = 100000
)

type lowerDir struct {
	fsys fs.FS
	path string
}

// fill adds an entry for everything in the lower directory.
func (l *lowerDir) fill(r *ramDir) error {
	list, err := fs.ReadDir(l.fsys, l.path)
	if err != nil {
		return hostError(err)
	}
	if len(list) > maxLowerEntries {
		return errno.EFBIG
	}
	for _, e := range list {
		name := e.Name()
		if _, ok := r.entries[name]; ok {
			continue
		}
		if n := l.node(r.fs, e); n != nil {
			r.entries[name] = n
		}
	}
	return nil
}

// node makes the node of one entry, or nil for what we do not show.
func (l *lowerDir) node(f *FS, e fs.DirEntry) Node {
	p := path.Join(l.path, e.Name())
	switch t := e.Type(); {
	case t.IsDir():
		d := f.newDir(0o755)
		d.lower = &lowerDir{l.fsys, p}
		return d
	case t.IsRegular():
		info, err := e.Info()
		if err != nil {
			return nil
		}
		n := f.newFile(0o644)
		if info.Mode()&0o100 != 0 {
			n.perm = 0o755
		}
		n.lower = &lowerFile{l.fsys, p, info.Size()}
		return n
	case t&fs.ModeSymlink != 0:
		to, err := fs.ReadLink(l.fsys, p)
		if err != nil {
			return nil
		}
		return &Link{To: to, Mtime: f.now()}
	}
	return nil
}

type lowerFile struct {
	fsys fs.FS
	path string
	size int64
}

func (l *lowerFile) read() ([]byte, error) {
	if l.size > maxLowerFile {
		return nil, errno.EFBIG
	}
	h, err := l.fsys.Open(l.path)
	if err != nil {
		return nil, hostError(err)
	}
	defer h.Close()
	data, err := io.ReadAll(io.LimitReader(h, maxLowerFile+1))
	if err != nil {
		return nil, hostError(err)
	}
	if len(data) > maxLowerFile {
		return nil, errno.EFBIG
	}
	return data, nil
}

// hostError gives the number that stands for an error of the lower tree; the
// host's own texts do not reach a session.
func hostError(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errno.ENOENT
	case errors.Is(err, fs.ErrPermission):
		return errno.EACCES
	}
	return errno.EIO
}
