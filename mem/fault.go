package mem

import "fmt"

// Access is the kind of an access.
type Access uint8

// The kinds of access.
const (
	Read Access = iota
	Write
	Fetch
)

// String returns "read", "write" or "fetch".
func (a Access) String() string {
	switch a {
	case Read:
		return "read"
	case Write:
		return "write"
	case Fetch:
		return "fetch"
	}
	return fmt.Sprintf("access(%d)", uint8(a))
}

// need is the permission an access asks for.
func (a Access) need() Perm {
	switch a {
	case Write:
		return W
	case Fetch:
		return X
	default:
		return R
	}
}

// A Fault is an access that the memory refused. Nothing of the access happened.
type Fault struct {
	Addr    uint64 // the first byte that could not be accessed, as CR2 would have it
	Size    int    // bytes of the access from Addr on
	Access  Access
	Present bool // the page is mapped and does not permit the access
}

// Error names the kind, size, address and reason.
func (f *Fault) Error() string {
	why := "not mapped"
	if f.Present {
		why = "not permitted"
	}
	unit := "bytes"
	if f.Size == 1 {
		unit = "byte"
	}
	return fmt.Sprintf("%v of %d %s at %016x: %s", f.Access, f.Size, unit, f.Addr, why)
}
