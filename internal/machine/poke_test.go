package machine

import (
	"fmt"
	"strings"
	"testing"

	"klpemu/internal/obj"
	"klpemu/internal/smp"
)

const pokeKernel = `
	.text
	.globl answer
	.type answer, @function
answer:
	endbr64
	call __fentry__
	mov $41, %eax
	ret
	.size answer, . - answer
	.globl ask
	.type ask, @function
ask:
	endbr64
	call __fentry__
	push %rbp
	mov %rsp, %rbp
	call answer
	pop %rbp
	ret
	.size ask, . - ask
`

func assemble(t testing.TB, name, src string) *obj.File {
	t.Helper()
	f, err := ParseObject(name, []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// pokeRun attaches the function tracer to answer and takes it away while a fresh and a stale
// vCPU go through its call site: first instructions before the poke begins, and
// step of them at every point of it. It returns the first thing that is wrong.
func pokeRun(t *testing.T, naive bool, first, step int) error {
	t.Helper()
	m := bootTest(t, Config{CPUs: 3, NaivePoke: naive, Kernel: []*obj.File{assemble(t, "k.s", pokeKernel)}})
	defer m.Close()
	site := m.Symbols("", "answer")[0] + 4
	ask := m.Symbols("", "ask")[0]
	m.cpus[2].vcpu.SetStale(true)
	for cpu := 1; cpu <= 2; cpu++ {
		if _, err := m.Spawn(SpawnOptions{Comm: "ask", CPU: cpu, Loop: true, Fn: ask}); err != nil {
			t.Fatal(err)
		}
		if err := m.Run(RunOptions{CPU: cpu, Count: uint64(200 + first*cpu)}); err != nil {
			t.Fatal(err)
		}
	}
	var wrong error
	move := func(c *CPU) {
		task := c.curr
		m.runCPU(c, 1)
		rip := c.vcpu.RIP()
		switch {
		case wrong != nil:
		case m.oopses > 0 || m.log.warns > 0:
			wrong = fmt.Errorf("cpu %d died: %v", c.id, m.failures)
		case rip > site && rip < site+5:
			wrong = fmt.Errorf("cpu %d executes the middle of the site, at %x", c.id, rip)
		case task.exitStatus != 41:
			wrong = fmt.Errorf("cpu %d: answer gave %d", c.id, task.exitStatus)
		}
	}
	work := func(f func() error) {
		var err error
		pid, startErr := m.StartJob("job", func() int { err = f(); return 0 })
		if startErr != nil {
			t.Fatal(startErr)
		}
		j := m.jobs[pid]
		m.schedule(m.cpus[0])
		m.bus.SetHook(func(_ smp.Op, p smp.Point) {
			if m.running != nil && m.running.task.job == j && strings.HasPrefix(string(p), "text_poke") {
				m.parkFor(parkPoint)
			}
		})
		for i := 0; !j.done && i < 10000 && wrong == nil; i++ {
			m.expire()
			if m.cpus[0].curr.job == j {
				m.runCPU(m.cpus[0], 1)
			}
			for range step {
				move(m.cpus[1])
				move(m.cpus[2])
			}
			m.schedule(m.cpus[0])
		}
		m.bus.SetHook(nil)
		if err != nil && wrong == nil {
			wrong = err
		}
	}
	if err := m.tracer.SetHash(true, []uint64{site}); err != nil {
		t.Fatal(err)
	}
	for _, tracer := range []string{"function", "nop"} {
		work(func() error { return m.tracer.SetCurrent(tracer) })
		for i := 0; i < 100 && wrong == nil; i++ {
			move(m.cpus[1])
			move(m.cpus[2])
		}
	}
	return wrong
}

// One poke, one fresh and one stale vCPU, interleaved after every instruction at
// every byte of the site: nobody ever executes anything but the old or the new
// instruction as a whole.
func TestPokeInterleaved(t *testing.T) {
	for first := range 24 {
		for _, step := range []int{1, 2, 3, 7} {
			if err := pokeRun(t, false, first, step); err != nil {
				t.Fatalf("%d instructions before, %d at each point: %v", first, step, err)
			}
		}
	}
}

// The same with the naive poke goes wrong: the test above can see it.
func TestNaivePokeGoesWrong(t *testing.T) {
	bad := 0
	for first := range 24 {
		if pokeRun(t, true, first, 3) != nil {
			bad++
		}
	}
	if bad == 0 {
		t.Error("no run with a naive poke has failed")
	}
}
