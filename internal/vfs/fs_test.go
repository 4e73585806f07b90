package vfs

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"klpemu/internal/errno"
)

// tree makes a small tree with a file of each kind.
func tree(t *testing.T) *FS {
	t.Helper()
	f := New(Options{})
	store := func(data []byte) error {
		if string(data) == "bad\n" {
			return errno.EINVAL
		}
		return nil
	}
	show := func() ([]byte, error) { return []byte("1\n"), nil }
	sys := &DynDir{Perm: 0o755, List: func() []Entry {
		return []Entry{
			{"enabled", &Attr{Perm: 0o644, Show: show, Store: store}},
			{"force", &Attr{Perm: 0o200, Store: store}},
			{"transition", &Attr{Perm: 0o444, Show: show}},
			{"link", &Link{To: "../tmp"}},
		}
	}}
	proc := &DynFile{Perm: 0o444, OnRead: show}
	for _, err := range []error{f.MkdirAll("/tmp/d", 0o755), f.WriteFile("/tmp/f", []byte("text"), 0o600), f.Symlink("f", "/tmp/l"),
		f.Symlink("loop", "/tmp/loop"), f.Symlink("nowhere", "/tmp/dangling"), f.Symlink("/tmp/d", "/tmp/ld"), f.Mount("/sys/p", sys), f.Mount("/proc/x", proc), f.MountDev()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return f
}

// TestOpen holds what the kernel answers root.
func TestOpen(t *testing.T) {
	tests := []struct {
		path  string
		flags Flag
		want  error
	}{
		{"/tmp/f", ReadOnly, nil},
		{"/tmp/l", ReadOnly | WriteOnly, nil},
		{"/tmp/none", ReadOnly, errno.ENOENT},
		{"/tmp/none/x", WriteOnly | Create, errno.ENOENT},
		{"/tmp/f/x", WriteOnly | Create, errno.ENOTDIR},
		{"/tmp/f/", ReadOnly, errno.ENOTDIR},
		{"/tmp/new/", WriteOnly | Create, errno.EISDIR},
		{"/tmp", WriteOnly | Create, errno.EISDIR},
		{"/tmp", ReadOnly, nil},
		{"/tmp/loop", ReadOnly, errno.ELOOP},
		{"/tmp/f", WriteOnly | Create | Excl, errno.EEXIST},
		{"/tmp/dangling", ReadOnly, errno.ENOENT},
		{"/tmp/dangling", WriteOnly | Create, nil},
		{"/tmp/" + strings.Repeat("x", 256), WriteOnly | Create, errno.ENAMETOOLONG},
		{"/" + strings.Repeat("x/", 3000), ReadOnly, errno.ENAMETOOLONG},
		{"/sys/p/enabled", ReadOnly | WriteOnly, nil},
		{"/sys/p/transition", WriteOnly | Create | Trunc, errno.EACCES},
		{"/sys/p/force", ReadOnly, errno.EACCES},
		{"/sys/p/force", WriteOnly, nil},
		{"/sys/p/none", WriteOnly | Create, errno.EACCES},
		{"/proc/x", WriteOnly, nil},
	}
	for _, tt := range tests {
		_, err := tree(t).Open(tt.path, tt.flags, 0o644)
		if err != tt.want {
			t.Errorf("Open(%.40q, %d) = %v, want %v", tt.path, tt.flags, err, tt.want)
		}
	}
}

func TestChange(t *testing.T) {
	tests := []struct {
		name string
		do   func(f *FS) error
		want error
	}{
		{"mkdir", func(f *FS) error { return f.Mkdir("/tmp/x", 0o755) }, nil},
		{"mkdir there", func(f *FS) error { return f.Mkdir("/tmp/d", 0o755) }, errno.EEXIST},
		{"mkdir root", func(f *FS) error { return f.Mkdir("/", 0o755) }, errno.EEXIST},
		{"mkdir dynamic", func(f *FS) error { return f.Mkdir("/sys/p/x", 0o755) }, errno.EPERM},
		{"rmdir", func(f *FS) error { return f.Rmdir("/tmp/d") }, nil},
		{"rmdir file", func(f *FS) error { return f.Rmdir("/tmp/f") }, errno.ENOTDIR},
		{"rmdir full", func(f *FS) error { return f.Rmdir("/tmp") }, errno.ENOTEMPTY},
		{"rmdir mount", func(f *FS) error { return f.Rmdir("/sys/p") }, errno.EBUSY},
		{"rmdir root", func(f *FS) error { return f.Rmdir("/") }, errno.EBUSY},
		{"rmdir dot", func(f *FS) error { return f.Rmdir("/tmp/d/.") }, errno.EINVAL},
		{"unlink", func(f *FS) error { return f.Remove("/tmp/l") }, nil},
		{"unlink dir", func(f *FS) error { return f.Remove("/tmp/d") }, errno.EISDIR},
		{"unlink none", func(f *FS) error { return f.Remove("/tmp/none") }, errno.ENOENT},
		{"unlink attr", func(f *FS) error { return f.Remove("/sys/p/enabled") }, errno.EPERM},
		{"rename", func(f *FS) error { return f.Rename("/tmp/f", "/tmp/d/g") }, nil},
		{"rename itself", func(f *FS) error { return f.Rename("/tmp/f", "/tmp/f") }, nil},
		{"rename onto dir", func(f *FS) error { return f.Rename("/tmp/f", "/tmp/d") }, errno.EISDIR},
		{"rename into itself", func(f *FS) error { return f.Rename("/tmp/d", "/tmp/d/x") }, errno.EINVAL},
		{"rename dynamic", func(f *FS) error { return f.Rename("/sys/p/enabled", "/tmp/x") }, errno.EPERM},
		{"rename to dynamic", func(f *FS) error { return f.Rename("/tmp/f", "/sys/p/x") }, errno.EXDEV},
		{"chmod attr", func(f *FS) error { return f.Chmod("/sys/p/enabled", 0o777) }, errno.EPERM},
		{"symlink there", func(f *FS) error { return f.Symlink("x", "/tmp/f") }, errno.EEXIST},
	}
	for _, tt := range tests {
		if err := tt.do(tree(t)); err != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestResolve(t *testing.T) {
	f := tree(t)
	tests := []struct{ path, want string }{
		{"/tmp/../tmp/./l", "/tmp/f"},
		{"/tmp/ld/..", "/tmp"},
		{"/../..", "/"},
		{"/sys/p/link/f", "/sys/tmp/f"},
		{"//tmp//d", "/tmp/d"},
	}
	for _, tt := range tests {
		got, err := f.RealPath(tt.path)
		if tt.path == "/sys/p/link/f" {
			if err != errno.ENOENT {
				t.Errorf("RealPath(%s) = %v, %v", tt.path, got, err)
			}
			continue
		}
		if err != nil || got != tt.want {
			t.Errorf("RealPath(%s) = %q, %v, want %q", tt.path, got, err, tt.want)
		}
	}
}

// TestDynamicWrites holds that one write is one call and that its error comes back.
func TestDynamicWrites(t *testing.T) {
	f := New(Options{})
	var got []string
	node := &Attr{Perm: 0o600, Show: func() ([]byte, error) { return []byte("abc"), nil }, Store: func(b []byte) error {
		got = append(got, string(b))
		return errno.EBUSY
	}}
	if err := f.Mount("/a", node); err != nil {
		t.Fatal(err)
	}
	h, err := f.Open("/a", ReadOnly|WriteOnly, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Write([]byte("one\ntwo\n")); err != errno.EBUSY {
		t.Errorf("write = %v", err)
	}
	if n, err := h.Write(nil); n != 0 || err != nil {
		t.Errorf("empty write = %d, %v", n, err)
	}
	if d := cmp.Diff([]string{"one\ntwo\n"}, got); d != "" {
		t.Error(d)
	}
	data, err := io.ReadAll(h)
	if string(data) != "abc" || err != nil {
		t.Errorf("read = %q, %v", data, err)
	}
	if err := h.Close(); err != nil {
		t.Error(err)
	}
	if err := h.Close(); err != errno.EBADF {
		t.Errorf("second close = %v", err)
	}
}

func TestLimit(t *testing.T) {
	f := New(Options{Limit: 1 << 20})
	if err := f.WriteFile("/a", make([]byte, 2<<20), 0o644); err != errno.ENOSPC {
		t.Errorf("large file: %v", err)
	}
	var err error
	n := 0
	for ; err == nil && n < 100000; n++ {
		err = f.Mkdir("/d"+strings.Repeat("x", n%50)+string(rune('0'+n/50)), 0o755)
	}
	if err != errno.ENOSPC {
		t.Errorf("after %d directories: %v", n, err)
	}
	g := New(Options{Limit: 1 << 20})
	for range 100 { // space comes back
		if err := g.WriteFile("/a", make([]byte, 900<<10), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLower holds that the lower tree is read, hidden by what is written, and
// never left.
func TestLower(t *testing.T) {
	dir := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.WriteFile(filepath.Join(dir, "secret"), []byte("secret"), 0o600))
	sub := filepath.Join(dir, "scenario")
	must(os.MkdirAll(filepath.Join(sub, "d"), 0o755))
	must(os.WriteFile(filepath.Join(sub, "a"), []byte("a"), 0o644))
	must(os.WriteFile(filepath.Join(sub, "d", "b"), []byte("b"), 0o644))
	for name, to := range map[string]string{"up": "../secret", "abs": filepath.Join(dir, "secret"), "in": "d/b", "dup": "d/../../secret"} {
		if err := os.Symlink(to, filepath.Join(sub, name)); err != nil {
			t.Skip("no symbolic links:", err)
		}
	}
	f := New(Options{})
	must(f.WriteFile("/outside", []byte("machine"), 0o644))
	must(f.MountLower("/root", os.DirFS(sub)))
	for path, want := range map[string]string{"/root/a": "a", "/root/d/b": "b", "/root/in": "b"} {
		if got, err := f.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("%s = %q, %v", path, got, err)
		}
	}
	for _, path := range []string{"/root/up", "/root/abs", "/root/dup", "/root/../secret", "/root/d/../../secret"} {
		if got, err := f.ReadFile(path); err != errno.ENOENT {
			t.Errorf("%s = %q, %v", path, got, err)
		}
	}
	must(f.WriteFile("/root/a", []byte("changed"), 0o644))
	must(f.Remove("/root/d/b"))
	must(f.Rename("/root/d", "/root/e"))
	if got, _ := os.ReadFile(filepath.Join(sub, "a")); string(got) != "a" {
		t.Errorf("the host's file became %q", got)
	}
	if _, err := os.Stat(filepath.Join(sub, "d", "b")); err != nil {
		t.Error("the host's file is gone")
	}
	names := []string{}
	list, err := f.ReadDir("/root")
	must(err)
	for _, i := range list {
		names = append(names, i.Name)
	}
	if d := cmp.Diff([]string{"a", "abs", "dup", "e", "in", "up"}, names); d != "" {
		t.Error(d)
	}
}

// brokenFS fails in ways of its own.
type brokenFS struct{ fstest.MapFS }

func (b brokenFS) Open(name string) (fs.File, error) {
	if name == "bad" {
		return nil, errors.New("host detail /home/user")
	}
	return b.MapFS.Open(name)
}

func TestLowerErrors(t *testing.T) {
	f := New(Options{})
	lower := brokenFS{fstest.MapFS{"bad": {Data: []byte("x")}, "pipe": {Mode: fs.ModeNamedPipe}, "dev": {Mode: fs.ModeDevice}}}
	if err := f.MountLower("/root", lower); err != nil {
		t.Fatal(err)
	}
	if _, err := f.ReadFile("/root/bad"); err != errno.EIO {
		t.Errorf("bad: %v", err)
	}
	for _, n := range []string{"pipe", "dev"} {
		if _, err := f.Stat("/root/" + n); err != errno.ENOENT {
			t.Errorf("%s: %v", n, err)
		}
	}
}

func TestInfoString(t *testing.T) {
	tests := []struct {
		i    Info
		want string
		mode uint32
	}{
		{Info{Type: Dir, Perm: 0o1777}, "drwxrwxrwt", 0o041777},
		{Info{Type: Regular, Perm: 0o4755}, "-rwsr-xr-x", 0o104755},
		{Info{Type: Regular, Perm: 0o2640}, "-rw-r-S---", 0o102640},
		{Info{Type: Symlink, Perm: 0o777}, "lrwxrwxrwx", 0o120777},
		{Info{Type: CharDev, Perm: 0o200}, "c-w-------", 0o020200},
	}
	for _, tt := range tests {
		if got := tt.i.String(); got != tt.want || tt.i.Mode() != tt.mode {
			t.Errorf("%+v: %s %o, want %s %o", tt.i, got, tt.i.Mode(), tt.want, tt.mode)
		}
	}
}
