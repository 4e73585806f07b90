package trace

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSource(t *testing.T) {
	var got []Event
	s := Source{
		Sink:   func(e Event) { got = append(got, e) },
		File:   "kernel/livepatch/core.c",
		Prefix: "livepatch: ",
	}
	s.Notice("__klp_enable_patch", "enabling patch '%s'", "fix")
	if !s.WarnOn(true, "klp_patch_func", "func->patched") {
		t.Error("WarnOn(true) = false")
	}
	if s.WarnOn(false, "klp_patch_func", "!func->old_func") {
		t.Error("WarnOn(false) = true")
	}
	want := []Event{
		{Kind: Message, Level: Notice, File: s.File, Func: "__klp_enable_patch", Text: "livepatch: enabling patch 'fix'"},
		{Kind: Warn, Level: Warning, File: s.File, Func: "klp_patch_func", Text: "func->patched"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if got, want := got[1].String(), "WARNING: klp_patch_func: func->patched"; got != want {
		t.Errorf("String() = %q, want %q", got, want)
	}
}

func TestNilSinkDropsEvents(t *testing.T) {
	var s Source
	s.Err("f", "nobody listens") // must not panic
}
