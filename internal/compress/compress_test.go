package compress

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestUnpack reads what xz 5.4 and zstd 1.5 write.
func TestUnpack(t *testing.T) {
	want := read(t, "plain.txt")
	for _, name := range []string{
		"plain.txt", "none.xz", "crc32.xz", "crc64.xz", "sha256.xz", "blocks.xz", "threads.xz", "streams.xz", "bigdict.xz",
		"plain.zst", "stream.zst", "frames.zst",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Unpack(name, read(t, name), 0)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("got %d bytes, %v; want those of plain.txt", len(got), err)
			}
		})
	}
}

func TestUnpackRefuses(t *testing.T) {
	xz, zst := read(t, "crc32.xz"), read(t, "plain.zst")
	tests := []struct {
		name, data, want string
	}{
		{"a.ko.xz", "\x7fELF", "a.ko.xz: does not begin as a file packed with xz does (fd 37 7a 58 5a 00)"},
		{"a.ko.zst", "\x7fELF", "a.ko.zst: does not begin as a file packed with zstd does (28 b5 2f fd)"},
		{"a.ko.xz", string(read(t, "bcj.xz")), "a.ko.xz: unpack with xz: after 0 bytes: block header at offset 12: has filters before LZMA2 (such as --x86), which are not supported; pack it with LZMA2 alone"},
		{"a.ko.xz", string(xz[:len(xz)-1]), "the file was cut off"},
		{"a.ko.xz", string(xz) + "junk, not a stream", "neither padding nor a stream"},
		{"a.ko.xz", string(xz) + "\x00", "the file was cut off"},
		{"a.ko.zst", string(zst[:len(zst)-1]), "the file was cut off"},
		{"a.ko.zst", string(zst) + "junk", "magic number mismatch"},
		{"a.ko.xz", string(read(t, "zeros.xz")), "unpacks to more than the limit of 1048576 bytes"},
		{"a.ko.zst", string(read(t, "zeros.zst")), "unpacks to more than the limit of 1048576 bytes"},
		{"a.ko.zst", string(read(t, "bigwindow.zst")), "window size exceeded"},
	}
	for _, test := range tests {
		out, err := Unpack(test.name, []byte(test.data), 1<<20)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s of %d bytes: got %d bytes, error %v; want %s", test.name, len(test.data), len(out), err, test.want)
		}
	}
}

func TestErrLimit(t *testing.T) {
	if _, err := Unpack("", read(t, "zeros.xz"), 2999999); !errors.Is(err, ErrLimit) {
		t.Errorf("one byte too many: got %v", err)
	}
	if out, err := Unpack("", read(t, "zeros.xz"), 3000000); err != nil || len(out) != 3000000 {
		t.Errorf("as many as allowed: got %d bytes, %v", len(out), err)
	}
}

// TestEveryBit has each bit of a file wrong, and the file cut at each place: a
// checksum covers all of it.
func TestEveryBit(t *testing.T) {
	for _, name := range []string{"crc32.xz", "plain.zst"} {
		data := read(t, name)
		want := read(t, "plain.txt")
		for i := range data {
			// cut off behind the magic number, which alone is known as such
			if out, err := Unpack(name, data[:i], 1<<20); err == nil {
				t.Errorf("%s cut off at %d: got %d bytes and no error", name, i, len(out))
			}
			bad := bytes.Clone(data)
			bad[i] ^= 1 << (i % 8)
			if out, err := Unpack(name, bad, 1<<20); err == nil && !bytes.Equal(out, want) {
				t.Errorf("%s with byte %d wrong: got other contents and no error", name, i)
			}
		}
	}
}

// TestDictionaryIsBounded has a header ask for more than 1 GiB.
func TestDictionaryIsBounded(t *testing.T) {
	data := read(t, "bigdict.xz")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := Unpack("", data, 1<<20); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 16<<20 {
		t.Errorf("allocated %d MiB for a limit of one", got>>20)
	}
}

func TestName(t *testing.T) {
	for in, want := range map[string]string{"a.ko.xz": "a.ko", "d/a.ko.zst": "d/a.ko", "a.ko": "a.ko", "xz": "xz"} {
		if got := Name(in); got != want {
			t.Errorf("Name(%s) = %s, want %s", in, got, want)
		}
	}
}

func FuzzUnpack(f *testing.F) {
	files, err := filepath.Glob("testdata/*.*")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			f.Add(read(f, filepath.Base(name)))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		const limit = 64 << 10
		if out, err := Unpack("fuzz", data, limit); err == nil && len(out) > max(limit, len(data)) {
			t.Errorf("got %d bytes, the limit is %d", len(out), limit)
		}
	})
}
