package kmod

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"strings"

	"klpemu/internal/errno"
	"klpemu/internal/trace"
)

// readInfo splits .modinfo into its entries.
func (k *Module) readInfo(data string) {
	for _, entry := range strings.Split(data, "\x00") {
		if entry != "" {
			k.info = append(k.info, entry)
		}
	}
}

// Info is get_modinfo: the first value of a tag in .modinfo.
func (k *Module) Info(tag string) (string, bool) {
	for _, entry := range k.info {
		if value, ok := strings.CutPrefix(entry, tag+"="); ok {
			return value, true
		}
	}
	return "", false
}

// Infos returns all entries of .modinfo, TAG=VALUE each.
func (k *Module) Infos() []string { return k.info }

// Livepatch reports a module that is marked as a livepatch.
func (k *Module) Livepatch() bool {
	_, ok := k.Info("livepatch")
	return ok
}

// Forced says why a module was loaded that the kernel cannot be sure of
// (try_to_force_load): "" where nothing was.
type Forced string

// Check is the part of early_mod_check that looks at the file: .modinfo and
// __versions take no memory, and both must fit the kernel. Of a module without
// them forced gives the reasons by which the kernel is tainted.
func (k *Module) Check(p *Profile) (forced []Forced, err error) {
	for i, s := range k.Sections[1:] {
		if s.Name == "__versions" && s.Flags&elf.SHF_ALLOC != 0 && k.index.vers == 0 {
			k.index.vers = i + 1
		}
		if s.Name == ".data..percpu" && s.Flags&elf.SHF_ALLOC != 0 && k.index.pcpu == 0 {
			k.index.pcpu = i + 1
		}
	}
	k.Sections[k.index.vers].Flags &^= elf.SHF_ALLOC
	k.Sections[k.index.info].Flags &^= elf.SHF_ALLOC
	magic, ok := k.Info("vermagic")
	if k.index.vers == 0 {
		forced = append(forced, "module_layout")
	} else if err := k.checkLayoutVersion(p, magic); err != nil {
		return nil, err
	}
	switch {
	case !ok:
		forced = append(forced, "bad vermagic")
	case !p.sameMagic(magic, k.index.vers != 0):
		return nil, k.refuse(trace.Err, "%s: version magic '%s' should be '%s'", k.infoName, magic, p.VerMagic())
	}
	return forced, nil
}

// versionSize is sizeof(struct modversion_info).
const versionSize = 64

// checkLayoutVersion is check_modstruct_version: the CRC that stands for the
// layout of struct module.
func (k *Module) checkLayoutVersion(p *Profile, magic string) error {
	const symbol = "module_layout"
	data := k.Sections[k.index.vers].Data
	for ; len(data) >= versionSize; data = data[versionSize:] {
		name, _, _ := bytes.Cut(data[8:versionSize], []byte{0})
		if string(name) != symbol {
			continue
		}
		if crc := binary.LittleEndian.Uint64(data); crc != uint64(p.Layout) && !p.otherBuild(magic) {
			return k.refuse(trace.Warning, "%s: disagrees about version of symbol %s", k.infoName, symbol)
		}
		return nil
	}
	return k.refuse(trace.Warning, "%s: no symbol version for %s", k.infoName, symbol)
}

// InitExit returns the pointers to the module's init and exit, which its struct
// module holds once it is relocated.
func (k *Module) InitExit(p *Profile) (init, exit uint64) {
	b := k.Sections[k.index.mod].Data
	return binary.LittleEndian.Uint64(b[p.InitAt:]), binary.LittleEndian.Uint64(b[p.ExitAt:])
}

// Struct is the address of the module's struct module.
func (k *Module) Struct() uint64 { return k.Sections[k.index.mod].Addr }

// noMemory is ENOMEM, with what it was that did not fit.
func (k *Module) noMemory(detail error) error { return &Refusal{errno.ENOMEM, detail} }
