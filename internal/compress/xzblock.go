package compress

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/ulikunitz/xz/lzma"
)

// xzBlock is the block that is being unpacked.
type xzBlock struct {
	r          io.Reader
	start      int64 // of its header
	data       int64 // of what follows the header
	size       uint64
	compressed *uint64 // as the header says; nil where it does not
	unpacked   *uint64
}

func (b *xzBlock) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.size += uint64(n)
	if err == nil && b.unpacked != nil && b.size > *b.unpacked {
		err = fmt.Errorf("block holds more than the %d bytes that its header says", *b.unpacked)
	}
	return n, err
}

// startBlock reads a block header whose first byte is size.
func (x *xzReader) startBlock(size byte) (*xzBlock, error) {
	b := &xzBlock{start: x.offset() - 1}
	h := make([]byte, (int(size)+1)*4)
	h[0] = size
	if _, err := io.ReadFull(x.in, h[1:]); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	n := len(h) - 4
	if crc32.ChecksumIEEE(h[:n]) != binary.LittleEndian.Uint32(h[n:]) {
		return nil, errors.New("wrong checksum")
	}
	dict, err := b.parse(h[1:n])
	if err != nil {
		return nil, err
	}
	dictSize, err := x.newDict(dict)
	if err != nil {
		return nil, err
	}
	b.data = x.offset()
	r, err := lzma.Reader2Config{DictCap: dictSize}.NewReader2(x.in)
	if err != nil {
		return nil, noEOF(err)
	}
	b.r = r
	if x.check != nil {
		x.check.Reset()
		b.r = io.TeeReader(r, x.check)
	}
	return b, nil
}

// parse reads the flags, the sizes and the filter, and gives the size of the
// dictionary.
func (b *xzBlock) parse(h []byte) (dict uint64, err error) {
	flags := h[0]
	if flags&xzReserved != 0 {
		return 0, fmt.Errorf("unknown flags %#x", flags)
	}
	if flags&xzFilters != 0 {
		return 0, errors.New("has filters before LZMA2 (such as --x86), which are not supported; pack it with LZMA2 alone")
	}
	r := bytes.NewReader(h[1:])
	for _, f := range []struct {
		flag byte
		size **uint64
	}{{xzHasCompressed, &b.compressed}, {xzHasUncompressed, &b.unpacked}} {
		if flags&f.flag == 0 {
			continue
		}
		n, err := binary.ReadUvarint(r)
		if err != nil {
			return 0, noEOF(err)
		}
		*f.size = &n
	}
	var filter [3]byte // id, size of the properties, the dictionary's size
	if _, err := io.ReadFull(r, filter[:]); err != nil {
		return 0, errors.New("no room for a filter")
	}
	if filter[0] != xzLZMA2 || filter[1] != 1 || filter[2] > 40 {
		return 0, fmt.Errorf("filter % x is not LZMA2", filter)
	}
	for r.Len() > 0 {
		if c, _ := r.ReadByte(); c != 0 {
			return 0, errors.New("padding is not zero")
		}
	}
	bits := filter[2]
	return uint64(2|bits&1) << (bits/2 + 11), nil
}

// endBlock checks the sizes and the contents of the block that has ended.
func (x *xzReader) endBlock() error {
	b := x.block
	x.block = nil
	packed := uint64(x.offset() - b.data)
	if b.compressed != nil && *b.compressed != packed || b.unpacked != nil && *b.unpacked != b.size {
		return fmt.Errorf("block at offset %d: has %d bytes of %d, its header says otherwise", b.start, packed, b.size)
	}
	if err := x.padding(b.data); err != nil {
		return err
	}
	var want []byte
	unpadded := uint64(b.data-b.start) + packed
	if x.check != nil {
		want = make([]byte, x.check.Size())
		unpadded += uint64(len(want))
	}
	if _, err := io.ReadFull(x.in, want); err != nil {
		return io.ErrUnexpectedEOF
	}
	if x.check != nil && !bytes.Equal(xzOrder(x.check.Sum(nil)), want) {
		return fmt.Errorf("block at offset %d: wrong checksum", b.start)
	}
	x.index = append(x.index, xzRecord{unpadded, b.size})
	return nil
}

// xzOrder brings a sum into the order of the file: CRCs are little-endian.
func xzOrder(sum []byte) []byte {
	if len(sum) > 8 {
		return sum
	}
	for i, j := 0, len(sum)-1; i < j; i, j = i+1, j-1 {
		sum[i], sum[j] = sum[j], sum[i]
	}
	return sum
}
