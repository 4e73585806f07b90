package ftrace

import (
	"encoding/binary"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A trampoline is its template with two things redirected: the load of the
// ops pointer, which now reads the end of the trampoline, and the call.
func TestTrampolineBytes(t *testing.T) {
	tests := []struct {
		name  string
		flags OpsFlags
		from  uint64
	}{
		{"args", klpFlags, callerAt},
		{"regs", OpsSaveRegs, regsAt},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := started(t)
			o := r.register(r.ops(handlerA, opsA, tt.flags, fSite))
			tr := o.Trampoline()
			if tr.Addr != trampAt || tr.Size != tmplEnd+2+8 || tr.Regs != (tt.from == regsAt) {
				t.Fatalf("trampoline %+v", tr)
			}
			want := r.bytes(tt.from, tmplEnd)
			binary.LittleEndian.PutUint32(want[tmplOp+3:], tmplEnd+2-(tmplOp+7))
			copy(want[tmplCall:], r.call(trampAt+tmplCall, handlerA))
			want = append(want, 0xc3, 0xcc)
			want = binary.LittleEndian.AppendUint64(want, opsA)
			if diff := cmp.Diff(want, r.bytes(trampAt, int(tr.Size))); diff != "" {
				t.Errorf("bytes (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]Template{template(tt.from)}, r.text.from); diff != "" {
				t.Errorf("template (-want +got):\n%s", diff)
			}
		})
	}
}

// Where there is no room for a trampoline the site calls the common one, as on
// a kernel whose create_trampoline fails.
func TestRegisterWithoutTrampoline(t *testing.T) {
	r := started(t)
	r.text.full = true
	o := r.register(r.ops(handlerA, opsA, klpFlags, fSite))
	r.wantCall(fSite, callerAt)
	r.wantFlags(fSite, FlagEnabled|FlagIPModify|FlagTouched|FlagModified|1)
	r.must(r.f.Unregister(o))
	r.wantNop(fSite)
	if r.text.freed != nil {
		t.Errorf("freed %x, which nobody allocated", r.text.freed)
	}
}

// A handler that is too far away gets no trampoline, and the space comes back.
func TestTrampolineOutOfReach(t *testing.T) {
	r := started(t)
	o := r.register(r.ops(dataAt+0x500, opsA, klpFlags, fSite))
	if o.Trampoline() != nil {
		t.Errorf("trampoline %+v calls a handler out of its reach", o.Trampoline())
	}
	if diff := cmp.Diff([]uint64{trampAt}, r.text.freed); diff != "" {
		t.Errorf("freed (-want +got):\n%s", diff)
	}
	r.wantCall(fSite, callerAt)
}

// The trampoline of an ops goes on to no direct function: the jump that
// ftrace_regs_caller has for that is a nop in the copy.
func TestTrampolineHasNoDirectCall(t *testing.T) {
	r := started(t)
	r.f.regsCaller.Jump = regsAt
	o := r.register(r.ops(handlerA, opsA, OpsSaveRegs, fSite))
	if got := r.bytes(o.Trampoline().Addr, 2); got[0] != 0x66 || got[1] != 0x90 {
		t.Errorf("the jump is % x in the copy, want 66 90", got)
	}
}
