package cpu

import "unsafe"

// step returns the op behind o in its run. The last op of a run is never passed
// to it: it has no instruction.
func step(o *op) *op {
	return (*op)(unsafe.Add(unsafe.Pointer(o), unsafe.Sizeof(op{})))
}
