package vfs

import (
	"time"

	"klpemu/internal/errno"
)

// Type is the file type as `ls -l` writes it.
type Type byte

// The types of files.
const (
	Regular  Type = '-'
	Dir      Type = 'd'
	Symlink  Type = 'l'
	CharDev  Type = 'c'
	NamePipe Type = 'p'
)

// Info is what stat(2) tells about a node. Every file belongs to root.
type Info struct {
	Name  string // last component; set by Stat, Lstat and ReadDir
	Type  Type
	Perm  uint32 // the low twelve bits of st_mode
	Size  int64
	Nlink int
	Ino   uint64
	Mtime time.Time
	Major uint32 // of a device
	Minor uint32
}

// IsDir reports whether the node is a directory.
func (i Info) IsDir() bool { return i.Type == Dir }

// Mode gives st_mode.
func (i Info) Mode() uint32 {
	types := map[Type]uint32{NamePipe: 0o010000, CharDev: 0o020000, Dir: 0o040000, Regular: 0o100000, Symlink: 0o120000}
	return types[i.Type] | i.Perm
}

// String gives the ten letters of `ls -l`.
func (i Info) String() string {
	b := []byte{byte(i.Type), '-', '-', '-', '-', '-', '-', '-', '-', '-'}
	for bit := range 9 {
		if i.Perm&(0o400>>bit) != 0 {
			b[1+bit] = "rwx"[bit%3]
		}
	}
	special := []struct {
		bit uint32
		pos int
		set byte
	}{{0o4000, 3, 's'}, {0o2000, 6, 's'}, {0o1000, 9, 't'}}
	for _, s := range special {
		if i.Perm&s.bit == 0 {
			continue
		}
		if b[s.pos] == 'x' {
			b[s.pos] = s.set
		} else {
			b[s.pos] = s.set - 'a' + 'A'
		}
	}
	return string(b)
}

// Node is anything a directory can hold. A node that is a directory also
// implements Directory, a dynamic file Dynamic, a symbolic link Linker.
type Node interface {
	Info() Info
}

// Entry is a name in a directory.
type Entry struct {
	Name string
	Node Node
}

// Directory is a node with entries.
type Directory interface {
	Node
	// Entries gives the entries in the order of readdir(2), which must be
	// the same each time.
	Entries() ([]Entry, error)
	// Lookup finds one entry, or errno.ENOENT.
	Lookup(name string) (Node, error)
}

// Dynamic is a file whose content is made by code.
type Dynamic interface {
	Node
	// Read gives the whole content. It is called once per open file, by its
	// first read.
	Read() ([]byte, error)
	// Write is called once per write(2) with what that write carries.
	Write(data []byte) error
}

// Opener is a Dynamic that wants to know of open(2): it can refuse, and it
// sees Trunc and Append.
type Opener interface {
	Open(f Flag) error
}

// Closer is a Dynamic that wants to know of the last close.
type Closer interface {
	Close(f Flag) error
}

// Linker is a symbolic link.
type Linker interface {
	Node
	Target() string
}

// Maker is a dynamic Directory in which files can be made and removed. Without
// it, making a file is EACCES and everything else EPERM, as in sysfs.
type Maker interface {
	// Make makes a file or, with dir set, a directory.
	Make(name string, dir bool, perm uint32) error
	// Remove removes a file or, with dir set, a directory.
	Remove(name string, dir bool) error
}

// makeIn makes an entry in a dynamic directory.
func makeIn(d Directory, name string, dir bool, perm uint32) error {
	if m, ok := d.(Maker); ok {
		return m.Make(name, dir, perm)
	}
	if dir {
		return errno.EPERM
	}
	return errno.EACCES
}
