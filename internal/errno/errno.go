// Package errno has Linux's error numbers, whatever the host is.
package errno

import (
	"errors"
	"strconv"
)

// Errno is a positive Linux error number; the kernel returns it negated.
type Errno int

// Error gives the text of glibc's strerror: "Device or resource busy".
func (e Errno) Error() string {
	if r, ok := e.describe(); ok {
		return r.text
	}
	if e == 0 {
		return "Success"
	}
	return "Unknown error " + strconv.Itoa(int(e))
}

// Name gives the name in the headers: "EBUSY", or "E999" for a number without one.
func (e Errno) Name() string {
	if r, ok := e.describe(); ok {
		return r.name
	}
	return "E" + strconv.Itoa(int(e))
}

// Of returns the error number that err is or wraps.
func Of(err error) (Errno, bool) {
	var e Errno
	ok := errors.As(err, &e)
	return e, ok
}
