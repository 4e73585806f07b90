package machine

import (
	"testing"
)

func TestDynamicDebug(t *testing.T) {
	const file, fn = "kernel/livepatch/transition.c", "klp_try_switch_task"
	tests := []struct {
		name    string
		queries []string
		want    bool
		bad     bool
	}{
		{"off by default", nil, false, false},
		{"by path with a star", []string{"file kernel/livepatch/* +p"}, true, false},
		{"by base name", []string{"file transition.c +p"}, true, false},
		{"by function", []string{"func klp_try_switch_task +p"}, true, false},
		{"another function", []string{"func klp_send_signals +p"}, false, false},
		{"by module", []string{"module livepatch +p"}, true, false},
		{"the last one decides", []string{"file kernel/livepatch/* +p", "func klp_try_switch_task -p"}, false, false},
		{"two in one write", []string{"file kernel/livepatch/* +p; func klp_try_switch_task -p\n"}, false, false},
		{"everything", []string{"+p"}, true, false},
		{"set to nothing", []string{"+p", "=_"}, false, false},
		{"set to p", []string{"=p"}, true, false},
		{"another flag", []string{"+m"}, false, false},
		{"no value", []string{"file +p"}, false, true},
		{"unknown keyword", []string{"frob x +p"}, false, true},
		{"bad operator", []string{"file x *p"}, false, true},
		{"bad flag", []string{"file x +z"}, false, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := bootTest(t, Config{CPUs: 1})
			var err error
			for _, q := range tt.queries {
				err = m.DynamicDebug(q)
			}
			if (err != nil) != tt.bad {
				t.Errorf("error %v, want one: %v", err, tt.bad)
			}
			if got := m.log.dynamic.enabled(file, fn); got != tt.want {
				t.Errorf("enabled = %v, want %v", got, tt.want)
			}
		})
	}
}
