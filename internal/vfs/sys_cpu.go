package vfs

import (
	"fmt"
	"strconv"
	"strings"

	"klpemu/internal/machine"
)

// cpuDir is /sys/devices/system/cpu. CPU 0 has no "online" file, because it
// cannot go offline.
func cpuDir(m Current) Node {
	list := func(keep func(c *machine.CPU) bool) *Attr {
		return show(func() string { return cpuList(m(), keep) })
	}
	all := func(*machine.CPU) bool { return true }
	fixed := []Entry{
		{"offline", list(func(c *machine.CPU) bool { return !c.Online() })},
		{"online", list((*machine.CPU).Online)},
		{"possible", list(all)},
		{"present", list(all)},
	}
	return &DynDir{Perm: 0o755, List: func() []Entry {
		var entries []Entry
		for i := range m().CPUs() {
			entries = append(entries, Entry{"cpu" + strconv.Itoa(i), oneCPU(m, i)})
		}
		return append(entries, fixed...)
	}}
}

func oneCPU(m Current, n int) Node {
	if n == 0 {
		return dir(0o755)
	}
	return dir(0o755, Entry{"online", &Attr{
		Perm: 0o644,
		Show: func() ([]byte, error) { return []byte(boolText(m().CPUs()[n].Online())), nil },
		Store: func(data []byte) error {
			on, err := parseBool(data)
			if err != nil {
				return err
			}
			if blocked := m().Do("cpu_subsys_online", func() { err = m().SetOnline(n, on) }); blocked != nil {
				return blocked
			}
			return err
		},
	}})
}

// cpuList prints CPUs as ranges (bitmap_print_to_pagebuf).
func cpuList(m *machine.Machine, keep func(*machine.CPU) bool) string {
	var parts []string
	cpus := m.CPUs()
	for i := 0; i < len(cpus); i++ {
		if !keep(cpus[i]) {
			continue
		}
		first := i
		for i+1 < len(cpus) && keep(cpus[i+1]) {
			i++
		}
		if first == i {
			parts = append(parts, strconv.Itoa(i))
		} else {
			parts = append(parts, fmt.Sprintf("%d-%d", first, i))
		}
	}
	return strings.Join(parts, ",") + "\n"
}
