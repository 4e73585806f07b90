package ftrace

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLocation(t *testing.T) {
	r := started(t)
	tests := []struct {
		name     string
		ip, want uint64
	}{
		{"the site itself", fSite, fSite},
		{"start of a symbol, site behind endbr64", fAt, fSite},
		{"start of a symbol, site at its start", hAt, hSite},
		{"one byte into the symbol", fAt + 1, 0},
		{"one byte into the site", fSite + 1, 0},
		{"behind the site", fSite + siteSize, 0},
		{"last byte of the symbol before", gAt - 1, 0},
		{"a function without a site", nAt, 0},
		{"no symbol", textAt + 0x800, 0},
		{"address 0", 0, 0},
		{"the last address", ^uint64(0), 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := r.f.Location(tt.ip); got != tt.want {
				t.Errorf("Location(%x) = %x, want %x", tt.ip, got, tt.want)
			}
		})
	}
}

func TestRecordsAreSortedAndUnique(t *testing.T) {
	r := newRig(t)
	r.must(r.f.Init("", []Site{{IP: gSite}, {IP: 0}, {IP: fSite}, {IP: gSite}}))
	r.must(r.f.Init("mod", []Site{{IP: modSite, Late: 7}}))
	var got []Record
	for _, rec := range r.f.Records() {
		got = append(got, Record{IP: rec.IP, Flags: rec.Flags, Late: rec.Late})
	}
	want := []Record{{IP: fSite}, {IP: gSite}, {IP: modSite, Flags: FlagDisabled, Late: 7}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(Record{})); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
	if r.f.Record(fSite+1) != nil || r.f.Record(modSite) == nil {
		t.Error("Record finds a record by its exact address only")
	}
}

// A site too far behind the start of its function, as an overridden weak
// function leaves it, is a record that nobody can use; an old `call mcount` is
// not one of those.
func TestInvalidRecord(t *testing.T) {
	r := newRig(t)
	far := uint64(fAt + 0x10)
	r.poke(far, r.call(far, fentryAt))
	r.poke(hAt+8, r.call(hAt+8, mcountAt))
	r.must(r.f.Init("", []Site{{IP: far}, {IP: gSite}, {IP: hAt + 8, Late: 8}, {IP: 0}}))
	r.wantFlags(far, FlagDisabled)
	r.wantFlags(hAt+8, 0)
	o := r.register(r.ops(handlerA, opsA, 0))
	r.wantNop(far)
	r.wantCall(gSite, o.Trampoline().Addr)
	r.wantCall(hAt+8, o.Trampoline().Addr)
	r.poke(modAt+0x10, nop5[:])
	r.must(r.f.Init("mod", []Site{{IP: modSite}, {IP: modAt + 0x10}}))
	r.must(r.f.ModuleEnable("mod"))
	r.wantCall(modSite, o.Trampoline().Addr)
	r.wantFlags(modAt+0x10, FlagDisabled)
}
