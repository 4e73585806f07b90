package kmod

import (
	"debug/elf"
	"fmt"
	"strings"

	"klpemu/internal/trace"
)

// MemType is enum mod_mem_type: a kind of memory that a module has one piece of.
type MemType int8

// The kinds of memory, in the order in which they are allocated.
const (
	Text MemType = iota
	Data
	Rodata
	ROAfterInit
	InitText
	InitData
	InitRodata

	MemTypes         = 7
	None     MemType = -1
)

// String is the kind's name as segments have it.
func (t MemType) String() string {
	return [...]string{".text", ".data", ".rodata", ".data..ro_after_init", ".init.text", ".init.data", ".init.rodata"}[t]
}

// Init reports memory that is freed once the module's init has run.
func (t MemType) Init() bool { return t >= InitText }

// Memory is struct module_memory.
type Memory struct {
	Base, Size uint64 // Size is a multiple of the page size
	Bytes      []byte // the contents, shorter than Size; set by Place
}

const (
	pageSize = 4096

	// maxSize bounds the memory of one module, as the space for modules bounds
	// it in a kernel.
	maxSize = 64 << 20
	// maxAlign bounds alignment: with more, a small file could ask for much.
	maxAlign = 2 << 20

	symtabAlign  = 8
	kallsymsSize = 32 // sizeof(struct mod_kallsyms)
)

// Layout is layout_and_allocate up to the allocation: it gives every section
// that is loaded its offset, and sets the sizes in Mem.
func (k *Module) Layout() error {
	for i, s := range k.Sections {
		const wx = elf.SHF_WRITE | elf.SHF_EXECINSTR
		if s.Flags&wx == wx {
			return k.refuse(trace.Err, "%s: section %s (index %d) has invalid WRITE|EXEC flags", k.Name, s.Name, i)
		}
		if s.Flags&elf.SHF_ALLOC != 0 && (s.Align&(s.Align-1) != 0 || s.Align > maxAlign) {
			return k.broken("section %d %s: alignment %#x is not a power of two up to %#x", i, s.Name, s.Align, maxAlign)
		}
	}
	k.Sections[k.index.pcpu].Flags &^= elf.SHF_ALLOC
	for _, name := range []string{".data..ro_after_init", "__jump_table"} {
		if s := k.Section(name); s != nil {
			s.Flags |= flagROAfterInit
		}
	}
	for _, init := range []bool{false, true} {
		if err := k.layoutSections(init); err != nil {
			return err
		}
	}
	if err := k.layoutSymtab(); err != nil {
		return err
	}
	total := uint64(0)
	for t := range k.Mem {
		k.Mem[t].Size = (k.Mem[t].Size + pageSize - 1) &^ (pageSize - 1)
		total += k.Mem[t].Size
	}
	if total > maxSize {
		return k.noMemory(fmt.Errorf("the module takes %d bytes of memory; a module may take %d", total, maxSize))
	}
	return nil
}

// layoutSections is __layout_sections.
func (k *Module) layoutSections(init bool) error {
	passes := []struct {
		want, not elf.SectionFlag
		core      MemType
		init      MemType
	}{
		{elf.SHF_EXECINSTR, 0, Text, InitText},
		{0, elf.SHF_WRITE, Rodata, InitRodata},
		{flagROAfterInit, 0, ROAfterInit, None},
		{elf.SHF_WRITE, 0, Data, InitData},
	}
	for _, p := range passes {
		t := p.core
		if init {
			t = p.init
		}
		for _, s := range k.Sections {
			if s.Flags&elf.SHF_ALLOC == 0 || s.Flags&p.want != p.want || s.Flags&p.not != 0 || s.Mem != None ||
				init != strings.HasPrefix(s.Name, ".init") || t == None {
				continue
			}
			if err := k.take(s, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// take is module_get_offset_and_type.
func (k *Module) take(s *Section, t MemType) error {
	m := &k.Mem[t]
	at := (m.Size + s.Align - 1) &^ (s.Align - 1)
	if s.Size > maxSize || at+s.Size > maxSize {
		return k.noMemory(fmt.Errorf("section %d %s: %#x bytes at %#x of %v; a module may take %#x", s.Index, s.Name, s.Size, at, t, maxSize))
	}
	s.Mem, s.at = t, at
	m.Size = at + s.Size
	return nil
}

// layoutSymtab is layout_symtab: the whole symbol table at the end of the
// memory that goes after init, and what of it stays at the end of the data.
func (k *Module) layoutSymtab() error {
	sym, str := k.Sections[k.index.sym], k.Sections[k.index.str]
	sym.Flags |= elf.SHF_ALLOC
	if err := k.checkAlign(sym); err != nil {
		return err
	}
	if err := k.take(sym, InitData); err != nil {
		return err
	}
	count, names := uint64(0), uint64(0)
	for i, y := range k.Symbols {
		if i == 0 || k.Livepatch() || k.coreSymbol(y) {
			count++
			names += uint64(len(y.Name)) + 1
		}
	}
	data := &k.Mem[Data]
	data.Size = (data.Size+sym.Align-1)&^(sym.Align-1) + count*symSize + names + count
	str.Flags |= elf.SHF_ALLOC
	if err := k.checkAlign(str); err != nil {
		return err
	}
	if err := k.take(str, InitData); err != nil {
		return err
	}
	init := &k.Mem[InitData]
	init.Size = (init.Size+symtabAlign-1)&^(symtabAlign-1) + kallsymsSize + uint64(len(k.Symbols))
	return nil
}

func (k *Module) checkAlign(s *Section) error {
	switch {
	case s.Mem != None:
		return k.broken("section %d %s: a symbol or string table is not loaded like other sections", s.Index, s.Name)
	case s.Align&(s.Align-1) != 0 || s.Align > maxAlign:
		return k.broken("section %d %s: alignment %#x is not a power of two up to %#x", s.Index, s.Name, s.Align, maxAlign)
	}
	return nil
}

// coreSymbol is is_core_symbol: it stays when the init memory goes.
func (k *Module) coreSymbol(y *Symbol) bool {
	if y.Section == elf.SHN_UNDEF || int(y.Section) >= len(k.Sections) || y.Name == "" {
		return false
	}
	s := k.Sections[y.Section]
	return k.index.pcpu != 0 && s.Index == k.index.pcpu || s.Flags&elf.SHF_ALLOC != 0 && s.Mem != None && !s.Mem.Init()
}

// Place is move_module: bases says where the memory of each kind is.
func (k *Module) Place(bases [MemTypes]uint64) {
	for t := range k.Mem {
		k.Mem[t].Base = bases[t]
	}
	for _, s := range k.Sections {
		if s.Mem == None || s.Flags&elf.SHF_ALLOC == 0 {
			continue
		}
		m := &k.Mem[s.Mem]
		if m.Bytes == nil {
			m.Bytes = make([]byte, m.Size)
		}
		s.Addr = m.Base + s.at
		if s.Type == elf.SHT_NOBITS {
			continue
		}
		placed := m.Bytes[s.at : s.at+s.Size : s.at+s.Size]
		copy(placed, s.Data)
		s.Data = placed
	}
}

// PercpuSize is what .data..percpu asks of the per-CPU area, 0 for nothing.
func (k *Module) PercpuSize() (size, align uint64) {
	if k.index.pcpu == 0 {
		return 0, 1
	}
	s := k.Sections[k.index.pcpu]
	return s.Size, s.Align
}

// PercpuData is what each CPU's copy begins with.
func (k *Module) PercpuData() []byte { return k.Sections[k.index.pcpu].Data }

// SetPercpu says where the module's per-CPU variables are, as an offset of the
// per-CPU areas.
func (k *Module) SetPercpu(at uint64) { k.percpu = at }
