package obj

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzParse: no file makes Parse or Link panic, hang or take much memory.
func FuzzParse(f *testing.F) {
	f.Add(sample().bytes())
	for _, path := range []string{"fentry/fix_pair.o", "patchable16_11/red.o", "nop/blue.o", "mcount/fix_pair_3.o", "programs/O2_pic/data.o"} {
		data, err := os.ReadFile(filepath.Join(guestDir, path))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Parse("fuzz.o", data)
		if err != nil {
			return
		}
		NeedsLowBase([]*File{file})
		for _, base := range []uint64{LowBase, kernelBase} {
			im, err := Link([]*File{file}, Options{Base: base, Limit: 1 << 20, Resolve: anything})
			if err != nil {
				continue
			}
			checkImage(t, im)
		}
	})
}

// checkImage holds what every image promises.
func checkImage(t *testing.T, im *Image) {
	t.Helper()
	at := im.Base
	for _, s := range im.Segments {
		if s.Addr != at || s.Size == 0 || s.Size%PageSize != 0 || uint64(len(s.Data)) > s.Size || s.Perm&(PermW|PermX) == PermW|PermX {
			t.Fatalf("segment %s at %#x, size %#x, %d bytes, perm %d; want it at %#x", s.Name, s.Addr, s.Size, len(s.Data), s.Perm, at)
		}
		at += s.Size
	}
	if at != im.End {
		t.Fatalf("the image ends at %#x, its segments at %#x", im.End, at)
	}
	for i, s := range im.CallSites {
		if s.Addr < im.Base || s.Addr+siteSize > im.End || s.Func > s.Addr {
			t.Fatalf("call site %+v outside %#x-%#x", s, im.Base, im.End)
		}
		if i > 0 && im.CallSites[i-1].Addr+siteSize > s.Addr {
			t.Fatalf("call sites %#x and %#x overlap", im.CallSites[i-1].Addr, s.Addr)
		}
	}
}
