package machine

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"klpemu/internal/obj"
	"klpemu/transition"
)

const scenarioDir = "../../testdata/scenarios/transition/"

func objects(t testing.TB, names ...string) []*obj.File {
	t.Helper()
	var files []*obj.File
	for _, n := range names {
		data, err := os.ReadFile(scenarioDir + n)
		if err != nil {
			t.Fatal(err)
		}
		f, err := obj.Parse(n, data)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

// rig is a machine with spin.o for a kernel and what it has printed.
type rig struct {
	testing.TB
	m   *Machine
	log []string
}

func newRig(t testing.TB, cfg Config) *rig {
	t.Helper()
	r := &rig{TB: t}
	if cfg.Kernel == nil {
		cfg.Kernel = objects(t, "spin.o")
	}
	cfg.Console = func(line string) { r.log = append(r.log, line) }
	m, err := Boot(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	r.m = m
	return r
}

func (r *rig) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *rig) fn(name string) uint64 {
	r.Helper()
	for _, s := range r.m.syms.ByName(name) {
		return s.Addr
	}
	r.Fatalf("no function %s", name)
	return 0
}

func (r *rig) spawn(o SpawnOptions, name string, args ...uint64) *Task {
	r.Helper()
	o.Fn, o.Args, o.Comm = r.fn(name), args, name
	pid, err := r.m.Spawn(o)
	r.must(err)
	return r.m.Task(pid)
}

// patch loads a livepatch of one function of the kernel.
func (r *rig) patch(name, old, new string) {
	r.Helper()
	spec, err := ParseKlp(name, []byte(fmt.Sprintf("livepatch %s\nobject vmlinux\n func %s %s\n", name, old, new)))
	r.must(err)
	r.must(r.m.Insmod(ModuleSource{Name: name, Patch: spec, Files: objects(r, "spin_fix.o")}))
	r.must(r.m.EndCommand())
}

func (r *rig) sleep(d time.Duration) {
	r.Helper()
	r.m.BeginCommand()
	r.must(r.m.Sleep(d))
	r.must(r.m.EndCommand())
}

func (r *rig) logged(text string) int {
	n := 0
	for _, l := range r.log {
		if strings.Contains(l, text) {
			n++
		}
	}
	return n
}

func state(t *Task) transition.PatchState {
	s, _ := t.Peek()
	return s
}

// A table of what holds a task (C.7), with the verdict of an attempt.
func TestVerdicts(t *testing.T) {
	for _, tt := range []struct {
		name    string
		cfg     Config
		objs    []string
		kthread bool
		fn      string
		args    []uint64
		patch   string // the function that is patched
		reason  transition.Reason
		text    string // in what the report says
	}{
		{name: "the function is on the stack", fn: "outer", args: []uint64{50}, patch: "leaf", reason: transition.OnStack, text: "frame 2 of 6, leaf+"},
		{name: "a caller is on the stack", fn: "outer", args: []uint64{50}, patch: "middle", reason: transition.OnStack, text: "frame 3 of 6, middle+"},
		{name: "user task, another function", fn: "outer", args: []uint64{50}, patch: "turn", reason: transition.Switched},
		{name: "kthread, another function", kthread: true, fn: "outer", args: []uint64{50}, patch: "turn", reason: transition.Switched},
		{name: "kthread on the stack", kthread: true, fn: "outer", args: []uint64{50}, patch: "leaf", reason: transition.OnStack, text: "frame 2 of 7, leaf+"},
		{name: "running", fn: "spin", patch: "turn", reason: transition.Running},
		{name: "running, of all things in the function", fn: "loop_hard", patch: "turn", reason: transition.Running},
		{name: "100 entries", fn: "deep", args: []uint64{97, 50_000}, patch: "turn", reason: transition.Switched},
		{name: "101 entries", fn: "deep", args: []uint64{98, 50_000}, patch: "turn", reason: transition.Unreliable, text: "more than 100 entries"},
		{name: "no unwind data", objs: []string{"spin.o", "blind.o"}, fn: "blind", args: []uint64{50}, patch: "turn", reason: transition.Unreliable, text: "no unwind data"},
		{name: "ORC", objs: []string{"orc.o", "spin.o"}, fn: "orc_sleeper", args: []uint64{50_000}, patch: "turn", reason: transition.Switched},
		{name: "ORC that ends in nothing", objs: []string{"orc.o", "spin.o"}, fn: "orc_broken", args: []uint64{50_000}, patch: "turn", reason: transition.Unreliable, text: "has no type"},
		{name: "not kernel text", objs: []string{"orc.o", "spin.o"}, fn: "orc_astray", args: []uint64{50_000}, patch: "turn", reason: transition.Unreliable, text: "is not kernel text"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.objs != nil {
				tt.cfg.Kernel = objects(t, tt.objs...)
			}
			r := newRig(t, tt.cfg)
			task := r.spawn(SpawnOptions{CPU: 1, Kthread: tt.kthread}, tt.fn, tt.args...)
			if err := r.m.Run(RunOptions{CPU: -1, Count: 3000, Until: task.sleeps}); err != nil && tt.reason != transition.Running {
				t.Fatal(err)
			}
			r.patch("fix", tt.patch, tt.patch+"_2")
			got := transition.Switched
			for _, s := range r.m.klp.LastReport().Stragglers {
				if s.Task == &task.Task {
					got = s.Reason
				}
			}
			if got != tt.reason {
				t.Errorf("reason %v, want %v", got, tt.reason)
			}
			if want := map[bool]transition.PatchState{true: transition.Patched, false: transition.Unpatched}[tt.reason == transition.Switched]; state(task) != want {
				t.Errorf("state %v, want %v", state(task), want)
			}
			for _, s := range r.m.Stragglers() {
				if s.Task == task && !strings.Contains(s.Holds, tt.text) {
					t.Errorf("held by %q, want %q", s.Holds, tt.text)
				}
			}
		})
	}
}

// walkable reports whether a task's stack can be walked where it may be. Once
// a trampoline has put the new function in the place of its own return address,
// what the unwinder finds there is no return address: that stack is unreliable
// up to the ret, in the kernel too.
func (r *rig) walkable(task *Task) (bool, string) {
	tr := r.m.walk(task)
	return tr.Reliable || tr.At == r.fn("leaf_3"), tr.Why
}

// A task that is stopped in a per-ops trampoline, or in the handler behind it,
// can be walked: the copy has the unwind data of the original.
func TestStackInTrampoline(t *testing.T) {
	r := newRig(t, Config{CPUs: 1})
	r.patch("fix", "leaf", "leaf_3")
	tramp := r.m.trampolines.live[0]
	task := r.spawn(SpawnOptions{}, "outer", 1)
	seen := map[string]bool{}
	r.must(r.m.Run(RunOptions{CPU: -1, Until: func() bool {
		rip := r.m.TaskRegs(task).RIP
		if r.m.Task(task.PID) == nil {
			return true
		}
		in := rip >= tramp.addr && rip < tramp.addr+tramp.size
		if !in && r.m.syms.Format(rip)[:3] != "klp" {
			return false
		}
		seen[map[bool]string{true: "trampoline", false: "handler"}[in]] = true
		if ok, why := r.walkable(task); !ok {
			t.Errorf("at %s: %s", r.m.syms.Format(rip), why)
		}
		return false
	}}))
	if !seen["trampoline"] || !seen["handler"] {
		t.Errorf("the task was seen in %v", seen)
	}
}

// With full preemption a task is preempted at any instruction, and can be
// walked wherever that was; its registers come back whole.
func TestPreemptAnywhere(t *testing.T) {
	r := newRig(t, Config{CPUs: 1, Preempt: PreemptFull})
	r.patch("fix", "leaf", "leaf_3")
	task := r.spawn(SpawnOptions{Kthread: true}, "outer", 1)
	for i := 0; i < 100 && r.m.Task(task.PID) != nil; i++ {
		r.must(r.m.Run(RunOptions{CPU: -1, Count: 1}))
		c := r.m.cpus[0]
		if c.curr != task && task.state == Running && r.m.Task(task.PID) != nil {
			r.m.claimCPU(c, task)
		}
		if r.m.Task(task.PID) == nil || task.state != Running || task.inInterrupt || task.inUser {
			continue
		}
		before := c.vcpu.State()
		where := r.m.syms.Format(before.RIP)
		r.m.claimCPU(c, task)
		r.m.interrupt(c, task)
		for !task.inInterrupt || c.curr == task && c.vcpu.RIP() != before.RIP {
			r.m.runCPU(c, 1)
			if ok, why := r.walkable(task); !ok {
				t.Fatalf("interrupted at %s, now at %s: %s", where, r.m.syms.Format(c.vcpu.RIP()), why)
			}
			if !task.inInterrupt {
				break
			}
		}
		if got := c.vcpu.State(); got != before {
			t.Fatalf("interrupted at %s:\n got %+v\nwant %+v", where, got, before)
		}
	}
}

// Signals are sent at attempts 16, 31 and 46, and the message comes once.
func TestSignalAttempts(t *testing.T) {
	r := newRig(t, Config{CPUs: 1})
	task := r.spawn(SpawnOptions{}, "outer", 1000)
	r.must(r.m.Run(RunOptions{CPU: -1, Until: task.sleeps}))
	r.patch("fix", "leaf", "leaf_2")
	var at []int
	for i := 0; i < 50; i++ {
		if rep := r.m.klp.LastReport(); rep.Signaled && (len(at) == 0 || at[len(at)-1] != rep.Attempt) {
			at = append(at, rep.Attempt)
		}
		r.sleep(time.Second)
	}
	if fmt.Sprint(at) != "[16 31 46]" {
		t.Errorf("signals at attempts %v, want 16, 31 and 46", at)
	}
	if n := r.logged("signaling remaining tasks"); n != 1 {
		t.Errorf("%d messages, want one", n)
	}
}

// A grace period waits for the CPU that does not give way, also when it belongs
// to a transition that was forced; the command that waits says for whom.
func TestGracePeriodIsHeldUp(t *testing.T) {
	for _, p := range []Preemption{PreemptNone, PreemptVoluntary, PreemptFull} {
		t.Run(p.String(), func(t *testing.T) {
			r := newRig(t, Config{Preempt: p, Limits: Limits{Insns: 200_000}})
			r.spawn(SpawnOptions{CPU: 1, Kthread: true}, "spin")
			r.must(r.m.Run(RunOptions{CPU: -1, Count: 100}))
			var took time.Duration
			err := r.m.Do("wait", func() {
				start := r.m.Now()
				klpScheduler{r.m}.Synchronize()
				took = r.m.Now() - start
			})
			if p == PreemptFull {
				if err != nil || took > 10*time.Millisecond {
					t.Errorf("the wait took %v: %v", took, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), "cpu 1 must leave spin:101") {
				t.Errorf("error %v, want one that names the CPU and the task", err)
			}
		})
	}
}

// A command that gives up waiting for klp_mutex does not let it go for its
// holder.
func TestMutexOfAnother(t *testing.T) {
	r := newRig(t, Config{Limits: Limits{Insns: 3_000_000}})
	r.spawn(SpawnOptions{CPU: 1, Kthread: true}, "loop_hard")
	r.must(r.m.Run(RunOptions{CPU: -1, Count: 100}))
	r.patch("fix", "turn", "turn_2")
	p := r.m.klp.TransitionPatch()
	r.must(r.m.Do("force", func() { r.must(r.m.klp.StoreForce(p, true)) }))
	r.sleep(1500 * time.Millisecond)
	for range 2 {
		r.m.BeginCommand()
		var stored error
		err := r.m.Do("enabled_store", func() { stored = r.m.klp.Store(p, false) })
		if err == nil || stored != nil || !strings.Contains(err.Error(), "klp_mutex") {
			t.Errorf("errors %v and %v, want a wait for klp_mutex", err, stored)
		}
		if !r.m.klpMutex || r.m.klpOwner != r.m.worker {
			t.Errorf("klp_mutex held %v by %v, want by the kworker", r.m.klpMutex, r.m.klpOwner)
		}
	}
}

// Preemption off keeps a task on its CPU under full preemption.
func TestPreemptOff(t *testing.T) {
	r := newRig(t, Config{Preempt: PreemptFull})
	r.spawn(SpawnOptions{CPU: 1, Kthread: true}, "spin_nopreempt")
	r.sleep(100 * time.Millisecond)
	second := r.spawn(SpawnOptions{CPU: 1, Kthread: true}, "spin")
	r.sleep(time.Second)
	if tr := r.m.walk(second); len(tr.Entries) != 1 {
		t.Errorf("the second task ran: %v", r.m.Backtrace(second))
	}
}

// A transition from init to end leaves no task in it, whatever happened to
// tasks meanwhile: fork, exit, CPUs going and coming.
func TestTasksComeAndGo(t *testing.T) {
	r := newRig(t, Config{CPUs: 4, Offline: []int{3}})
	parent := r.spawn(SpawnOptions{CPU: 1}, "outer", 4)
	r.must(r.m.Run(RunOptions{CPU: -1, Until: parent.sleeps}))
	r.patch("fix", "leaf", "leaf_2")
	old := r.spawn(SpawnOptions{CPU: 2, Parent: parent.PID}, "outer", 1)
	young := r.spawn(SpawnOptions{CPU: 2}, "outer", 1)
	thread := r.spawn(SpawnOptions{CPU: 2, Kthread: true}, "outer", 1)
	for _, tt := range []struct {
		task *Task
		want transition.PatchState
	}{{parent, transition.Unpatched}, {old, transition.Unpatched}, {young, transition.Patched}, {thread, transition.Patched}} {
		if got := state(tt.task); got != tt.want {
			t.Errorf("%v: state %v, want %v", tt.task, got, tt.want)
		}
	}
	r.must(r.m.SetOnline(3, true))
	r.sleep(2 * time.Second)
	r.must(r.m.SetOnline(2, false))
	r.sleep(4 * time.Second)
	if r.logged("patching complete") != 1 {
		t.Errorf("no end: %v", r.m.Stragglers())
	}
	for _, task := range append(r.m.Tasks(), r.m.IdleTasks()...) {
		if s, pending := task.Peek(); s != transition.Idle || pending {
			t.Errorf("%v is left with state %v, pending %v", task, s, pending)
		}
	}
}
