package machine

import (
	"encoding/binary"
	"errors"
	"fmt"

	"klpemu/cpu"
	"klpemu/internal/errno"
	"klpemu/mem"
)

// Numbers of the ELF format (include/uapi/linux/elf.h).
const (
	elfHeaderSize = 64
	elfPhdrSize   = 56
	elfExec       = 2
	elfDyn        = 3
	elfX86_64     = 62
	elfPTLoad     = 1
	elfPTInterp   = 3
	elfMaxPhdrs   = 64
)

// Keys of the auxiliary vector (include/uapi/linux/auxvec.h).
const (
	atPhdr, atPhent, atPhnum, atPagesz = 3, 4, 5, 6
	atBase, atFlags, atEntry           = 7, 8, 9
	atUID, atEUID, atGID, atEGID       = 11, 12, 13, 14
	atHwcap, atClktck, atSecure        = 16, 17, 23
	atRandom, atExecfn                 = 25, 31
)

// execImage is a parsed executable.
type execImage struct {
	entry, phoff uint64
	phnum        int
	pie          bool
	segments     []execSegment
}

type execSegment struct {
	perm               mem.Perm
	offset, addr, size uint64 // of the file's bytes
	total              uint64 // in memory
	first, end         uint64 // pages
}

// parseExec reads the headers of an executable (load_elf_binary). What does not
// run here says why.
func parseExec(b []byte) (*execImage, error) {
	le := binary.LittleEndian
	switch {
	case len(b) < elfHeaderSize || string(b[:4]) != "\x7fELF":
		return nil, errno.ENOEXEC
	case b[4] != 2 || b[5] != 1 || le.Uint16(b[18:]) != elfX86_64:
		return nil, fmt.Errorf("%w: no 64-bit x86-64 program", errno.ENOEXEC)
	}
	kind := le.Uint16(b[16:])
	if kind != elfExec && kind != elfDyn {
		return nil, fmt.Errorf("%w: ELF type %d is no program", errno.ENOEXEC, kind)
	}
	im := &execImage{entry: le.Uint64(b[24:]), phoff: le.Uint64(b[32:]), phnum: int(le.Uint16(b[56:])), pie: kind == elfDyn}
	if le.Uint16(b[54:]) != elfPhdrSize || im.phnum == 0 || im.phnum > elfMaxPhdrs ||
		im.phoff > uint64(len(b)) || uint64(len(b))-im.phoff < uint64(im.phnum*elfPhdrSize) {
		return nil, fmt.Errorf("%w: bad program headers", errno.ENOEXEC)
	}
	for i := range im.phnum {
		ph := b[im.phoff+uint64(i*elfPhdrSize):]
		switch le.Uint32(ph) {
		case elfPTInterp:
			return nil, fmt.Errorf("%w: dynamically linked; link with -static", errno.ENOEXEC)
		case elfPTLoad:
			s, err := parseSegment(ph, len(b))
			if err != nil {
				return nil, fmt.Errorf("%w: segment %d: %s", errno.ENOEXEC, i, err)
			}
			if s.total != 0 {
				im.segments = append(im.segments, s)
			}
		}
	}
	if len(im.segments) == 0 {
		return nil, fmt.Errorf("%w: nothing to load", errno.ENOEXEC)
	}
	return im, nil
}

func parseSegment(ph []byte, fileSize int) (execSegment, error) {
	le := binary.LittleEndian
	s := execSegment{offset: le.Uint64(ph[8:]), addr: le.Uint64(ph[16:]), size: le.Uint64(ph[32:]), total: le.Uint64(ph[40:])}
	flags := le.Uint32(ph[4:])
	for _, f := range []struct {
		bit  uint32
		perm mem.Perm
	}{{4, mem.R}, {2, mem.W | mem.R}, {1, mem.X | mem.R}} {
		if flags&f.bit != 0 {
			s.perm |= f.perm
		}
	}
	switch {
	case s.size > s.total || s.offset > uint64(fileSize) || s.size > uint64(fileSize)-s.offset:
		return s, errors.New("its bytes are not all in the file")
	case s.addr >= userEnd || s.total > userEnd-s.addr:
		return s, fmt.Errorf("address %#x is not the program's", s.addr)
	case s.perm&(mem.W|mem.X) == mem.W|mem.X:
		return s, errors.New("writable and executable; link with -z noexecstack and separate segments")
	}
	s.first, s.end = s.addr&^(pageSize-1), (s.addr+s.total+pageSize-1)&^(pageSize-1)
	return s, nil
}

// load maps a program and its stack and sets where it begins.
func (p *process) load(prog Program, seed uint64) error {
	im, err := parseExec(prog.Image)
	if err != nil {
		return err
	}
	bias := uint64(0)
	if im.pie {
		bias = userPIEBase - im.segments[0].first
	}
	end, phdr := uint64(0), uint64(0)
	for i, s := range im.segments {
		if err := p.mapSegment(s, bias, prog.Image); err != nil {
			return fmt.Errorf("%w: segment %d: %w", errno.ENOMEM, i, err)
		}
		end = max(end, s.end+bias)
		if im.phoff >= s.offset && im.phoff < s.offset+s.size {
			phdr = im.phoff - s.offset + s.addr + bias
		}
	}
	p.brk = memRange{end, end}
	p.stackLow = userStackTop - userStackSize
	if err := p.user.Map(p.stackLow, userStackSize, permRW); err != nil {
		return fmt.Errorf("%w: stack: %w", errno.ENOMEM, err)
	}
	sp, err := p.buildStack(prog, seed, []uint64{
		atPhdr, phdr, atPhent, elfPhdrSize, atPhnum, uint64(im.phnum), atPagesz, pageSize, atBase, 0, atFlags, 0,
		atEntry, im.entry + bias, atUID, 0, atEUID, 0, atGID, 0, atEGID, 0, atHwcap, 0, atClktck, 100, atSecure, 0,
	})
	if err != nil {
		return err
	}
	p.start = cpu.State{RIP: im.entry + bias, Flags: cpu.FlagIF, User: true}
	p.start.R[cpu.RSP] = sp
	return nil
}

// mapSegment maps the pages of a segment and fills them. Two segments may meet
// in a page only where the same may be done with both.
func (p *process) mapSegment(s execSegment, bias uint64, image []byte) error {
	for at := s.first; at < s.end; at += pageSize {
		perm, ok := p.user.Perm(at + bias)
		switch {
		case !ok:
			if err := p.user.Map(at+bias, pageSize, s.perm); err != nil {
				return err
			}
		case perm != s.perm:
			return fmt.Errorf("page %#x has two segments", at+bias)
		}
	}
	return p.user.Poke(s.addr+bias, image[s.offset:s.offset+s.size])
}

// buildStack puts arguments, environment and auxiliary vector on the stack
// (create_elf_tables).
func (p *process) buildStack(prog Program, seed uint64, aux []uint64) (uint64, error) {
	sp := uint64(userStackTop - 8)
	put := func(b []byte) uint64 {
		sp -= uint64(len(b))
		_ = p.user.Write(sp, b) // its size is checked below
		return sp
	}
	size := len(prog.Path) + 1
	for _, s := range append(append([]string{}, prog.Args...), prog.Env...) {
		size += len(s) + 1 + 8
	}
	if size > userStackSize/2 {
		return 0, errno.E2BIG
	}
	text := func(s string) uint64 { return put(append([]byte(s), 0)) }
	aux = append(aux, atExecfn, text(prog.Path))
	env, args := make([]uint64, len(prog.Env)), make([]uint64, len(prog.Args))
	for i := len(env) - 1; i >= 0; i-- {
		env[i] = text(prog.Env[i])
	}
	for i := len(args) - 1; i >= 0; i-- {
		args[i] = text(prog.Args[i])
	}
	var random [16]byte
	binary.LittleEndian.PutUint64(random[:], hashPointer(seed, 0x617478))
	binary.LittleEndian.PutUint64(random[8:], hashPointer(seed, 0x72616e64))
	aux = append(aux, atRandom, put(random[:]), 0, 0)
	words := append([]uint64{uint64(len(args))}, args...)
	words = append(append(append(words, 0), env...), 0)
	words = append(words, aux...)
	sp = (sp - uint64(len(words))*8) &^ 15
	b := make([]byte, 0, len(words)*8)
	for _, w := range words {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return sp, p.user.Write(sp, b)
}

// growStack maps the stack down to addr where it may grow that far.
func (p *process) growStack(addr uint64) bool {
	low := addr &^ (pageSize - 1)
	if addr >= p.stackLow || addr < userStackTop-userStackLimit {
		return false
	}
	if p.user.Map(low, p.stackLow-low, permRW) != nil {
		return false
	}
	p.stackLow = low
	return true
}
