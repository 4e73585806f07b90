package machine

import (
	"testing"
)

func bootTest(t *testing.T, cfg Config) *Machine {
	t.Helper()
	m, err := Boot(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

func TestBoot(t *testing.T) {
	m := bootTest(t, Config{})
	for _, task := range append(m.IdleTasks(), m.Tasks()...) {
		t.Log(task, m.Backtrace(task))
	}
}
