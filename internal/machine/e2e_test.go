package machine

import (
	"os"
	"testing"
	"time"

	"klpemu/internal/obj"
)

const guestDir = "../../testdata/guest/"

func guestFiles(t *testing.T, names ...string) []*obj.File {
	t.Helper()
	var files []*obj.File
	for _, n := range names {
		data, err := os.ReadFile(guestDir + n)
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

func TestE2E(t *testing.T) {
	m := bootTest(t, Config{Kernel: guestFiles(t, "fentry/kernel.o"), Console: func(l string) { t.Log("console:", l) }})
	call := func(fn string, args ...uint64) {
		addr := m.Symbols("", fn)
		v, err := m.Call(addr[0], args...)
		t.Log(fn, int64(v), err)
		if err := m.EndCommand(); err != nil {
			t.Fatal(err)
		}
	}
	call("read_the_pair")
	spec, err := ParseKlp("fix.klp", []byte("livepatch fix\nobject vmlinux\n func read_pair fixed_read_pair\n"))
	if err != nil {
		t.Fatal(err)
	}
	err = m.Insmod(ModuleSource{Name: "fix", Patch: spec, Files: guestFiles(t, "fentry/fix_pair.o")})
	t.Log("insmod", err, m.Klp().LastReport())
	call("read_the_pair")
	if err := m.Sleep(2 * time.Second); err != nil {
		t.Fatal(err)
	}
	t.Log(m.Klp().LastReport())
	call("read_the_pair")
	for _, r := range m.Ftrace().Records() {
		b := make([]byte, 5)
		m.Mem().Read(r.IP, b)
		t.Logf("%s %x %x", m.Format(r.IP), r.Flags, b)
	}
}
