package machine

import (
	"fmt"

	"klpemu/internal/errno"
	"klpemu/internal/trace"
)

// SysfsDir is a directory that guest code has made below /sys: a kobject, or a
// named group of attributes.
type SysfsDir struct {
	Name  string
	Dirs  []*SysfsDir
	Files []*SysfsFile

	kobj   uint64 // 0: a group
	parent *SysfsDir
}

// SysfsFile is an attribute of a kobject.
type SysfsFile struct {
	Name string
	Mode uint32
	// Readable and Writable: there are functions for it.
	Readable, Writable bool

	kobj, attr, show, store uint64
}

// Places in struct kobject, struct kobj_type, struct sysfs_ops, struct attribute.
const (
	kobjNameAt, kobjParentAt, kobjKtypeAt, kobjSdAt, kobjKrefAt, kobjStateAt = 0, 24, 40, 48, 56, 60

	ktypeOpsAt         = 8
	opsShowAt          = 0
	opsStoreAt         = 8
	attrNameAt         = 0
	kobjInSysfs        = 3 // state_initialized, state_in_sysfs
	moduleMkobjAt      = 80
	maxSysfs           = 4096 // directories and files of guests
	maxSysfsName       = 255
	moduleKobjectsName = "klpemu_module_kobj"
)

// sysfsGates are what guest kobjects are made visible with.
func sysfsGates() []gate {
	return []gate{
		fnGate("klpemu_sysfs_mkdir", (*Machine).sysfsMkdir),
		fnGate("klpemu_sysfs_rmdir", (*Machine).sysfsRmdir),
		fnGate("klpemu_sysfs_group", (*Machine).sysfsGroup),
		fnGate("klpemu_sysfs_file", (*Machine).sysfsFile),
		fnGate("klpemu_sysfs_unlink", (*Machine).sysfsUnlink),
	}
}

// setupSysfs makes the directories that kernel_kobj and its like stand for.
func (m *Machine) setupSysfs() error {
	m.sysfsRoot = &SysfsDir{}
	m.sysfs = map[uint64]*SysfsDir{0: m.sysfsRoot}
	for _, name := range []string{"kernel_kobj", "mm_kobj", "fs_kobj", "firmware_kobj", "power_kobj", moduleKobjectsName} {
		f := &fields{m: m}
		kobj := f.word(m.core[name])
		dir, up := f.text(f.word(kobj+kobjNameAt)), f.word(kobj+kobjParentAt)
		if f.err != nil {
			return fmt.Errorf("%s: %w", name, f.err)
		}
		m.addSysfsDir(m.sysfs[up], &SysfsDir{Name: dir, kobj: kobj})
	}
	return nil
}

func (m *Machine) addSysfsDir(parent, d *SysfsDir) {
	d.parent = parent
	parent.Dirs = append(parent.Dirs, d)
	if d.kobj != 0 {
		m.sysfs[d.kobj] = d
	}
	m.sysfsCount++
}

// KernelSysfs is what guest code has made in /sys/kernel.
func (m *Machine) KernelSysfs() *SysfsDir { return m.sysfsRoot.dir("kernel") }

// RootSysfs is what guest code has made in /sys itself.
func (m *Machine) RootSysfs() *SysfsDir { return m.sysfsRoot }

// ModuleSysfs is what guest code has made in a module's directory, or nil.
func (m *Machine) ModuleSysfs(mod *Module) *SysfsDir { return m.sysfs[mod.addr+moduleMkobjAt] }

func (d *SysfsDir) dir(name string) *SysfsDir {
	for _, x := range d.Dirs {
		if x.Name == name {
			return x
		}
	}
	return nil
}

func (d *SysfsDir) file(name string) *SysfsFile {
	for _, x := range d.Files {
		if x.Name == name {
			return x
		}
	}
	return nil
}

// path is the place of a directory below /sys.
func (d *SysfsDir) path() string {
	if d.parent == nil {
		return ""
	}
	return d.parent.path() + "/" + d.Name
}

// sysfsTaken reports that a name is in use, and says so (sysfs_warn_dup).
func (m *Machine) sysfsTaken(t *Task, d *SysfsDir, name string) bool {
	if d.dir(name) == nil && d.file(name) == nil && !reservedSysfs(d.path()+"/"+name) {
		return false
	}
	m.printk(trace.Warning, "sysfs: cannot create duplicate filename '"+d.path()+"/"+name+"'")
	m.dumpStack(m.cpus[t.cpu], t)
	return true
}

// reservedSysfs are the machine's own directories.
func reservedSysfs(path string) bool {
	switch path {
	case "/devices", "/kernel/debug", "/kernel/livepatch", "/kernel/tracing":
		return true
	}
	return false
}

// sysfsMkdir is sysfs_create_dir_ns(kobj) with its parent and its name.
func (m *Machine) sysfsMkdir(t *Task, a guestArgs) (uint64, error) {
	parent := m.sysfs[a[1]]
	if parent == nil {
		return negErrno(int(errno.ENOENT)), nil
	}
	name, err := m.readString(a[2], maxSysfsName)
	switch {
	case err != nil:
		return 0, err
	case m.sysfsCount >= maxSysfs:
		return negErrno(int(errno.ENOMEM)), nil
	case m.sysfsTaken(t, parent, name):
		return negErrno(int(errno.EEXIST)), nil
	}
	m.addSysfsDir(parent, &SysfsDir{Name: name, kobj: a[0]})
	return 0, nil
}

// sysfsRmdir is sysfs_remove_dir: the directory goes with all that is in it.
func (m *Machine) sysfsRmdir(_ *Task, a guestArgs) (uint64, error) {
	if d := m.sysfs[a[0]]; d != nil && a[0] != 0 {
		m.removeSysfsDir(d)
	}
	return 0, nil
}

func (m *Machine) removeSysfsDir(d *SysfsDir) {
	for _, sub := range append([]*SysfsDir(nil), d.Dirs...) {
		m.removeSysfsDir(sub)
	}
	m.sysfsCount -= 1 + len(d.Files)
	delete(m.sysfs, d.kobj)
	dirs := d.parent.Dirs
	for i, x := range dirs {
		if x == d {
			d.parent.Dirs = append(dirs[:i:i], dirs[i+1:]...)
			break
		}
	}
}

// groupDir is the directory of a kobject, or of a named group in it.
func (m *Machine) groupDir(kobj, name uint64) (*SysfsDir, error) {
	d := m.sysfs[kobj]
	if d == nil || kobj == 0 || name == 0 {
		return d, nil
	}
	text, err := m.readString(name, maxSysfsName)
	if err != nil {
		return nil, err
	}
	return d.dir(text), nil
}

// sysfsGroup makes or removes the directory of a named group.
func (m *Machine) sysfsGroup(t *Task, a guestArgs) (uint64, error) {
	d := m.sysfs[a[0]]
	if d == nil {
		return negErrno(int(errno.EINVAL)), nil
	}
	name, err := m.readString(a[1], maxSysfsName)
	if err != nil {
		return 0, err
	}
	if byte(a[2]) == 0 {
		if sub := d.dir(name); sub != nil && sub.kobj == 0 {
			m.removeSysfsDir(sub)
		}
		return 0, nil
	}
	switch {
	case m.sysfsCount >= maxSysfs:
		return negErrno(int(errno.ENOMEM)), nil
	case m.sysfsTaken(t, d, name):
		return negErrno(int(errno.EEXIST)), nil
	}
	m.addSysfsDir(d, &SysfsDir{Name: name})
	return 0, nil
}

// sysfsFile is sysfs_add_file_mode_ns(kobj, attr, mode, group).
func (m *Machine) sysfsFile(t *Task, a guestArgs) (uint64, error) {
	d, err := m.groupDir(a[0], a[3])
	if err != nil || d == nil {
		return negErrno(int(errno.EINVAL)), err
	}
	f := &fields{m: m}
	file := &SysfsFile{Name: f.text(f.word(a[1] + attrNameAt)), Mode: uint32(a[2]) & 0o777, kobj: a[0], attr: a[1]}
	ktype := f.word(a[0] + kobjKtypeAt)
	if ktype != 0 {
		if ops := f.word(ktype + ktypeOpsAt); ops != 0 {
			file.show, file.store = f.word(ops+opsShowAt), f.word(ops+opsStoreAt)
		}
	}
	switch {
	case f.err != nil:
		return 0, f.err
	case m.src.WarnOn(file.show == 0 && file.store == 0, "sysfs_add_file_mode_ns", "missing sysfs attribute operations for kobject: "+d.Name):
		return negErrno(int(errno.EINVAL)), nil
	case m.sysfsCount >= maxSysfs:
		return negErrno(int(errno.ENOMEM)), nil
	case m.sysfsTaken(t, d, file.Name):
		return negErrno(int(errno.EEXIST)), nil
	}
	file.Readable, file.Writable = file.show != 0, file.store != 0
	d.Files = append(d.Files, file)
	m.sysfsCount++
	return 0, nil
}

// sysfsUnlink removes a file by name.
func (m *Machine) sysfsUnlink(_ *Task, a guestArgs) (uint64, error) {
	d, err := m.groupDir(a[0], a[2])
	if err != nil || d == nil {
		return 0, err
	}
	name, err := m.readString(a[1], maxSysfsName)
	if err != nil {
		return 0, err
	}
	for i, x := range d.Files {
		if x.Name == name {
			d.Files = append(d.Files[:i:i], d.Files[i+1:]...)
			m.sysfsCount--
			break
		}
	}
	return 0, nil
}

// ReadSysfs is the read of an attribute (sysfs_kf_seq_show).
func (m *Machine) ReadSysfs(f *SysfsFile) ([]byte, error) {
	buf := m.alloc(pageSize)
	if buf == 0 {
		return nil, errno.ENOMEM
	}
	defer m.release(buf)
	n := int32(0)
	if blocked := m.Do("sysfs_kf_seq_show", func() { n = klpGuest{m}.Call(f.show, f.kobj, f.attr, buf) }); blocked != nil {
		return nil, blocked
	}
	switch {
	case n < 0:
		return nil, errno.Errno(-n)
	case n >= pageSize:
		m.printk(trace.Err, "fill_read_buffer: "+m.syms.Format(f.show)+" returned bad count")
		n = pageSize - 1
	}
	out := make([]byte, n)
	if err := m.mem.Read(buf, out); err != nil {
		return nil, errno.EFAULT
	}
	return out, nil
}

// WriteSysfs is a write to an attribute (sysfs_kf_write): at most a page, with a
// NUL behind it.
func (m *Machine) WriteSysfs(f *SysfsFile, data []byte) error {
	buf := m.alloc(pageSize + 1)
	if buf == 0 {
		return errno.ENOMEM
	}
	defer m.release(buf)
	data = data[:min(len(data), pageSize)]
	if err := m.mem.Write(buf, append(append([]byte(nil), data...), 0)); err != nil {
		return err
	}
	n := int32(0)
	blocked := m.Do("sysfs_kf_write", func() { n = klpGuest{m}.Call(f.store, f.kobj, f.attr, buf, uint64(len(data))) })
	if blocked != nil {
		return blocked
	}
	if n < 0 {
		return errno.Errno(-n)
	}
	return nil
}

// addModuleKobject is mod_sysfs_init: the kobject in struct module.
func (m *Machine) addModuleKobject(mod *Module) {
	kobj := mod.addr + moduleMkobjAt
	parent := m.sysfs[0].dir("module")
	for _, f := range [][3]uint64{
		{kobjNameAt, mod.addr + moduleNameAt, 8}, {kobjNameAt + 8, kobj + 8, 8}, {kobjNameAt + 16, kobj + 8, 8},
		{kobjParentAt, parent.kobj, 8}, {kobjKtypeAt, m.core["module_ktype"], 8}, {kobjSdAt, kobj, 8},
		{kobjKrefAt, 1, 4}, {kobjStateAt, kobjInSysfs, 4}, {64, mod.addr, 8},
	} {
		if m.mem.Store(kobj+f[0], int(f[2]), f[1]) != nil {
			return // a module of a .o whose struct module is not writable
		}
	}
	m.addSysfsDir(parent, &SysfsDir{Name: mod.Name, kobj: kobj})
}

// dropModuleKobject is mod_sysfs_teardown.
func (m *Machine) dropModuleKobject(mod *Module) {
	if d := m.sysfs[mod.addr+moduleMkobjAt]; d != nil && mod.addr != 0 {
		m.removeSysfsDir(d)
	}
}
