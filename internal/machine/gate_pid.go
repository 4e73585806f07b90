package machine

// pidGates are kernel/pid.c. There is one pid namespace.
func pidGates() []gate {
	return []gate{
		fnGate("__task_pid_nr_ns", (*Machine).taskPidNr),
	}
}

// Kinds of pids (enum pid_type).
const (
	pidtypePID  = 0
	pidtypeTGID = 1
)

// taskPidNr is __task_pid_nr_ns(task, type, ns).
func (m *Machine) taskPidNr(_ *Task, a guestArgs) (uint64, error) {
	t, err := m.taskOf(a[0])
	if err != nil {
		return 0, err
	}
	switch a[1] {
	case pidtypePID, pidtypeTGID:
		return uint64(t.PID), nil
	}
	return 0, nil // no process groups, no sessions
}
