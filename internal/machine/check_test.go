package machine

import (
	"testing"

	"klpemu/internal/trace"
	"klpemu/transition"
)

// Each property is missed where it is broken.
func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		name   string
		breach func(r *rig, sleeper *Task)
		want   string
	}{
		{"nothing", func(*rig, *Task) {}, ""},
		{"a task switches in the old function", func(r *rig, s *Task) { r.m.klp.SwitchPoint(&s.Task) },
			"outer:101 has switched and stands in leaf+0x17/0x20"},
		{"a task leaves the transition", func(r *rig, s *Task) { r.m.engine.Fork(r.m.neverSwitched(), &s.Task) },
			"outer:101 is in no universe while a function is in transition"},
		{"a message that no kernel has", func(r *rig, _ *Task) { r.m.printk(trace.Info, "livepatch: all is well") },
			"the kernel has no message 'all is well'"},
		{"a call site without its ops", func(r *rig, _ *Task) {
			for _, o := range r.m.klp.OpsList() {
				r.must(r.m.ftrace.Unregister(&o.Fops))
			}
		}, "the call site of leaf calls nobody"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, Config{CPUs: 1, Check: true})
			task := r.spawn(SpawnOptions{}, "outer", 100)
			r.must(r.m.Run(RunOptions{CPU: -1, Until: task.sleeps}))
			r.patch("fix", "leaf", "leaf_2")
			tt.breach(r, task)
			r.m.checks.writes-- // look, whatever has changed
			r.m.check()
			if n := r.logged("klpemu_check"); n != map[bool]int{true: 0, false: 1}[tt.want == ""] || r.logged(tt.want) == 0 {
				t.Errorf("log %q, want one warning with %q", r.log, tt.want)
			}
		})
	}
}

// neverSwitched is a task outside of every transition.
func (m *Machine) neverSwitched() *taskKey {
	var t Task
	t.Comm = "nobody"
	transition.InitTask(&t.Task)
	return &t.Task
}
