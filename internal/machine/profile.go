package machine

import (
	"fmt"
	"strconv"
	"strings"
)

// Profile is the layout of one kernel's structures: where the members are that
// modules reach without asking the kernel, because inline functions do.
type Profile struct {
	Name    string
	Fields  []ProfileField
	offsets map[string]uint64
}

// ProfileField is a member, or with an empty Member the size of a structure.
type ProfileField struct {
	Struct, Member string
	Value          uint64
}

// Offset is the offset of "struct.member", and the size of "struct".
func (p *Profile) Offset(name string) (uint64, bool) {
	v, ok := p.offsets[name]
	return v, ok
}

// DefaultProfile is the layout that the built-in kernel has: the one of
// Debian's 6.12 for amd64 (the cloud flavour), as pahole tells it.
func DefaultProfile() (*Profile, error) { return ParseProfile("6.12 Debian amd64", debian612) }

// ParseProfile reads a layout: a line "struct SIZE", below it its members as
// "member OFFSET", several on a line.
func ParseProfile(name, text string) (*Profile, error) {
	p := &Profile{Name: name, offsets: map[string]uint64{}}
	current := ""
	for n, line := range strings.Split(text, "\n") {
		words := strings.Fields(line)
		if len(words)%2 != 0 {
			return nil, fmt.Errorf("profile %s:%d: pairs of name and number expected", name, n+1)
		}
		for i := 0; i < len(words); i += 2 {
			v, err := strconv.ParseUint(words[i+1], 0, 32)
			if err != nil {
				return nil, fmt.Errorf("profile %s:%d: %s: %w", name, n+1, words[i], err)
			}
			f := ProfileField{current, words[i], v}
			if line[0] != '\t' {
				current = words[i]
				f = ProfileField{current, "", v}
			}
			p.Fields = append(p.Fields, f)
			p.offsets[f.String()] = v
		}
	}
	return p, nil
}

// String is the name by which Offset knows the field.
func (f ProfileField) String() string {
	if f.Member == "" {
		return f.Struct
	}
	return f.Struct + "." + f.Member
}

// layout holds the offsets that the machine's own code uses.
type layout struct {
	task struct {
		size, flags, cpu, state, stack, usage, onCPU, pf, tasks, mm, exitState, exitCode, pid, tgid, canary,
		realParent, parent, groupLeader, realCred, cred, comm, nsproxy, signal, prio, staticPrio, normalPrio,
		traceRecursion, patchState, startTime, rcuNesting uint64
	}
	seqFile uint64 // size of struct seq_file
	hot     struct {
		current, preemptCount, cpuNumber, topOfStack uint64
	}
}

// resolve fills the layout from a profile.
func (l *layout) resolve(p *Profile) error {
	for _, f := range []struct {
		to   *uint64
		name string
	}{
		{&l.task.size, "task_struct"},
		{&l.task.flags, "task_struct.thread_info.flags"},
		{&l.task.cpu, "task_struct.thread_info.cpu"},
		{&l.task.state, "task_struct.__state"},
		{&l.task.stack, "task_struct.stack"},
		{&l.task.usage, "task_struct.usage"},
		{&l.task.onCPU, "task_struct.on_cpu"},
		{&l.task.pf, "task_struct.flags"},
		{&l.task.prio, "task_struct.prio"},
		{&l.task.staticPrio, "task_struct.static_prio"},
		{&l.task.normalPrio, "task_struct.normal_prio"},
		{&l.task.tasks, "task_struct.tasks"},
		{&l.task.mm, "task_struct.mm"},
		{&l.task.exitState, "task_struct.exit_state"},
		{&l.task.exitCode, "task_struct.exit_code"},
		{&l.task.pid, "task_struct.pid"},
		{&l.task.tgid, "task_struct.tgid"},
		{&l.task.canary, "task_struct.stack_canary"},
		{&l.task.realParent, "task_struct.real_parent"},
		{&l.task.parent, "task_struct.parent"},
		{&l.task.groupLeader, "task_struct.group_leader"},
		{&l.task.realCred, "task_struct.real_cred"},
		{&l.task.cred, "task_struct.cred"},
		{&l.task.comm, "task_struct.comm"},
		{&l.task.nsproxy, "task_struct.nsproxy"},
		{&l.task.signal, "task_struct.signal"},
		{&l.task.startTime, "task_struct.start_time"},
		{&l.task.traceRecursion, "task_struct.trace_recursion"},
		{&l.task.patchState, "task_struct.patch_state"},
		{&l.seqFile, "seq_file"},
		{&l.task.rcuNesting, "task_struct.rcu_read_lock_nesting"},
		{&l.hot.current, "pcpu_hot.current_task"},
		{&l.hot.preemptCount, "pcpu_hot.preempt_count"},
		{&l.hot.cpuNumber, "pcpu_hot.cpu_number"},
		{&l.hot.topOfStack, "pcpu_hot.top_of_stack"},
	} {
		v, ok := p.Offset(f.name)
		if !ok {
			return fmt.Errorf("profile %s lacks %s", p.Name, f.name)
		}
		*f.to = v
	}
	return nil
}

// chooseProfile is the first step of a boot.
func (m *Machine) chooseProfile() error {
	p, err := DefaultProfile()
	if err != nil {
		return err
	}
	m.profile = p
	return m.lay.resolve(p)
}

// Profile is the layout of the machine's kernel.
func (m *Machine) Profile() *Profile { return m.profile }
