package machine

import (
	"errors"
	"fmt"

	"klpemu/cpu"
	"klpemu/internal/machine/kernel"
	"klpemu/internal/obj"
	"klpemu/internal/symtab"
	"klpemu/internal/trace"
	"klpemu/mem"
)

// Boot starts a machine: it links and loads the kernel, turns its call sites
// into nops and starts the tasks that every kernel has.
func Boot(cfg Config) (*Machine, error) {
	if err := cfg.fill(); err != nil {
		return nil, err
	}
	m := &Machine{
		cfg: cfg, mem: mem.New(cfg.Limits.Memory), clock: clock{hz: cfg.Hz},
		core: map[string]uint64{}, globals: map[string]uint64{}, exited: map[int]*Task{}, nextPID: firstPID,
		handles: map[uint64]*Task{},
	}
	m.byTask = make(map[*taskKey]*Task)
	m.src = trace.Source{Sink: m.emit, File: "klpemu"}
	m.trampolines.m = m
	m.unwind.m = m
	for _, step := range []func() error{
		m.chooseProfile, m.startDynamicDebug, m.loadKernel, m.bindGates, m.setupSysfs, m.newKlp, m.initCallSites, m.startCPUs, m.startTasks,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	m.clock = clock{hz: cfg.Hz}
	m.used = 0
	if cfg.Check {
		m.checks = newChecker()
	}
	return m, nil
}

// loadKernel links the core text and the kernel image and puts them in memory.
// The image may refer to the core; the core refers to nothing.
func (m *Machine) loadKernel() error {
	text, core := uint64(textBase), uint64(coreBase)
	if m.cfg.LowBase {
		text, core = lowText, lowCore
	}
	objects, err := kernel.Core()
	if err != nil {
		return err
	}
	coreFiles, err := parseAll(objects)
	if err != nil {
		return err
	}
	coreImage, err := obj.Link(coreFiles, obj.Options{Base: core, Limit: coreLimit})
	if err != nil {
		return fmt.Errorf("core text: %w", err)
	}
	m.addGlobals(m.core, coreImage)
	files := m.cfg.Kernel
	if len(files) == 0 {
		if files, err = builtinKernel(); err != nil {
			return err
		}
	}
	image, err := obj.Link(files, obj.Options{Base: text, Limit: textLimit, Resolve: m.resolveGlobal})
	if err != nil {
		return err
	}
	m.addGlobals(m.globals, image)
	var (
		regions []symtab.Region
		syms    []symtab.Symbol
	)
	for _, im := range []*obj.Image{image, coreImage} {
		if err := m.loadImage(im); err != nil {
			return err
		}
		r, s := im.Symtab()
		regions = append(regions, r...)
		for _, sym := range s {
			if sym.Type == 'a' {
				continue // constants of assembly: scripts/mksysmap drops them too
			}
			// A function that the image brings itself hides the core's.
			if _, ours := m.globals[sym.Name]; im == coreImage && ours {
				continue
			}
			syms = append(syms, sym)
		}
	}
	table, err := symtab.NewObject(vmlinux, regions, syms)
	if err != nil {
		return err
	}
	if err := m.syms.Add(table); err != nil {
		return err
	}
	m.kernelImage, m.coreImage = image, coreImage
	return m.findCoreSymbols()
}

func parseAll(sources []kernel.Object) ([]*obj.File, error) {
	var files []*obj.File
	for _, s := range sources {
		f, err := obj.Parse(s.Name, s.Data)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// addGlobals makes the image's global symbols bindable.
func (m *Machine) addGlobals(to map[string]uint64, im *obj.Image) {
	for _, s := range im.Symbols {
		if _, ok := to[s.Name]; s.Global && !ok {
			to[s.Name] = s.Addr
		}
	}
}

// resolveGlobal finds what guest code may refer to by name: the kernel image's
// global symbols, then those of the core text, then those of loaded modules.
func (m *Machine) resolveGlobal(name string) (uint64, bool) {
	if addr, ok := m.globals[name]; ok {
		return addr, true
	}
	if addr, ok := m.core[name]; ok {
		return addr, true
	}
	for _, mod := range m.modules {
		if addr, ok := mod.globals[name]; ok && !mod.Livepatch {
			return addr, true
		}
	}
	return 0, false
}

// loadImage maps an image's segments. Text is writable by text pokes only.
func (m *Machine) loadImage(im *obj.Image) error {
	for _, s := range im.Segments {
		if err := m.mem.Map(s.Addr, s.Size, mem.Perm(s.Perm)); err != nil {
			return fmt.Errorf("%s at %x: %w", s.Name, s.Addr, err)
		}
		if err := m.mem.Poke(s.Addr, s.Data); err != nil {
			return fmt.Errorf("%s at %x: %w", s.Name, s.Addr, err)
		}
	}
	for _, f := range im.Frames {
		m.noUnwind(m.unwind.add(f))
	}
	m.noUnwind(m.unwind.addORC(im))
	return nil
}

// noUnwind reports unwind data that cannot be read. The code runs all the same;
// stacks through it are unreliable.
func (m *Machine) noUnwind(err error) {
	if err != nil {
		m.printk(trace.Warning, fmt.Sprintf("klpemu: %v; stacks through this code are unreliable", err))
	}
}

func (m *Machine) unloadImage(im *obj.Image) {
	for _, s := range im.Segments {
		_ = m.mem.Unmap(s.Addr, s.Size) // mapped by loadImage
	}
	for _, f := range im.Frames {
		m.unwind.remove(f)
	}
	m.unwind.removeORC(im)
}

func (m *Machine) findCoreSymbols() error {
	for _, s := range []struct {
		name string
		addr *uint64
	}{
		{"entry_SYSCALL_64_after_hwframe", &m.sym.syscall},
		{"ret_from_fork_asm", &m.sym.fork},
		{"kthread", &m.sym.kthread},
		{"cpu_startup_entry", &m.sym.idle},
		{"klpemu_guest_call", &m.sym.guestCall},
		{"asm_sysvec_apic_timer_interrupt", &m.sym.timer},
		{"jiffies", &m.jiffies},
	} {
		addr, ok := m.core[s.name]
		if !ok {
			return fmt.Errorf("core text has no symbol %s", s.name)
		}
		*s.addr = addr
	}
	return nil
}

// initCallSites is ftrace_init.
func (m *Machine) initCallSites() error { return m.ftrace.Init("", sites(m.kernelImage)) }

// startCPUs makes the vCPUs, their per-CPU areas and their idle tasks.
func (m *Machine) startCPUs() error {
	m.canary = hashPointer(m.cfg.Seed, 0x6b6c70656d75) &^ 0xff
	for i := range m.cfg.CPUs {
		if err := m.setupPercpu(i, m.canary); err != nil {
			return err
		}
		c := &CPU{id: i, online: !m.cfg.offline(i)}
		c.vcpu = cpu.New(i, m.mem, cpu.Options{TSC: func() uint64 { return uint64(m.tscOn(c)) }, Seed: m.cfg.Seed + uint64(i)})
		c.vcpu.SetSyscallEntry(m.core["entry_SYSCALL_64"], cpu.FlagTF|cpu.FlagDF|cpu.FlagNT|cpu.FlagAC)
		m.cpus = append(m.cpus, c)
		idle, err := m.newTask(0, fmt.Sprintf("swapper/%d", i), i)
		if err != nil {
			return err
		}
		m.tasks = nil // idle tasks are not on the task list
		m.taskVersion++
		idle.IdleCPU, idle.Kthread = i, true
		c.idle = idle
		m.placeOnStack(idle, m.sym.idle)
		if err := m.park(c, idle); err != nil {
			return err
		}
	}
	m.fillCPUMasks()
	return nil
}

// placeOnStack points a task at entry code, with the saved user registers'
// place left free at the top of its stack.
func (m *Machine) placeOnStack(t *Task, entry uint64) {
	t.regs.R[cpu.RSP] = t.stack - ptRegsSize - 8
	t.regs.RIP = entry
}

// park runs a boot task up to the gate in which it stays.
func (m *Machine) park(c *CPU, t *Task) error {
	m.setCurrent(c, t)
	c.vcpu.SetState(t.regs)
	stop := c.vcpu.Run(1000)
	if stop.Kind != cpu.StopGate {
		if stop.Fault != nil {
			return fmt.Errorf("boot of %s: %w", t.Comm, stop.Fault)
		}
		return errors.New("boot of " + t.Comm + ": it does not come to rest")
	}
	t.regs = c.vcpu.State()
	return nil
}
