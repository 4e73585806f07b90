package vfs

import (
	"sort"
	"time"

	"klpemu/internal/errno"
)

// ramFile is a file in memory. data of a file of the lower tree is read on the
// first use.
type ramFile struct {
	fs    *FS
	ino   uint64
	perm  uint32
	mtime time.Time
	data  []byte
	lower *lowerFile // nil once data is valid
}

func (r *ramFile) Info() Info {
	size := int64(len(r.data))
	if r.lower != nil {
		size = r.lower.size
	}
	return Info{Type: Regular, Perm: r.perm, Size: size, Nlink: 1, Ino: r.ino, Mtime: r.mtime}
}

// load brings the content of a lower file into memory.
func (r *ramFile) load() error {
	if r.lower == nil {
		return nil
	}
	data, err := r.lower.read()
	if err != nil {
		return err
	}
	if err := r.fs.charge(len(data)); err != nil {
		return err
	}
	r.data, r.lower = data, nil
	return nil
}

func (r *ramFile) truncate() {
	r.fs.uncharge(len(r.data))
	r.data, r.lower = nil, nil
	r.mtime = r.fs.now()
}

// writeAt writes p at pos and fills a gap with zeros.
func (r *ramFile) writeAt(p []byte, pos int) error {
	if err := r.load(); err != nil {
		return err
	}
	if grow := pos + len(p) - len(r.data); grow > 0 {
		if err := r.fs.charge(grow); err != nil {
			return err
		}
		r.data = append(r.data, make([]byte, grow)...)
	}
	copy(r.data[pos:], p)
	r.mtime = r.fs.now()
	return nil
}

// ramDir is a directory in memory. Its entries may be nodes of any kind, which
// is how other file systems are mounted.
type ramDir struct {
	fs      *FS
	ino     uint64
	perm    uint32
	mtime   time.Time
	entries map[string]Node
	mounted map[string]bool // names that cannot be removed
	lower   *lowerDir       // nil once the entries of the lower tree are in
}

func (r *ramDir) Info() Info {
	n := 2
	for _, e := range r.entries {
		if _, ok := e.(Directory); ok {
			n++
		}
	}
	return Info{Type: Dir, Perm: r.perm, Size: 4096, Nlink: n, Ino: r.ino, Mtime: r.mtime}
}

// fill brings the names of the lower directory in. Names that are there
// already (files written by blocks of the scenario) hide those below.
func (r *ramDir) fill() error {
	if r.lower == nil {
		return nil
	}
	low := r.lower
	r.lower = nil
	return low.fill(r)
}

func (r *ramDir) Entries() ([]Entry, error) {
	if err := r.fill(); err != nil {
		return nil, err
	}
	list := make([]Entry, 0, len(r.entries))
	for name, n := range r.entries {
		list = append(list, Entry{name, n})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list, nil
}

func (r *ramDir) Lookup(name string) (Node, error) {
	if err := r.fill(); err != nil {
		return nil, err
	}
	if n, ok := r.entries[name]; ok {
		return n, nil
	}
	return nil, errno.ENOENT
}

// add puts a new node in.
func (r *ramDir) add(name string, n Node) error {
	if err := r.fill(); err != nil {
		return err
	}
	if err := r.fs.charge(entryCost + len(name)); err != nil {
		return err
	}
	r.entries[name] = n
	r.mtime = r.fs.now()
	return nil
}

// drop takes a node out.
func (r *ramDir) drop(name string) {
	if f, ok := r.entries[name].(*ramFile); ok {
		r.fs.uncharge(len(f.data))
	}
	r.fs.uncharge(entryCost + len(name))
	delete(r.entries, name)
	delete(r.mounted, name)
	r.mtime = r.fs.now()
}

// entryCost is what a directory entry counts against the limit, so that a loop
// of empty files ends too.
const entryCost = 256

func (f *FS) newDir(perm uint32) *ramDir {
	return &ramDir{fs: f, ino: f.nextIno(), perm: perm, mtime: f.now(), entries: map[string]Node{}, mounted: map[string]bool{}}
}

func (f *FS) newFile(perm uint32) *ramFile {
	return &ramFile{fs: f, ino: f.nextIno(), perm: perm, mtime: f.now()}
}
