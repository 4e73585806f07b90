package vfs

import (
	"path"
	"strings"
	"time"

	"klpemu/internal/errno"
)

// joinLink gives the path a link at name with target to leads to.
func joinLink(name, to string) string {
	if strings.HasPrefix(to, "/") {
		return to
	}
	return path.Dir(strings.TrimRight(name, "/")) + "/" + to
}

// Mkdir makes a directory.
func (f *FS) Mkdir(name string, perm uint32) error {
	d, base, err := f.parent(name)
	if err != nil {
		return err
	}
	if base == "." || base == ".." {
		return errno.EEXIST
	}
	if _, err := d.Lookup(base); err == nil {
		return errno.EEXIST
	}
	r, ok := d.(*ramDir)
	if !ok {
		return makeIn(d, base, true, perm)
	}
	return r.add(base, f.newDir(perm))
}

// MkdirAll makes a directory and those above it.
func (f *FS) MkdirAll(name string, perm uint32) error {
	done := ""
	for part := range strings.SplitSeq(strings.Trim(name, "/"), "/") {
		if part == "" {
			continue
		}
		done += "/" + part
		if i, err := f.Stat(done); err == nil {
			if !i.IsDir() {
				return errno.ENOTDIR
			}
			continue
		}
		if err := f.Mkdir(done, perm); err != nil {
			return err
		}
	}
	return nil
}

// Remove is unlink(2).
func (f *FS) Remove(name string) error {
	p, err := f.walk(name, false)
	if err != nil {
		return err
	}
	if _, ok := p.node().(Directory); ok {
		return errno.EISDIR
	}
	return f.drop(p, false)
}

// Rmdir is rmdir(2).
func (f *FS) Rmdir(name string) error {
	switch path.Base(name) {
	case ".":
		return errno.EINVAL
	case "..":
		return errno.ENOTEMPTY
	}
	p, err := f.walk(name, false)
	if err != nil {
		return err
	}
	d, ok := p.node().(Directory)
	if !ok {
		return errno.ENOTDIR
	}
	if len(p.names) == 0 {
		return errno.EBUSY
	}
	if r, ok := d.(*ramDir); ok && !f.mountedAt(p) {
		list, err := r.Entries()
		if err != nil {
			return err
		}
		if len(list) > 0 {
			return errno.ENOTEMPTY
		}
	}
	return f.drop(p, true)
}

// mountedAt reports whether something is mounted at p.
func (f *FS) mountedAt(p *place) bool {
	if len(p.nodes) < 2 {
		return true
	}
	r, ok := p.nodes[len(p.nodes)-2].(*ramDir)
	return ok && r.mounted[p.names[len(p.names)-1]]
}

// drop removes the last component of p from its directory.
func (f *FS) drop(p *place, dir bool) error {
	if f.mountedAt(p) {
		return errno.EBUSY
	}
	base := p.names[len(p.names)-1]
	switch d := p.nodes[len(p.nodes)-2].(type) {
	case *ramDir:
		d.drop(base)
		return nil
	case Maker:
		return d.Remove(base, dir)
	}
	return errno.EPERM
}

// Symlink makes a link at name that leads to target.
func (f *FS) Symlink(target, name string) error {
	d, base, err := f.parent(name)
	if err != nil {
		return err
	}
	if _, err := d.Lookup(base); err == nil {
		return errno.EEXIST
	}
	r, ok := d.(*ramDir)
	if !ok {
		return errno.EPERM
	}
	return r.add(base, &Link{To: target, Mtime: f.now()})
}

// Rename is rename(2) within the memory trees; anything else is EXDEV or, for
// a dynamic directory, EPERM.
func (f *FS) Rename(from, to string) error {
	p, err := f.walk(from, false)
	if err != nil {
		return err
	}
	if f.mountedAt(p) {
		return errno.EBUSY
	}
	src, ok := p.nodes[len(p.nodes)-2].(*ramDir)
	if !ok {
		return errno.EPERM
	}
	d, base, err := f.parent(to)
	if err != nil {
		return err
	}
	dst, ok := d.(*ramDir)
	if !ok {
		return errno.EXDEV
	}
	n := p.node()
	if err := f.checkRename(n, dst, base, p.path(), to); err != nil {
		return err
	}
	if dst.entries[base] == n {
		return nil
	}
	if _, ok := dst.entries[base]; ok {
		dst.drop(base)
	}
	delete(src.entries, p.names[len(p.names)-1])
	dst.entries[base] = n
	dst.mtime, src.mtime = f.now(), f.now()
	return nil
}

// checkRename checks what is in the way of the new name.
func (f *FS) checkRename(n Node, dst *ramDir, base, from, to string) error {
	if err := dst.fill(); err != nil {
		return err
	}
	if dst.mounted[base] {
		return errno.EBUSY
	}
	_, srcDir := n.(Directory)
	if srcDir {
		dir, err := f.RealPath(path.Dir(strings.TrimRight(to, "/")))
		if err != nil {
			return err
		}
		if dir == from || strings.HasPrefix(dir, from+"/") {
			return errno.EINVAL // into itself
		}
	}
	old, ok := dst.entries[base]
	if !ok || old == n {
		return nil
	}
	oldDir, isDir := old.(*ramDir)
	switch {
	case isDir && !srcDir:
		return errno.EISDIR
	case !isDir && srcDir:
		return errno.ENOTDIR
	case isDir:
		if list, err := oldDir.Entries(); err != nil || len(list) > 0 {
			return errno.ENOTEMPTY
		}
	}
	return nil
}

// Chmod sets the mode of a memory file or directory.
func (f *FS) Chmod(name string, perm uint32) error {
	n, err := f.Node(name)
	if err != nil {
		return err
	}
	switch n := n.(type) {
	case *ramFile:
		n.perm = perm & 0o7777
	case *ramDir:
		n.perm = perm & 0o7777
	default:
		return errno.EPERM
	}
	return nil
}

// Touch sets the modification time.
func (f *FS) Touch(name string, t time.Time) error {
	n, err := f.Node(name)
	if err != nil {
		return err
	}
	switch n := n.(type) {
	case *ramFile:
		n.mtime = t
	case *ramDir:
		n.mtime = t
	}
	return nil
}
