package vfs

import "klpemu/internal/errno"

// MountDev makes /dev with the devices that scripts use. Devices of the machine
// (kmsg) are mounted beside them by others.
func (f *FS) MountDev() error {
	devs := []struct {
		name string
		node Node
	}{
		{"/dev/null", &DynFile{Type: CharDev, Perm: 0o666, Major: 1, Minor: 3,
			OnRead:  func() ([]byte, error) { return nil, nil },
			OnWrite: func([]byte) error { return nil }}},
		{"/dev/full", &DynFile{Type: CharDev, Perm: 0o666, Major: 1, Minor: 7,
			OnRead:  func() ([]byte, error) { return make([]byte, zeroPage), nil },
			OnWrite: func([]byte) error { return errno.ENOSPC }}},
		{"/dev/zero", &DynFile{Type: CharDev, Perm: 0o666, Major: 1, Minor: 5,
			OnRead:  func() ([]byte, error) { return make([]byte, zeroPage), nil },
			OnWrite: func([]byte) error { return nil }}},
	}
	for _, d := range devs {
		if err := f.Mount(d.name, d.node); err != nil {
			return err
		}
	}
	return nil
}

// zeroPage is how much /dev/zero gives before its end; the real one has none,
// but a session that copied it would never end.
const zeroPage = 1 << 20
