//go:build amd64 || arm64 || wasm || 386 || ppc64le

package cpu

import (
	"unsafe"

	"klpemu/mem"
)

// Guest memory is little-endian, and so are these hosts: an access is one load
// or store. The caller has checked that it does not cross the page's end. This
// file, view_step.go and the generated switch, which goes from op to op as step
// does, are the package's only uses of unsafe.

func load8(p *[mem.PageSize]byte, addr uint64) uint8 {
	return *(*uint8)(unsafe.Add(unsafe.Pointer(p), addr&pageMask))
}

func load64(p *[mem.PageSize]byte, addr uint64) uint64 {
	return *(*uint64)(unsafe.Add(unsafe.Pointer(p), addr&pageMask))
}

func load32(p *[mem.PageSize]byte, addr uint64) uint32 {
	return *(*uint32)(unsafe.Add(unsafe.Pointer(p), addr&pageMask))
}

func load16(p *[mem.PageSize]byte, addr uint64) uint16 {
	return *(*uint16)(unsafe.Add(unsafe.Pointer(p), addr&pageMask))
}

func store8(p *[mem.PageSize]byte, addr uint64, v uint8) {
	*(*uint8)(unsafe.Add(unsafe.Pointer(p), addr&pageMask)) = v
}

func store64(p *[mem.PageSize]byte, addr uint64, v uint64) {
	*(*uint64)(unsafe.Add(unsafe.Pointer(p), addr&pageMask)) = v
}

func store32(p *[mem.PageSize]byte, addr uint64, v uint32) {
	*(*uint32)(unsafe.Add(unsafe.Pointer(p), addr&pageMask)) = v
}

func store16(p *[mem.PageSize]byte, addr uint64, v uint16) {
	*(*uint16)(unsafe.Add(unsafe.Pointer(p), addr&pageMask)) = v
}
