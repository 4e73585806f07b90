package vfs

import (
	"io"

	"klpemu/internal/errno"
)

// Flag is how a file is opened.
type Flag int

// Flags of open(2), with numbers of our own.
const (
	ReadOnly  Flag = 1 << iota
	WriteOnly      // with ReadOnly: read and write
	Append
	Create
	Trunc
	Excl
)

// Reads reports whether the file can be read.
func (f Flag) Reads() bool { return f&ReadOnly != 0 }

// Writes reports whether the file can be written.
func (f Flag) Writes() bool { return f&WriteOnly != 0 }

// File is an open file.
type File struct {
	fs     *FS
	node   Node
	flags  Flag
	pos    int
	data   []byte // what a dynamic file gave
	read   bool   // data is valid
	closed bool
}

// Open opens a file; perm is the mode of one that is created.
func (f *FS) Open(name string, flags Flag, perm uint32) (*File, error) {
	n, err := f.openNode(name, flags, perm)
	if err != nil {
		return nil, err
	}
	if _, ok := n.(Directory); ok && flags.Writes() {
		return nil, errno.EISDIR
	}
	if o, ok := n.(Opener); ok {
		if err := o.Open(flags); err != nil {
			return nil, err
		}
	}
	if r, ok := n.(*ramFile); ok && flags&Trunc != 0 {
		r.truncate()
	}
	return &File{fs: f, node: n, flags: flags}, nil
}

// openNode finds the node, or creates it.
func (f *FS) openNode(name string, flags Flag, perm uint32) (Node, error) {
	p, err := f.walk(name, true)
	if err == nil {
		if flags&(Create|Excl) == Create|Excl {
			return nil, errno.EEXIST
		}
		return p.node(), nil
	}
	if err != errno.ENOENT || flags&Create == 0 {
		return nil, err
	}
	return f.create(name, perm, 0)
}

// create makes an empty file; a dangling link in the last component is
// followed, as open(2) does.
func (f *FS) create(name string, perm uint32, depth int) (Node, error) {
	if name[len(name)-1] == '/' {
		return nil, errno.EISDIR
	}
	d, base, err := f.parent(name)
	if err != nil {
		return nil, err
	}
	if base == "." || base == ".." {
		return nil, errno.EISDIR
	}
	if to, err := f.Readlink(name); err == nil {
		if depth >= maxLinks {
			return nil, errno.ELOOP
		}
		return f.create(joinLink(name, to), perm, depth+1)
	}
	r, ok := d.(*ramDir)
	if !ok {
		if err := makeIn(d, base, false, perm); err != nil {
			return nil, err
		}
		return d.Lookup(base)
	}
	n := f.newFile(perm)
	return n, r.add(base, n)
}

// Info is fstat(2).
func (h *File) Info() Info { return h.fs.info(h.node) }

// Flags gives the flags of the open.
func (h *File) Flags() Flag { return h.flags }

// Read reads from the current position.
func (h *File) Read(p []byte) (int, error) {
	if h.closed || !h.flags.Reads() {
		return 0, errno.EBADF
	}
	if len(p) == 0 {
		return 0, nil
	}
	data, err := h.content()
	if err != nil {
		return 0, err
	}
	if h.pos >= len(data) {
		return 0, io.EOF
	}
	n := copy(p, data[h.pos:])
	h.pos += n
	return n, nil
}

func (h *File) content() ([]byte, error) {
	switch n := h.node.(type) {
	case Directory:
		return nil, errno.EISDIR
	case *ramFile:
		if err := n.load(); err != nil {
			return nil, err
		}
		return n.data, nil
	case Dynamic:
		if !h.read {
			data, err := n.Read()
			if err != nil {
				return nil, err
			}
			h.data, h.read = data, true
		}
		return h.data, nil
	}
	return nil, errno.EINVAL
}

// Write is one write(2): a dynamic file gets p in one piece.
func (h *File) Write(p []byte) (int, error) {
	if h.closed || !h.flags.Writes() {
		return 0, errno.EBADF
	}
	if len(p) == 0 {
		return 0, nil
	}
	switch n := h.node.(type) {
	case *ramFile:
		if err := n.load(); err != nil {
			return 0, err
		}
		if h.flags&Append != 0 {
			h.pos = len(n.data)
		}
		if err := n.writeAt(p, h.pos); err != nil {
			return 0, err
		}
	case Dynamic:
		if err := n.Write(p); err != nil {
			return 0, err
		}
	default:
		return 0, errno.EINVAL
	}
	h.pos += len(p)
	return len(p), nil
}

// Close closes the file. Closing twice is EBADF.
func (h *File) Close() error {
	if h.closed {
		return errno.EBADF
	}
	h.closed = true
	if c, ok := h.node.(Closer); ok {
		return c.Close(h.flags)
	}
	return nil
}

// ReadFile reads a whole file.
func (f *FS) ReadFile(name string) ([]byte, error) {
	h, err := f.Open(name, ReadOnly, 0)
	if err != nil {
		return nil, err
	}
	data, err := h.content()
	if cerr := h.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, err
	}
	return append([]byte(nil), data...), nil
}

// WriteFile writes a whole file with one write(2).
func (f *FS) WriteFile(name string, data []byte, perm uint32) error {
	h, err := f.Open(name, WriteOnly|Create|Trunc, perm)
	if err != nil {
		return err
	}
	_, err = h.Write(data)
	if cerr := h.Close(); err == nil {
		err = cerr
	}
	return err
}
