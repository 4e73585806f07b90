// Package compress unpacks the files that kernels are shipped in: modules as
// .ko.xz and .ko.zst.
//
// Everything is decoded in the caller, step by step. What a file unpacks to is
// bounded, and so is the memory that its headers can ask for: a dictionary or a
// window is never larger than what may come out.
package compress

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// DefaultLimit is more than any module or kernel unpacks to.
const DefaultLimit = 128 << 20

// ErrLimit says that a file unpacks to more than is allowed.
var ErrLimit = errors.New("unpacks to more than the limit")

// format is one way to compress a file. kmod goes by the magic number, whatever
// the name is; the name is looked at to say what is missing.
type format struct {
	name   string
	suffix string
	magic  string
	open   func(data []byte, limit int) (io.Reader, error)
}

func formats() []format {
	return []format{
		{"xz", ".xz", xzMagic, openXZ},
		{"zstd", ".zst", zstdMagic, openZstd},
	}
}

// Name is the name of the file that is packed in name.
func Name(name string) string {
	for _, f := range formats() {
		if base, ok := strings.CutSuffix(name, f.suffix); ok {
			return base
		}
	}
	return name
}

// Unpack returns what is packed in data, or data itself where it is not packed.
// limit bounds the result; 0 is DefaultLimit. name stands in errors.
func Unpack(name string, data []byte, limit int) ([]byte, error) {
	if limit <= 0 {
		limit = DefaultLimit
	}
	for _, f := range formats() {
		if !bytes.HasPrefix(data, []byte(f.magic)) {
			continue
		}
		out, err := f.unpack(data, limit)
		if err != nil {
			return nil, fmt.Errorf("%s: unpack with %s: %w", name, f.name, err)
		}
		return out, nil
	}
	for _, f := range formats() {
		if strings.HasSuffix(name, f.suffix) {
			return nil, fmt.Errorf("%s: does not begin as a file packed with %s does (% x)", name, f.name, f.magic)
		}
	}
	return data, nil
}

func (f format) unpack(data []byte, limit int) ([]byte, error) {
	r, err := f.open(data, limit)
	if err != nil {
		return nil, short(err)
	}
	var out bytes.Buffer
	if _, err := io.Copy(&out, io.LimitReader(r, int64(limit)+1)); err != nil {
		return nil, short(fmt.Errorf("after %d bytes: %w", out.Len(), err))
	}
	if out.Len() > limit {
		return nil, fmt.Errorf("%w of %d bytes", ErrLimit, limit)
	}
	return out.Bytes(), nil
}

// short gives the end of the input its name: the file was cut off.
func short(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return fmt.Errorf("%w; the file was cut off", err)
	}
	return err
}
