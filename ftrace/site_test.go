package ftrace

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"klpemu/internal/errno"
)

func TestInitMakesNops(t *testing.T) {
	var (
		r        = newRig(t)
		fiveNops = []byte{0x90, 0x90, 0x90, 0x90, 0x90}
	)
	tests := []struct {
		name  string
		bytes []byte
		nop   bool
	}{
		{"call __fentry__", r.call(fSite, fentryAt), false},
		{"call mcount", r.call(fSite, mcountAt), false},
		{"the nop", nop5[:], false},
		{"the nop where a nop was built", nop5[:], true},
		{"one-byte nops where a nop was built", fiveNops, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			r.poke(fSite, tt.bytes)
			before := r.bytes(textAt, 0x80)
			r.must(r.f.Init("", []Site{{IP: fSite, Nop: tt.nop}}))
			copy(before[fSite-textAt:], nop5[:])
			if diff := cmp.Diff(before, r.bytes(textAt, 0x80)); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			r.wantFlags(fSite, 0)
			if r.log != nil || r.f.Killed() {
				t.Errorf("log = %q, killed = %v", r.log, r.f.Killed())
			}
		})
	}
}

// A site with other bytes is reported in the kernel's words and ends all
// changes; what was written before stays, what comes after is not touched.
func TestInitRefusesOtherBytes(t *testing.T) {
	bug := func(what, bytes string) []string {
		log := []string{"WARNING: ftrace_verify_code: 1", "------------[ ftrace bug ]------------", what, "[<ffffffff81000024>] g+0x4/0x20"}
		if bytes != "" {
			log = append(log, " actual:   "+bytes, " expected: e8:d7:0f:00:00")
		}
		return append(log, "Initializing ftrace call sites", "ftrace record flags: 0", " (0)    ",
			" expected tramp: ffffffff81001040", "WARNING: ftrace_bug: 1")
	}
	tests := []struct {
		name    string
		spoil   func(*rig)
		built   bool
		want    errno.Errno
		wantLog []string
	}{
		{
			"other code", func(r *rig) { r.poke(gSite, []byte{0x48, 0x89, 0xe5, 0x53, 0x50}) }, false,
			errno.EINVAL, bug("ftrace failed to modify ", "48:89:e5:53:50"),
		},
		{
			"a call of something else", func(r *rig) { r.poke(gSite, r.call(gSite, fAt)) }, false,
			errno.EINVAL, bug("ftrace failed to modify ", "e8:d7:ff:ff:ff"),
		},
		{
			"one-byte nops where a call was built",
			func(r *rig) { r.poke(gSite, []byte{0x90, 0x90, 0x90, 0x90, 0x90}) }, false,
			errno.EINVAL, bug("ftrace failed to modify ", "90:90:90:90:90"),
		},
		{
			"four nops and a byte of code",
			func(r *rig) { r.poke(gSite, []byte{0x90, 0x90, 0x90, 0x90, 0x55}) }, true,
			errno.EINVAL, bug("ftrace failed to modify ", "90:90:90:90:55"),
		},
		{
			"no memory", func(r *rig) { r.must(r.m.Unmap(textAt, 0x1000)) }, false,
			errno.EFAULT, nil,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			tt.spoil(r)
			err := r.f.Init("", []Site{{IP: fSite}, {IP: gSite, Nop: tt.built}, {IP: hSite}})
			r.wantErr(err, tt.want)
			if !r.f.Killed() || r.f.Enabled() {
				t.Error("ftrace goes on after a bug")
			}
			if tt.wantLog == nil {
				if len(r.log) < 2 || r.log[1] != "ftrace faulted on modifying " {
					t.Errorf("log = %q", r.log)
				}
				return
			}
			if diff := cmp.Diff(tt.wantLog, r.log); diff != "" {
				t.Errorf("log (-want +got):\n%s", diff)
			}
			r.wantNop(fSite)
			r.wantNop(hSite)
		})
	}
}

// kill makes ftrace give up by a site that is none.
func (r *rig) kill() {
	r.Helper()
	if err := r.f.Init("bad", []Site{{IP: nAt}}); err == nil {
		r.Fatal("Init of a site with other bytes succeeded")
	}
	r.log = nil
}

func TestAfterKill(t *testing.T) {
	r := started(t)
	o := r.register(r.ops(handlerA, opsA, klpFlags, fSite))
	want := r.bytes(fSite, siteSize)
	r.kill()
	r.wantErr(r.f.SetFilterIP(&Ops{}, gSite, false), errno.ENODEV)
	r.wantErr(r.f.SetFilterIP(o, fSite, true), errno.ENODEV)
	r.wantErr(r.f.Register(&Ops{Func: handlerB, Addr: opsB}), errno.ENODEV)
	r.wantErr(r.f.Unregister(o), errno.ENODEV)
	r.wantErr(r.f.SetEnabled(true), errno.ENODEV)
	if diff := cmp.Diff(want, r.bytes(fSite, siteSize)); diff != "" {
		t.Errorf("the kill changed a live site (-want +got):\n%s", diff)
	}
	// A module that comes now keeps the calls that it was built with.
	before := r.bytes(modAt, 16)
	r.must(r.f.Init("mod", []Site{{IP: modSite}}))
	r.must(r.f.ModuleEnable("mod"))
	if diff := cmp.Diff(before, r.bytes(modAt, 16)); diff != "" {
		t.Errorf("text of the module (-want +got):\n%s", diff)
	}
	r.wantFlags(modSite, FlagDisabled)
	if r.log != nil {
		t.Errorf("log = %q", r.log)
	}
}

// The report of a site that has been tampered with names the trampoline that it
// should call, and whose it is.
func TestBugNamesTrampoline(t *testing.T) {
	r := started(t)
	o := r.register(r.ops(handlerA, opsA, OpsSaveRegs, fSite))
	r.poke(fSite, []byte{0x90})
	r.log = nil
	second := r.ops(handlerB, opsB, 0, fSite)
	r.wantErr(r.f.Register(second), errno.ENODEV)
	want := fmt.Sprintf(" (2) R  \ttramp: 0x%x (%s)\ttramp: 0x%x (%s)", second.Trampoline().Addr,
		r.f.syms.Format(handlerB), o.Trampoline().Addr, r.f.syms.Format(handlerA))
	if !slices.Contains(r.log, want) {
		t.Errorf("log %q has no line %q", r.log, want)
	}
}
