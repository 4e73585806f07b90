package check

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"klpemu/internal/compress"
)

// Offsets in the header of a bzImage (Documentation/arch/x86/boot.rst).
const (
	bzSetupSects = 0x1f1
	bzMagic      = 0x202 // "HdrS"
	bzPayload    = 0x248 // offset and length of the packed kernel
	bzHeaderEnd  = 0x250
)

// ParseKernel reads a kernel of any of the forms that an Image can be made of.
// symbols are those of an image that has none; nil without.
func ParseKernel(file string, data []byte, symbols *Image) (*Image, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\x7fELF")):
		return ParseVmlinux(file, data, symbols)
	case len(data) >= bzHeaderEnd && string(data[bzMagic:bzMagic+4]) == "HdrS":
		vmlinux, err := unpackKernel(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		return ParseVmlinux(file, vmlinux, symbols)
	case symbols != nil:
		return nil, fmt.Errorf("%s: not a kernel image that a System.map could belong to", file)
	}
	return ParseMap(file, string(data))
}

// unpackKernel takes the vmlinux out of a bzImage.
func unpackKernel(d []byte) ([]byte, error) {
	le := binary.LittleEndian
	start := (int64(d[bzSetupSects]) + 1) * 512
	start += int64(le.Uint32(d[bzPayload:]))
	size := int64(le.Uint32(d[bzPayload+4:]))
	if size < 8 || start+size > int64(len(d)) {
		return nil, fmt.Errorf("the packed kernel at offset %#x of %#x bytes reaches beyond the end of the file", start, size)
	}
	packed := d[start : start+size-4] // behind it stands its size
	out, err := compress.Unpack("the packed kernel", packed, 0)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(out, []byte("\x7fELF")) {
		return nil, errors.New("the packed kernel is packed neither with zstd nor with xz; unpack it with the kernel's scripts/extract-vmlinux")
	}
	return out, nil
}
