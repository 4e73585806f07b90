package obj

import (
	"debug/elf"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// siteFile is one function f of the given code at an offset, with lists of
// call sites.
type siteFile struct {
	code      string
	fn        uint64 // where f begins
	fentry    []uint64
	mcount    []uint64
	gotFentry []uint64
	// where an absolute address of __fentry__ lies
	largeFentry []uint64
	loc         []uint64 // __mcount_loc entries
	patchable   []uint64
}

func (s siteFile) file(t *testing.T) *File {
	t.Helper()
	b := new(builder)
	code := hex(s.code)
	sec := b.text(code)
	for _, off := range s.fentry {
		sec.relocs = append(sec.relocs, buildReloc{off + 1, elf.R_X86_64_PLT32, "__fentry__", -4})
	}
	for _, off := range s.mcount {
		sec.relocs = append(sec.relocs, buildReloc{off + 1, elf.R_X86_64_PC32, "mcount", -4})
	}
	for _, off := range s.gotFentry {
		sec.relocs = append(sec.relocs, buildReloc{off + 2, elf.R_X86_64_GOTPCRELX, "__fentry__", -4})
	}
	for _, off := range s.largeFentry {
		sec.relocs = append(sec.relocs, buildReloc{off, elf.R_X86_64_64, "__fentry__", 0})
	}
	list := func(name string, offs []uint64) {
		if offs == nil {
			return
		}
		l := b.section(name, elf.SHF_ALLOC, zeros(8*len(offs)+8)) // one more entry, of zero
		for i, off := range offs {
			l.relocs = append(l.relocs, buildReloc{uint64(i) * 8, elf.R_X86_64_64, ".text", int64(off)})
		}
	}
	list(secMcountLoc, s.loc)
	list(secPatchable, s.patchable)
	b.fn("f", ".text", s.fn, uint64(len(code))-s.fn)
	b.undef("__fentry__", "mcount")
	return mustFile(t, "a.o", b)
}

const (
	call   = "e8 00 00 00 00 "
	endbr  = "f3 0f 1e fa "
	nop5   = "0f 1f 44 00 00 "
	nops5  = "90 90 90 90 90 "
	nops11 = nops5 + nops5 + "90 "
	nops16 = nops11 + nops5
	ret    = "c3"
)

func TestCallSites(t *testing.T) {
	type site struct {
		off  uint64
		kind SiteKind
	}
	tests := []struct {
		name string
		f    siteFile
		want []site
	}{
		{"listed call", siteFile{code: call + ret, fentry: []uint64{0}, loc: []uint64{0}}, []site{{0, SiteFentry}}},
		{"listed call behind endbr64", siteFile{code: endbr + call + ret, fentry: []uint64{4}, loc: []uint64{4}}, []site{{4, SiteFentry}}},
		{"call without a list", siteFile{code: endbr + call + ret, fentry: []uint64{4}}, []site{{4, SiteFentry}}},
		{"the list decides", siteFile{code: call + call + ret, fentry: []uint64{0, 5}, loc: []uint64{5}}, []site{{5, SiteFentry}}},
		{"listed twice", siteFile{code: call + ret, fentry: []uint64{0}, loc: []uint64{0, 0}}, []site{{0, SiteFentry}}},
		{"mcount behind the prologue", siteFile{code: "55 48 89 e5 " + call + ret, mcount: []uint64{4}}, []site{{4, SiteMcount}}},
		{"nop", siteFile{code: nop5 + ret, loc: []uint64{0}}, []site{{0, SiteNop}}},
		{"nop behind endbr64", siteFile{code: endbr + nop5 + ret, loc: []uint64{4}}, []site{{4, SiteNop}}},
		{"nop behind the sealed endbr64", siteFile{code: "66 0f 1f 00 " + nop5 + ret, loc: []uint64{4}}, []site{{4, SiteNop}}},
		{"nop behind the prologue", siteFile{code: "55 48 89 e5 " + nop5 + ret, loc: []uint64{4}}, []site{{4, SiteMcount}}},
		{"nop behind other nops", siteFile{code: endbr + "66 90 " + nop5 + ret, loc: []uint64{6}}, []site{{6, SiteNop}}},
		{"five nops", siteFile{code: nops5 + ret, loc: []uint64{0}}, []site{{0, SiteNop}}},
		{"patchable =5", siteFile{code: nops5 + ret, patchable: []uint64{0}}, []site{{0, SitePatchable}}},
		{"patchable =5 behind endbr64", siteFile{code: endbr + nops5 + ret, patchable: []uint64{4}}, []site{{4, SitePatchable}}},
		{"patchable =5, entry at endbr64", siteFile{code: endbr + nops5 + ret, patchable: []uint64{0}}, []site{{4, SitePatchable}}},
		{"patchable =5, one nop (clang)", siteFile{code: "0f 1f 44 00 08 " + ret, patchable: []uint64{0}}, []site{{0, SitePatchable}}},
		{"patchable =16,11", siteFile{code: nops11 + endbr + nops5 + ret, fn: 11, patchable: []uint64{0}}, []site{{15, SitePatchable}}},
		{"patchable =16,16 is padding", siteFile{code: nops16 + endbr + ret, fn: 16, patchable: []uint64{0}}, nil},
		{"patchable =2 is too short", siteFile{code: "90 90 " + ret, patchable: []uint64{0}}, nil},
		{"padding beside fentry", siteFile{code: nops16 + endbr + call + ret, fn: 16, fentry: []uint64{20}, patchable: []uint64{0}}, []site{{20, SiteFentry}}},
		{"nothing", siteFile{code: nops5 + ret}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			im := link(t, Options{Base: kernelBase, Resolve: anything}, tt.f.file(t))
			var want []CallSite
			for _, s := range tt.want {
				want = append(want, CallSite{Addr: kernelBase + s.off, Func: kernelBase + tt.f.fn, Kind: s.kind})
			}
			if diff := cmp.Diff(want, im.CallSites); diff != "" && len(want)+len(im.CallSites) > 0 {
				t.Errorf("call sites (-want +got):\n%s", diff)
			}
		})
	}
}

// What __mcount_loc says is handed on where the linker is asked to; what has no
// five bytes is not.
func TestOtherSites(t *testing.T) {
	o := Options{Base: kernelBase, Resolve: anything, OtherSites: true}
	im := link(t, o, siteFile{code: nop5 + "55 48 89 e5 c3", loc: []uint64{5, 3, 0}}.file(t))
	want := []CallSite{
		{Addr: kernelBase, Func: kernelBase, Kind: SiteNop},
		{Addr: kernelBase + 3, Func: kernelBase, Kind: SiteOther},
		{Addr: kernelBase + 5, Func: kernelBase, Kind: SiteOther},
	}
	if diff := cmp.Diff(want, im.CallSites); diff != "" {
		t.Errorf("call sites (-want +got):\n%s", diff)
	}
	for _, f := range []siteFile{
		{code: ret + " " + ret, loc: []uint64{1}}, {code: call + ret, loc: []uint64{0x1000}},
		{code: "ff 15 00 00 00 00 c3", gotFentry: []uint64{0}, loc: []uint64{0}},
	} {
		if _, err := Link([]*File{f.file(t)}, o); err == nil {
			t.Errorf("%q with sites at %d was linked", f.code, f.loc)
		}
	}
}

func TestCallSiteErrors(t *testing.T) {
	tests := []struct {
		name string
		f    siteFile
		want string
	}{
		{"not a call", siteFile{code: "55 48 89 e5 c3", loc: []uint64{0}},
			"a.o: __mcount_loc+0x0: call site .text+0x0 holds 55 48 89 e5 c3, which is neither"},
		{"no relocation", siteFile{code: call + ret, loc: []uint64{0}}, "is a call without a relocation"},
		{"at the end", siteFile{code: ret + " " + ret, loc: []uint64{1}}, "reaches beyond the section's end at 0x2"},
		{"outside", siteFile{code: call + ret, loc: []uint64{0x1000}}, "outside the section's 0x6 bytes"},
		{"through the GOT", siteFile{code: "ff 15 00 00 00 00 c3", gotFentry: []uint64{0}, loc: []uint64{0}}, "compile with -fno-pic"},
		{"through the GOT, not listed", siteFile{code: "ff 15 00 00 00 00 c3", gotFentry: []uint64{0}}, "compile with -fno-pic"},
		{"through a register", siteFile{code: "49 ba 00 00 00 00 00 00 00 00 41 ff d2 c3", largeFentry: []uint64{2}}, "a.o: .text+0x2: call site: __fentry__ is called through a register; compile with -mcmodel=kernel"},
		{"long nops", siteFile{code: "66 0f 1f 84 00 00 00 00 00 " + ret, patchable: []uint64{0}}, "no nop ends at 5 bytes"},
		{"overlap", siteFile{code: nops11, loc: []uint64{0, 1}}, "call sites at 0xffffffff81000000 and 0xffffffff81000001 overlap"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Link([]*File{tt.f.file(t)}, Options{Base: kernelBase, Resolve: anything})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

func TestNopLen(t *testing.T) {
	tests := []struct {
		code string
		want int
	}{
		{"90", 1}, {"66 90", 2}, {"0f 1f 00", 3}, {"0f 1f 40 00", 4}, {nop5, 5}, {"66 " + nop5, 6},
		{"0f 1f 80 00 00 00 00", 7}, {"0f 1f 84 00 00 00 00 00", 8}, {"66 0f 1f 84 00 00 00 00 00", 9},
		{"66 2e 0f 1f 84 00 00 00 00 00", 10}, {"0f 1f 05 00 00 00 00", 7}, {"0f 1f 04 25 00 00 00 00", 8},
		{"", 0}, {"66", 0}, {"0f 1f", 0}, {"0f 1f 44 00", 0}, {"0f 1f c0", 0}, {"0f 0b", 0}, {"c3", 0}, {"f3 90", 0},
	}
	for _, tt := range tests {
		if got := nopLen(hex(tt.code)); got != tt.want {
			t.Errorf("nopLen(%s) = %d, want %d", tt.code, got, tt.want)
		}
	}
}
