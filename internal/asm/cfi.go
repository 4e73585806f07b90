package asm

// cfiState collects the frame descriptions of a file.
type cfiState struct {
	fdes []*fde
	cur  *fde
	off  bool // .cfi_sections without .eh_frame
}

func (c *cfiState) open() bool { return c.cur != nil }

// fde is one .cfi_startproc ... .cfi_endproc.
type fde struct {
	st           *stmt
	start, end   *symbol
	insns        []cfiInsn
	last         *symbol // where the last instruction took effect
	cfa          int64   // current CFA offset
	saved        []int64 // .cfi_remember_state
	signal       bool
	returnColumn int64
	personality  cfiPointer
	lsda         cfiPointer
}

// cfiPointer is an encoded address: a DW_EH_PE byte and what it points to.
type cfiPointer struct {
	enc byte
	x   *expr
	st  *stmt
	col int
}

const encOmit = 0xff // DW_EH_PE_omit

// size is the number of bytes an encoding takes.
func (p cfiPointer) size() int {
	switch {
	case p.enc == encOmit:
		return 0
	case p.enc&7 == 2:
		return 2
	case p.enc&7 == 3:
		return 4
	}
	return 8
}

// cfiInsn is one call frame instruction.
type cfiInsn struct {
	op       byte // DW_CFA_*
	reg, off int64
	to       *symbol // cfaAdvance
	raw      []byte  // cfaEscape
}

// The DW_CFA opcodes that gas picks from; the encodings in use follow from
// the operands (cfiencode.go). cfaEscape is ours.
const (
	cfaAdvance     = 0x40
	cfaOffset      = 0x80
	cfaRestore     = 0xc0
	cfaUndefined   = 0x07
	cfaSameValue   = 0x08
	cfaRegister    = 0x09
	cfaRemember    = 0x0a
	cfaRestState   = 0x0b
	cfaDefCFA      = 0x0c
	cfaDefCFAReg   = 0x0d
	cfaDefCFAOff   = 0x0e
	cfaValOffset   = 0x14
	cfaWindowSave  = 0x2d
	cfaEscape      = 0xff
	dwarfRSP       = 7
	dwarfRA        = 16
	cfiDataAlign   = -8
	cfiInitialCFA  = 8
	maxCFIRemember = 1000
)

// add appends an instruction, after an advance to here where needed.
func (a *assembler) addCFI(in cfiInsn) {
	d := a.cfi.cur
	h := a.here()
	if h.frag != d.last.frag || h.off != d.last.off {
		d.insns = append(d.insns, cfiInsn{op: cfaAdvance, to: h})
		d.last = h
	}
	d.insns = append(d.insns, in)
}

func cfiDirectives(add func(func(*assembler, *scanner) *Error, ...string)) {
	add(cfiStartproc, ".cfi_startproc")
	add(inProc(cfiEndproc), ".cfi_endproc")
	add(cfiSections, ".cfi_sections")
	add(inProc(cfiDefCFA), ".cfi_def_cfa")
	add(inProc(cfiReg(cfaDefCFAReg)), ".cfi_def_cfa_register")
	add(inProc(cfiReg(cfaRestore)), ".cfi_restore")
	add(inProc(cfiReg(cfaUndefined)), ".cfi_undefined")
	add(inProc(cfiReg(cfaSameValue)), ".cfi_same_value")
	add(inProc(cfiSetCFA(false)), ".cfi_def_cfa_offset")
	add(inProc(cfiSetCFA(true)), ".cfi_adjust_cfa_offset")
	add(inProc(cfiOffset(cfaOffset, false)), ".cfi_offset")
	add(inProc(cfiOffset(cfaOffset, true)), ".cfi_rel_offset")
	add(inProc(cfiOffset(cfaValOffset, false)), ".cfi_val_offset")
	add(inProc(cfiRegister), ".cfi_register")
	add(inProc(cfiRememberState), ".cfi_remember_state")
	add(inProc(cfiRestoreState), ".cfi_restore_state")
	add(inProc(cfiSignalFrame), ".cfi_signal_frame")
	add(inProc(cfiReturnColumn), ".cfi_return_column")
	add(inProc(cfiWindowSave), ".cfi_window_save")
	add(inProc(cfiEscapeBytes), ".cfi_escape")
	add(inProc(cfiPersonality), ".cfi_personality")
	add(inProc(cfiLSDA), ".cfi_lsda")
}

// inProc refuses a directive outside of a procedure.
func inProc(run func(*assembler, *scanner, *fde) *Error) func(*assembler, *scanner) *Error {
	return func(a *assembler, s *scanner) *Error {
		if a.cfi.cur == nil {
			return s.errorAt(0, "%s outside of a procedure", directiveWord(s.st.text)).withHint("begin with .cfi_startproc")
		}
		return run(a, s, a.cfi.cur)
	}
}

func cfiStartproc(a *assembler, s *scanner) *Error {
	if a.cfi.open() {
		return s.errorAt(0, "previous .cfi_startproc at line %d is still open", a.cfi.cur.st.line).withHint("close it with .cfi_endproc")
	}
	h := a.here()
	d := &fde{
		st: s.st, start: h, last: h, cfa: cfiInitialCFA, returnColumn: dwarfRA,
		personality: cfiPointer{enc: encOmit}, lsda: cfiPointer{enc: encOmit},
	}
	a.cfi.cur = d
	if s.eof() {
		d.insns = append(d.insns,
			cfiInsn{op: cfaDefCFA, reg: dwarfRSP, off: cfiInitialCFA},
			cfiInsn{op: cfaOffset, reg: dwarfRA, off: cfiDataAlign})
		return nil
	}
	at := s.i
	if w := s.word(); w != "simple" {
		return s.errorAt(at, "expected nothing or simple, found %q", w)
	}
	d.cfa = 0
	return nil
}

func cfiEndproc(a *assembler, _ *scanner, d *fde) *Error {
	d.end = a.here()
	a.cfi.fdes = append(a.cfi.fdes, d)
	a.cfi.cur = nil
	return nil
}

// cfiSections is .cfi_sections LIST; .debug_frame is not written.
func cfiSections(a *assembler, s *scanner) *Error {
	a.cfi.off = true
	for !s.eof() {
		w := s.word()
		if w == "" {
			return s.errorf("expected a section name, found %s", s.found())
		}
		if w == ".eh_frame" {
			a.cfi.off = false
		}
		s.accept(',')
	}
	return nil
}

// cfiRegName reads a register by name or DWARF number.
func (s *scanner) cfiRegName() (int64, *Error) {
	s.skip()
	at := s.i
	if s.at(0) != '%' {
		n, err := s.absolute("the register")
		if err == nil && (n < 0 || n > 1<<20) {
			err = s.errorAt(at, "bad register number %d", n)
		}
		return n, err
	}
	s.i++
	w := s.word()
	names := []string{
		"rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp",
		"r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "rip",
	}
	for i, n := range names {
		if n == w {
			return int64(i), nil
		}
	}
	return 0, s.errorAt(at, "unknown register %%%s in a frame description", w).suggest(w, names)
}

// comma consumes a comma that must be there.
func (s *scanner) comma() *Error {
	if !s.accept(',') {
		return s.errorf("expected a comma, found %s", s.found())
	}
	return nil
}

// regAndOffset reads REG, OFFSET.
func (s *scanner) regAndOffset() (reg, off int64, err *Error) {
	if reg, err = s.cfiRegName(); err != nil {
		return 0, 0, err
	}
	if err = s.comma(); err != nil {
		return 0, 0, err
	}
	off, err = s.absolute("the offset")
	return reg, off, err
}

func cfiDefCFA(a *assembler, s *scanner, d *fde) *Error {
	reg, off, err := s.regAndOffset()
	if err != nil {
		return err
	}
	d.cfa = off
	a.addCFI(cfiInsn{op: cfaDefCFA, reg: reg, off: off})
	return nil
}

func cfiReg(op byte) func(*assembler, *scanner, *fde) *Error {
	return func(a *assembler, s *scanner, _ *fde) *Error {
		for {
			reg, err := s.cfiRegName()
			if err != nil {
				return err
			}
			a.addCFI(cfiInsn{op: op, reg: reg})
			if op == cfaDefCFAReg || !s.accept(',') {
				return nil
			}
		}
	}
}

func cfiSetCFA(relative bool) func(*assembler, *scanner, *fde) *Error {
	return func(a *assembler, s *scanner, d *fde) *Error {
		n, err := s.absolute("the CFA offset")
		if err != nil {
			return err
		}
		if relative {
			n += d.cfa
		}
		d.cfa = n
		a.addCFI(cfiInsn{op: cfaDefCFAOff, off: n})
		return nil
	}
}

func cfiOffset(op byte, relative bool) func(*assembler, *scanner, *fde) *Error {
	return func(a *assembler, s *scanner, d *fde) *Error {
		reg, off, err := s.regAndOffset()
		if err != nil {
			return err
		}
		if relative {
			off -= d.cfa
		}
		if off%cfiDataAlign != 0 {
			return s.errorAt(0, "offset %d is not a multiple of 8", off)
		}
		a.addCFI(cfiInsn{op: op, reg: reg, off: off})
		return nil
	}
}

func cfiRegister(a *assembler, s *scanner, _ *fde) *Error {
	reg, err := s.cfiRegName()
	if err != nil {
		return err
	}
	if err := s.comma(); err != nil {
		return err
	}
	in, err := s.cfiRegName()
	if err != nil {
		return err
	}
	a.addCFI(cfiInsn{op: cfaRegister, reg: reg, off: in})
	return nil
}

func cfiRememberState(a *assembler, s *scanner, d *fde) *Error {
	if len(d.saved) >= maxCFIRemember {
		return s.errorAt(0, "more than %d states remembered", maxCFIRemember)
	}
	d.saved = append(d.saved, d.cfa)
	a.addCFI(cfiInsn{op: cfaRemember})
	return nil
}

func cfiRestoreState(a *assembler, s *scanner, d *fde) *Error {
	if len(d.saved) == 0 {
		return s.errorAt(0, ".cfi_restore_state without .cfi_remember_state")
	}
	d.cfa = d.saved[len(d.saved)-1]
	d.saved = d.saved[:len(d.saved)-1]
	a.addCFI(cfiInsn{op: cfaRestState})
	return nil
}

func cfiSignalFrame(_ *assembler, _ *scanner, d *fde) *Error {
	d.signal = true
	return nil
}

func cfiReturnColumn(_ *assembler, s *scanner, d *fde) *Error {
	n, err := s.cfiRegName()
	if err == nil && n > 255 {
		return s.errorAt(0, "bad return column %d", n)
	}
	d.returnColumn = n
	return err
}

func cfiWindowSave(a *assembler, _ *scanner, _ *fde) *Error {
	a.addCFI(cfiInsn{op: cfaWindowSave})
	return nil
}

func cfiEscapeBytes(a *assembler, s *scanner, _ *fde) *Error {
	var raw []byte
	for {
		n, err := s.absolute("a byte of .cfi_escape")
		if err != nil {
			return err
		}
		raw = append(raw, byte(n))
		if !s.accept(',') {
			break
		}
	}
	a.addCFI(cfiInsn{op: cfaEscape, raw: raw})
	return nil
}

// cfiPointerOperand reads ENCODING[, EXPR].
func (s *scanner) cfiPointerOperand() (cfiPointer, *Error) {
	at := s.i
	n, err := s.absolute("the encoding")
	if err != nil {
		return cfiPointer{}, err
	}
	p := cfiPointer{enc: byte(n), st: s.st, col: at}
	if p.enc == encOmit {
		return p, nil
	}
	low := p.enc & 7
	if n < 0 || n > 255 || low == 1 || low > 4 || p.enc&0x70 > 0x10 {
		return p, s.errorAt(at+1, "pointer encoding %#x is not supported", n)
	}
	if err := s.comma(); err != nil {
		return p, err
	}
	e, err := s.expression()
	p.x, p.col = e.expr, e.col
	return p, err
}

func cfiPersonality(_ *assembler, s *scanner, d *fde) *Error {
	var err *Error
	d.personality, err = s.cfiPointerOperand()
	return err
}

func cfiLSDA(_ *assembler, s *scanner, d *fde) *Error {
	var err *Error
	d.lsda, err = s.cfiPointerOperand()
	return err
}
