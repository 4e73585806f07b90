package vfs

import (
	"io/fs"
	"path"
	"strings"
	"time"

	"klpemu/internal/errno"
)

// Limits of path resolution, as the kernel has them.
const (
	maxPath  = 4095 // PATH_MAX without the final zero
	maxName  = 255  // NAME_MAX
	maxLinks = 40   // MAXSYMLINKS
)

// Options configure a tree.
type Options struct {
	// Now is the machine's clock, for modification times; nil is the start
	// of 1970.
	Now func() time.Time
	// Limit is the most bytes that files in memory may take; 0 is 256 MiB.
	Limit int
}

// FS is a tree of files.
type FS struct {
	root  *ramDir
	clock func() time.Time
	limit int
	used  int
	ino   uint64
	born  time.Time
}

// New makes a tree with an empty root directory.
func New(o Options) *FS {
	f := &FS{clock: o.Now, limit: o.Limit}
	if f.limit == 0 {
		f.limit = 256 << 20
	}
	f.born = f.now()
	f.root = f.newDir(0o755)
	return f
}

func (f *FS) now() time.Time {
	if f.clock == nil {
		return time.Unix(0, 0).UTC()
	}
	return f.clock()
}

func (f *FS) nextIno() uint64 { f.ino++; return f.ino }

// charge counts n bytes against the limit.
func (f *FS) charge(n int) error {
	if n > f.limit-f.used {
		return errno.ENOSPC
	}
	f.used += n
	return nil
}

func (f *FS) uncharge(n int) { f.used -= min(n, f.used) }

// place is a resolved path: the nodes from the root down and their names.
type place struct {
	nodes []Node
	names []string
}

func (p *place) node() Node { return p.nodes[len(p.nodes)-1] }

func (p *place) path() string { return "/" + strings.Join(p.names, "/") }

func (p *place) push(name string, n Node) {
	p.nodes = append(p.nodes, n)
	p.names = append(p.names, name)
}

func (p *place) pop() {
	if len(p.names) > 0 {
		p.nodes = p.nodes[:len(p.nodes)-1]
		p.names = p.names[:len(p.names)-1]
	}
}

// walk resolves an absolute path. With follow false a link in the last
// component is not followed.
func (f *FS) walk(name string, follow bool) (*place, error) {
	if name == "" {
		return nil, errno.ENOENT
	}
	if len(name) > maxPath {
		return nil, errno.ENAMETOOLONG
	}
	p := &place{nodes: []Node{f.root}}
	links := 0
	rest := strings.Split(name, "/")
	wantDir := strings.HasSuffix(name, "/")
	for len(rest) > 0 {
		part := rest[0]
		rest = rest[1:]
		if part == "" || part == "." {
			if _, ok := p.node().(Directory); !ok {
				return nil, errno.ENOTDIR
			}
			continue
		}
		if err := step(p, part); err != nil {
			return nil, err
		}
		l, ok := p.node().(Linker)
		if !ok || (len(rest) == 0 && !follow && !wantDir) {
			continue
		}
		if links++; links > maxLinks {
			return nil, errno.ELOOP
		}
		to := l.Target()
		if to == "" {
			return nil, errno.ENOENT
		}
		p.pop()
		if strings.HasPrefix(to, "/") {
			p.nodes, p.names = p.nodes[:1], nil
		}
		rest = append(strings.Split(to, "/"), rest...)
		if len(rest) > maxPath {
			return nil, errno.ENAMETOOLONG
		}
	}
	return p, nil
}

// step goes down, or up, by one component.
func step(p *place, part string) error {
	d, ok := p.node().(Directory)
	if !ok {
		return errno.ENOTDIR
	}
	if part == ".." {
		p.pop()
		return nil
	}
	if len(part) > maxName {
		return errno.ENAMETOOLONG
	}
	n, err := d.Lookup(part)
	if err != nil {
		return err
	}
	p.push(part, n)
	return nil
}

// parent resolves the directory that holds, or would hold, the last component.
func (f *FS) parent(name string) (Directory, string, error) {
	clean := strings.TrimRight(name, "/")
	if clean == "" {
		return nil, "", errno.EEXIST // the root itself
	}
	dir, base := path.Split(clean)
	if len(base) > maxName {
		return nil, "", errno.ENAMETOOLONG
	}
	p, err := f.walk(dir, true)
	if err != nil {
		return nil, "", err
	}
	d, ok := p.node().(Directory)
	if !ok {
		return nil, "", errno.ENOTDIR
	}
	return d, base, nil
}

// Stat follows links.
func (f *FS) Stat(name string) (Info, error) { return f.stat(name, true) }

// Lstat does not follow a link in the last component.
func (f *FS) Lstat(name string) (Info, error) { return f.stat(name, false) }

func (f *FS) stat(name string, follow bool) (Info, error) {
	p, err := f.walk(name, follow)
	if err != nil {
		return Info{}, err
	}
	i := f.info(p.node())
	i.Name = path.Base(name)
	return i, nil
}

// info is Info with a time for nodes that have none of their own: they are as
// old as the tree.
func (f *FS) info(n Node) Info {
	i := n.Info()
	if i.Mtime.IsZero() {
		i.Mtime = f.born
	}
	return i
}

// Node gives the node at a path, links followed.
func (f *FS) Node(name string) (Node, error) {
	p, err := f.walk(name, true)
	if err != nil {
		return nil, err
	}
	return p.node(), nil
}

// RealPath gives the path without links, "." and "..".
func (f *FS) RealPath(name string) (string, error) {
	p, err := f.walk(name, true)
	if err != nil {
		return "", err
	}
	return p.path(), nil
}

// Readlink gives the target of a link; EINVAL for anything else.
func (f *FS) Readlink(name string) (string, error) {
	p, err := f.walk(name, false)
	if err != nil {
		return "", err
	}
	l, ok := p.node().(Linker)
	if !ok {
		return "", errno.EINVAL
	}
	return l.Target(), nil
}

// ReadDir lists a directory in the order of readdir(2), without "." and "..".
func (f *FS) ReadDir(name string) ([]Info, error) {
	p, err := f.walk(name, true)
	if err != nil {
		return nil, err
	}
	d, ok := p.node().(Directory)
	if !ok {
		return nil, errno.ENOTDIR
	}
	list, err := d.Entries()
	if err != nil {
		return nil, err
	}
	infos := make([]Info, len(list))
	for i, e := range list {
		infos[i] = f.info(e.Node)
		infos[i].Name = e.Name
	}
	return infos, nil
}

// Mount puts a node of any kind at a path and makes the directories above it.
// The entry cannot be removed.
func (f *FS) Mount(name string, n Node) error {
	if err := f.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	d, base, err := f.parent(name)
	if err != nil {
		return err
	}
	r, ok := d.(*ramDir)
	if !ok {
		return errno.EPERM
	}
	if err := r.add(base, n); err != nil {
		return err
	}
	r.mounted[base] = true
	return nil
}

// MountLower makes name a directory that shows fsys, read-only below and
// written to in memory.
func (f *FS) MountLower(name string, fsys fs.FS) error {
	d := f.newDir(0o755)
	if fsys != nil {
		d.lower = &lowerDir{fsys, "."}
	}
	return f.Mount(name, d)
}
