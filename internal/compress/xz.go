package compress

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"

	"github.com/ulikunitz/xz/lzma"
)

// The container is read here and LZMA2 by the library. Its own reader of the
// container allocates the dictionary that a header asks for, up to 4 GiB for
// each block.

const (
	xzMagic       = "\xfd7zXZ\x00"
	xzFooterMagic = "YZ"
	xzHeaderSize  = 12
	xzLZMA2       = 0x21 // the filter's id
)

// Flags of a block header.
const (
	xzFilters         = 0x03 // one less than their number
	xzReserved        = 0x3c
	xzHasCompressed   = 0x40
	xzHasUncompressed = 0x80
)

// xzReader unpacks the streams of an .xz file.
type xzReader struct {
	in    *bytes.Reader
	limit int
	dicts int // bytes of dictionaries allocated so far

	flags [2]byte // of the stream
	check hash.Hash
	index []xzRecord
	block *xzBlock
}

// xzRecord is what the index says of a block.
type xzRecord struct{ unpadded, uncompressed uint64 }

func openXZ(data []byte, limit int) (io.Reader, error) {
	x := &xzReader{in: bytes.NewReader(data), limit: limit}
	return x, x.startStream()
}

// offset is the place in the file.
func (x *xzReader) offset() int64 { return x.in.Size() - int64(x.in.Len()) }

// Read gives the contents of one block after the other.
func (x *xzReader) Read(p []byte) (int, error) {
	for {
		if x.block == nil {
			if err := x.next(); err != nil {
				return 0, err
			}
			continue
		}
		n, err := x.block.Read(p)
		if err == io.EOF {
			err = x.endBlock()
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// next begins the next block, or ends the stream.
func (x *xzReader) next() error {
	start := x.offset()
	size, err := x.in.ReadByte()
	if err != nil {
		return io.ErrUnexpectedEOF
	}
	if size != 0 {
		x.block, err = x.startBlock(size)
		if err != nil {
			return fmt.Errorf("block header at offset %d: %w", start, err)
		}
		return nil
	}
	if err := x.endStream(start); err != nil {
		return fmt.Errorf("index at offset %d: %w", start, err)
	}
	return x.nextStream()
}

// nextStream goes over the padding behind a stream; io.EOF is the end.
func (x *xzReader) nextStream() error {
	for x.in.Len() > 0 {
		var word [4]byte
		if _, err := io.ReadFull(x.in, word[:]); err != nil {
			return err
		}
		if word != [4]byte{} {
			if _, err := x.in.Seek(-4, io.SeekCurrent); err != nil {
				return err
			}
			return x.startStream()
		}
	}
	return io.EOF
}

func (x *xzReader) startStream() error {
	start := x.offset()
	var h [xzHeaderSize]byte
	if _, err := io.ReadFull(x.in, h[:]); err != nil {
		return io.ErrUnexpectedEOF
	}
	if string(h[:6]) != xzMagic {
		return fmt.Errorf("offset %d: neither padding nor a stream", start)
	}
	if crc32.ChecksumIEEE(h[6:8]) != binary.LittleEndian.Uint32(h[8:]) {
		return fmt.Errorf("stream header at offset %d: wrong checksum", start)
	}
	x.flags, x.index = [2]byte(h[6:8]), nil
	var err error
	x.check, err = xzCheck(x.flags)
	return err
}

// xzCheck is the integrity check of a stream; nil for none.
func xzCheck(flags [2]byte) (hash.Hash, error) {
	switch flags {
	case [2]byte{0, 0}:
		return nil, nil
	case [2]byte{0, 1}:
		return crc32.NewIEEE(), nil
	case [2]byte{0, 4}:
		return crc64.New(crc64.MakeTable(crc64.ECMA)), nil
	case [2]byte{0, 10}:
		return sha256.New(), nil
	}
	return nil, fmt.Errorf("stream flags % x: not none, CRC32, CRC64 or SHA-256", flags)
}

// endStream compares the index with the blocks that were read, and reads the
// footer. The index began at start.
func (x *xzReader) endStream(start int64) error {
	n, err := binary.ReadUvarint(x.in)
	if err != nil {
		return noEOF(err)
	}
	if n != uint64(len(x.index)) {
		return fmt.Errorf("has %d blocks, the stream %d", n, len(x.index))
	}
	for i, want := range x.index {
		var got xzRecord
		if got.unpadded, err = binary.ReadUvarint(x.in); err == nil {
			got.uncompressed, err = binary.ReadUvarint(x.in)
		}
		if err != nil {
			return noEOF(err)
		}
		if got != want {
			return fmt.Errorf("block %d has %d bytes of %d, the index says %d of %d",
				i, want.unpadded, want.uncompressed, got.unpadded, got.uncompressed)
		}
	}
	if err := x.padding(start); err != nil {
		return err
	}
	return x.footer(start)
}

// padding reads the zeros up to a multiple of four bytes from start.
func (x *xzReader) padding(start int64) error {
	for (x.offset()-start)%4 != 0 {
		b, err := x.in.ReadByte()
		if err != nil {
			return io.ErrUnexpectedEOF
		}
		if b != 0 {
			return fmt.Errorf("offset %d: padding is not zero", x.offset()-1)
		}
	}
	return nil
}

// footer checks what stands behind the index that began at start.
func (x *xzReader) footer(start int64) error {
	end := x.offset()
	var f [4 + xzHeaderSize]byte // with the index's own checksum
	if _, err := io.ReadFull(x.in, f[:]); err != nil {
		return io.ErrUnexpectedEOF
	}
	index := make([]byte, end-start)
	if _, err := x.in.ReadAt(index, start); err != nil {
		return err
	}
	le := binary.LittleEndian
	switch {
	case crc32.ChecksumIEEE(index) != le.Uint32(f[:]),
		crc32.ChecksumIEEE(f[8:14]) != le.Uint32(f[4:]):
		return errors.New("wrong checksum")
	case string(f[14:]) != xzFooterMagic, [2]byte(f[12:14]) != x.flags,
		(uint64(le.Uint32(f[8:]))+1)*4 != uint64(len(index)+4):
		return errors.New("the footer behind it does not fit")
	}
	return nil
}

func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// newDict accounts for the dictionary of another block.
func (x *xzReader) newDict(size uint64) (int, error) {
	d := int(min(size, uint64(max(x.limit, lzma.MinDictCap)))) // nothing lies farther back
	if x.dicts += d; x.dicts > 2*max(x.limit, lzma.MinDictCap) {
		return 0, errors.New("the dictionaries of all blocks are larger than what may come out")
	}
	return max(d, lzma.MinDictCap), nil
}
