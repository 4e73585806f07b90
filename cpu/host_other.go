//go:build !(amd64 || arm64 || wasm || 386 || ppc64le)

package cpu

import (
	"encoding/binary"

	"klpemu/mem"
)

// Big-endian hosts, and those that have not been tried, assemble the bytes.

func load8(p *[mem.PageSize]byte, addr uint64) uint8 { return p[addr&pageMask] }

func load64(p *[mem.PageSize]byte, addr uint64) uint64 {
	return binary.LittleEndian.Uint64(p[addr&pageMask:])
}

func load32(p *[mem.PageSize]byte, addr uint64) uint32 {
	return binary.LittleEndian.Uint32(p[addr&pageMask:])
}

func load16(p *[mem.PageSize]byte, addr uint64) uint16 {
	return binary.LittleEndian.Uint16(p[addr&pageMask:])
}

func store8(p *[mem.PageSize]byte, addr uint64, v uint8) { p[addr&pageMask] = v }

func store64(p *[mem.PageSize]byte, addr uint64, v uint64) {
	binary.LittleEndian.PutUint64(p[addr&pageMask:], v)
}

func store32(p *[mem.PageSize]byte, addr uint64, v uint32) {
	binary.LittleEndian.PutUint32(p[addr&pageMask:], v)
}

func store16(p *[mem.PageSize]byte, addr uint64, v uint16) {
	binary.LittleEndian.PutUint16(p[addr&pageMask:], v)
}
