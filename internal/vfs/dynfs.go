package vfs

import (
	"time"

	"klpemu/internal/errno"
)

// Attr is a sysfs attribute: show and store. Opening follows
// kernfs_fop_open: the mode and the presence of show or store decide, also
// for root.
type Attr struct {
	Perm  uint32
	Show  func() ([]byte, error)
	Store func(data []byte) error
	Mtime time.Time
}

// Info tells of a file of one page, as sysfs does.
func (a *Attr) Info() Info {
	return Info{Type: Regular, Perm: a.Perm, Size: 4096, Nlink: 1, Mtime: a.Mtime}
}

// Open checks the access as kernfs_fop_open does.
func (a *Attr) Open(f Flag) error {
	if f.Reads() && (a.Perm&0o444 == 0 || a.Show == nil) {
		return errno.EACCES
	}
	if f.Writes() && (a.Perm&0o222 == 0 || a.Store == nil) {
		return errno.EACCES
	}
	return nil
}

// Read calls Show.
func (a *Attr) Read() ([]byte, error) { return a.Show() }

// Write calls Store.
func (a *Attr) Write(data []byte) error { return a.Store(data) }

// DynFile is a file of procfs, tracefs or debugfs: root may open it whatever
// its mode; an operation that it does not have is EIO (procfs) or EINVAL.
type DynFile struct {
	Perm    uint32
	Type    Type // Regular when 0
	Major   uint32
	Minor   uint32
	Size    int64
	Mtime   time.Time
	Missing errno.Errno // the error of a missing operation; EIO when 0
	OnRead  func() ([]byte, error)
	OnWrite func(data []byte) error
	OnOpen  func(f Flag) error
	OnClose func(f Flag) error
}

// Info describes the file.
func (d *DynFile) Info() Info {
	t := d.Type
	if t == 0 {
		t = Regular
	}
	return Info{Type: t, Perm: d.Perm, Size: d.Size, Nlink: 1, Mtime: d.Mtime, Major: d.Major, Minor: d.Minor}
}

// Open calls OnOpen.
func (d *DynFile) Open(f Flag) error {
	if d.OnOpen == nil {
		return nil
	}
	return d.OnOpen(f)
}

// Close calls OnClose.
func (d *DynFile) Close(f Flag) error {
	if d.OnClose == nil {
		return nil
	}
	return d.OnClose(f)
}

// Read calls OnRead.
func (d *DynFile) Read() ([]byte, error) {
	if d.OnRead == nil {
		return nil, d.missing()
	}
	return d.OnRead()
}

// Write calls OnWrite.
func (d *DynFile) Write(data []byte) error {
	if d.OnWrite == nil {
		return d.missing()
	}
	return d.OnWrite(data)
}

func (d *DynFile) missing() error {
	if d.Missing != 0 {
		return d.Missing
	}
	return errno.EIO
}

// DynDir is a directory whose entries are listed by a function.
type DynDir struct {
	Perm  uint32 // 0555 when 0
	Mtime time.Time
	// List gives all entries in a stable order.
	List func() []Entry
	// Find finds one entry without listing all; optional. It may find names
	// that List does not show.
	Find func(name string) (Node, bool)
}

// Info describes the directory.
func (d *DynDir) Info() Info {
	perm := d.Perm
	if perm == 0 {
		perm = 0o555
	}
	return Info{Type: Dir, Perm: perm, Nlink: d.links(), Mtime: d.Mtime}
}

// links is 2 and one for each directory inside, whose .. is a link.
func (d *DynDir) links() int {
	n := 2
	entries, err := d.Entries()
	if err != nil {
		return n
	}
	for _, e := range entries {
		if _, ok := e.Node.(*DynDir); ok {
			n++
		}
	}
	return n
}

// Entries calls List.
func (d *DynDir) Entries() ([]Entry, error) {
	if d.List == nil {
		return nil, nil
	}
	return d.List(), nil
}

// Lookup calls Find, or searches the list.
func (d *DynDir) Lookup(name string) (Node, error) {
	if d.Find != nil {
		if n, ok := d.Find(name); ok {
			return n, nil
		}
		return nil, errno.ENOENT
	}
	if d.List == nil {
		return nil, errno.ENOENT
	}
	for _, e := range d.List() {
		if e.Name == name {
			return e.Node, nil
		}
	}
	return nil, errno.ENOENT
}

// Link is a symbolic link to a fixed or computed target.
type Link struct {
	To    string
	Mtime time.Time
}

// Info describes the link.
func (l *Link) Info() Info {
	return Info{Type: Symlink, Perm: 0o777, Size: int64(len(l.To)), Nlink: 1, Mtime: l.Mtime}
}

// Target is where the link leads.
func (l *Link) Target() string { return l.To }
