package machine

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"klpemu/internal/compress"
	"klpemu/internal/errno"
)

// TestKoCorpus loads every module of a real kernel into a machine: what is
// refused is refused for symbols that nobody exports, all of which are named.
// KLPEMU_MODULES names the directory.
func TestKoCorpus(t *testing.T) {
	dir := os.Getenv("KLPEMU_MODULES")
	if dir == "" {
		t.Skip("set KLPEMU_MODULES to a directory with kernel modules to load them all")
	}
	count := map[string]int{}
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(compress.Name(name), ".ko") {
			return err
		}
		data, err := os.ReadFile(name)
		if err == nil {
			data, err = compress.Unpack(name, data, 0)
		}
		if err != nil {
			return err
		}
		count[loadCorpus(t, filepath.Base(name), data)]++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(count)
}

func loadCorpus(t *testing.T, name string, file []byte) string {
	var lines []string
	m := bootTest(t, Config{CPUs: 2, Console: func(s string) { lines = append(lines, s) }})
	defer m.Close()
	err := m.Insmod(ModuleSource{Ko: file})
	var load *LoadError
	switch {
	case err == nil:
		return "loaded"
	case !errors.As(err, &load) || load.Detail != nil:
		t.Errorf("%s: %v\n%s", name, err, strings.Join(lines, "\n"))
	case load.Err == errno.ENOENT && strings.Contains(strings.Join(lines, "\n"), "Unknown symbol"):
		if len(m.percpu.used) != 0 || len(m.modules) != 0 || len(m.modspace.used) != 0 {
			t.Errorf("%s: something of it stays", name)
		}
		return "missing symbols"
	}
	t.Logf("%s: %v\n%s", name, err, strings.Join(lines, "\n"))
	return "init failed"
}
