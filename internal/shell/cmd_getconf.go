package shell

import "klpemu/internal/machine"

// runGetconf is getconf(1) for what sysconf and the headers say of the machine.
func (s *System) runGetconf(c *Ctx) int {
	switch len(c.Args) {
	case 2, 3: // a path is of no weight for these names
	default:
		return c.UsageError("expected the name of one variable")
	}
	v, ok := s.sysconf(c.Args[1])
	if !ok {
		c.Errorf("Unrecognized variable `%s'", c.Args[1])
		return 2
	}
	return c.Print(itoa(v) + "\n")
}

// sysconf gives the value of a name.
func (s *System) sysconf(name string) (int, bool) {
	switch name {
	case "_NPROCESSORS_CONF":
		return len(s.m.CPUs()), true
	case "_NPROCESSORS_ONLN":
		return onlineCPUs(s.m), true
	}
	v, ok := map[string]int{
		"PAGESIZE": 4096, "PAGE_SIZE": 4096, "CLK_TCK": 100, "LONG_BIT": 64, "WORD_BIT": 32, "CHAR_BIT": 8,
		"ARG_MAX": 2097152, "NAME_MAX": 255, "PATH_MAX": 4096, "OPEN_MAX": 1024, "PIPE_BUF": 4096,
	}[name]
	return v, ok
}

func onlineCPUs(m *machine.Machine) int {
	n := 0
	for _, c := range m.CPUs() {
		if c.Online() {
			n++
		}
	}
	return n
}
