package machine

import (
	"fmt"
	"path"

	"klpemu/internal/asm"
	"klpemu/internal/compress"
	"klpemu/internal/obj"
)

// ParseObject reads guest code by the kind of its file: .o and .ko as they are
// (.ko.xz and .ko.zst unpacked), .s through the assembler. name stands in errors.
func ParseObject(name string, data []byte) (*obj.File, error) {
	data, err := compress.Unpack(name, data, 0)
	if err != nil {
		return nil, err
	}
	switch path.Ext(compress.Name(name)) {
	case ".o", ".ko":
	case ".s", ".S":
		object, err := asm.Assemble(name, data)
		if err != nil {
			return nil, err
		}
		data = object
	default:
		return nil, fmt.Errorf("%s: unknown kind of file; an object ends in .o, .s, .ko, .ko.xz or .ko.zst", name)
	}
	return obj.Parse(name, data)
}

// images returns what is loaded: the kernel, the core and the modules.
func (m *Machine) images() []*obj.Image {
	images := []*obj.Image{m.kernelImage, m.coreImage}
	for _, mod := range m.modules {
		if mod.image != nil {
			images = append(images, mod.image)
		}
	}
	return images
}
