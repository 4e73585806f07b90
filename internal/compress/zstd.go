package compress

import (
	"bytes"
	"io"

	"github.com/klauspost/compress/zstd"
)

const zstdMagic = "\x28\xb5\x2f\xfd"

// zstdWindow is the largest window that zstd takes unless told otherwise.
const zstdWindow = 128 << 20

// openZstd makes a decoder that works in the caller: with a concurrency of one
// the library starts no goroutine.
func openZstd(data []byte, _ int) (io.Reader, error) {
	return zstd.NewReader(bytes.NewReader(data),
		zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(zstdWindow),
	)
}
