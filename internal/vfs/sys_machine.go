package vfs

import (
	"strings"

	"klpemu/internal/errno"
	"klpemu/internal/machine"
)

// Current gives the machine that is running: `boot` replaces it.
type Current func() *machine.Machine

// MountMachine puts the machine's own files into the tree: /sys, /proc and
// /dev/kmsg. They are computed when they are read.
func (f *FS) MountMachine(m Current) error {
	for _, mount := range []struct {
		path string
		node Node
	}{
		{"/sys", sysRoot(m)},
		{"/proc", procRoot(m)},
		{"/dev/kmsg", kmsg(m)},
	} {
		if err := f.Mount(mount.path, mount.node); err != nil {
			return err
		}
	}
	// Where the modules of the running kernel would be built: scripts ask for it.
	return f.MkdirAll("/lib/modules/"+machine.Release+"/build", 0o755)
}

// dir is a fixed directory of sysfs or procfs; entries stand in the order of
// their names.
func dir(perm uint32, entries ...Entry) *DynDir {
	return &DynDir{Perm: perm, List: func() []Entry { return entries }}
}

// sysRoot is /sys.
func sysRoot(m Current) Node {
	return withKobjects(m, (*machine.Machine).RootSysfs,
		Entry{"devices", dir(0o755, Entry{"system", dir(0o755, Entry{"cpu", cpuDir(m)})})},
		Entry{"kernel", sysKernel(m)},
		Entry{"module", moduleDir(m)},
	)
}

// sysKernel is /sys/kernel; livepatch is there where the kernel has it.
func sysKernel(m Current) Node {
	tracing := tracingDir(m)
	debug := Entry{"debug", dir(0o700,
		Entry{"dynamic_debug", dir(0o755, Entry{"control", dynamicDebug(m)})},
		Entry{"kprobes", kprobesDir(m)},
		Entry{"tracing", tracing},
	)}
	kobjects := (*machine.Machine).KernelSysfs
	with := withKobjects(m, kobjects, debug, Entry{"livepatch", livepatchDir(m)}, Entry{"tracing", tracing})
	without := withKobjects(m, kobjects, debug, Entry{"tracing", tracing})
	return &DynDir{Perm: 0o755, List: func() []Entry {
		if m().HasLivepatch() {
			return with.List()
		}
		return without.List()
	}}
}

// show makes an attribute that can only be read.
func show(f func() string) *Attr {
	return &Attr{Perm: 0o444, Show: func() ([]byte, error) { return []byte(f()), nil }}
}

// boolText is how sysfs prints a bool.
func boolText(b bool) string {
	if b {
		return "1\n"
	}
	return "0\n"
}

// parseBool is kstrtobool.
func parseBool(data []byte) (bool, error) {
	s := strings.ToLower(string(data))
	if s == "" {
		return false, errno.EINVAL
	}
	switch s[0] {
	case 'y', 't', '1':
		return true, nil
	case 'n', 'f', '0':
		return false, nil
	case 'o':
		if strings.HasPrefix(s, "on") {
			return true, nil
		}
		if strings.HasPrefix(s, "of") {
			return false, nil
		}
	}
	return false, errno.EINVAL
}

// dynamicDebug is /sys/kernel/debug/dynamic_debug/control.
func dynamicDebug(m Current) Node {
	return &DynFile{
		Perm:    0o644,
		OnRead:  func() ([]byte, error) { return []byte(m().DynamicDebug().String()), nil },
		OnWrite: func(data []byte) error { return m().DynamicDebug().Write(string(data)) },
	}
}
