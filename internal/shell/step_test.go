package shell

import (
	"strings"
	"testing"

	"klpemu/internal/machine"
	"klpemu/internal/vfs"
)

// newMachineShell makes a shell on a machine that has booted.
func newMachineShell(t *testing.T) *Shell {
	t.Helper()
	tree := vfs.New(vfs.Options{Now: BootTime})
	for _, err := range []error{tree.MkdirAll("/root", 0o755), tree.MountDev()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	console := NewConsole(1<<20, nil)
	sys, err := NewSystem(tree, console, machine.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sys.Close)
	return New(Config{FS: tree, Host: sys, Console: console, Commands: sys.Commands()})
}

// Lines of a step that nobody reads still end at the limit of output.
func TestStepIsBounded(t *testing.T) {
	for _, cmd := range []string{"step 99999999 > /dev/null", "step 99999999 | head -1"} {
		s := newMachineShell(t)
		s.Run("printf '.globl spin\\n.type spin,@function\\nspin: jmp spin\\n' > spin.s; boot spin.s; spawn spin")
		s.k.limits.Output, s.k.limits.Pipe = 1<<16, 1<<16
		r := s.Run(cmd)
		if r.Err == nil || !strings.Contains(r.Err.Error(), "limit reached: 65536 bytes") {
			t.Errorf("%s: %+v, want a limit", cmd, r)
		}
	}
}
