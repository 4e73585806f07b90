package asm

import "strings"

// directive is how one directive is run.
type directive struct {
	run func(a *assembler, s *scanner) *Error
	raw bool // reads its line itself, leftovers included
}

// directives is the table of all of them.
func directives() map[string]directive {
	m := map[string]directive{}
	add := func(run func(*assembler, *scanner) *Error, names ...string) {
		for _, n := range names {
			m[n] = directive{run: run}
		}
	}
	dataDirectives(add)
	layoutDirectives(add)
	sectionDirectives(add)
	symbolDirectives(add)
	flowDirectives(add)
	cfiDirectives(add)
	add(dirFunc, "func")
	add(dirEndfunc, "endfunc")
	for _, n := range ignoredDirectives() {
		m[n] = directive{run: ignore, raw: true}
	}
	for _, n := range []string{".macro", ".rept", ".rep", ".irp", ".irpc"} {
		d := m[n]
		d.raw = true
		m[n] = d
	}
	return m
}

func dataDirectives(add func(func(*assembler, *scanner) *Error, ...string)) {
	add(dirData(1), ".byte", ".dc.b")
	add(dirData(2), ".word", ".short", ".value", ".hword", ".2byte", ".dc.w", ".dc")
	add(dirData(4), ".long", ".int", ".4byte", ".dc.l")
	add(dirData(8), ".quad", ".8byte", ".dc.a")
	add(dirData(16), ".octa")
	add(dirString(false, 1), ".ascii")
	add(dirString(true, 1), ".asciz", ".string", ".string8")
	add(dirString(true, 2), ".string16")
	add(dirString(true, 4), ".string32")
	add(dirString(true, 8), ".string64")
	add(dirFloat(4), ".float", ".single", ".dc.s")
	add(dirFloat(8), ".double", ".dc.d")
	add(dirLEB(false), ".uleb128")
	add(dirLEB(true), ".sleb128")
	add(dirIncbin, ".incbin")
	add(dirReloc, ".reloc")
}

func layoutDirectives(add func(func(*assembler, *scanner) *Error, ...string)) {
	add(dirSkip, ".skip", ".space", ".zero")
	add(dirFill, ".fill")
	add(dirNops, ".nops")
	add(dirOrg, ".org")
	add(dirAlign(true, 1), ".align", ".balign")
	add(dirAlign(true, 2), ".balignw")
	add(dirAlign(true, 4), ".balignl")
	add(dirAlign(false, 1), ".p2align")
	add(dirAlign(false, 2), ".p2alignw")
	add(dirAlign(false, 4), ".p2alignl")
}

func sectionDirectives(add func(func(*assembler, *scanner) *Error, ...string)) {
	for _, n := range []string{".text", ".data", ".bss"} {
		add(dirNamedSection(n), n)
	}
	add(dirNamedSection(".rodata"), ".rodata")
	add(dirSection, ".section", ".sect", ".sect.s")
	add(dirPushSection, ".pushsection")
	add(dirPopSection, ".popsection")
	add(dirPrevious, ".previous")
	add(dirSubsection, ".subsection")
}

func symbolDirectives(add func(func(*assembler, *scanner) *Error, ...string)) {
	add(dirGlobal, ".globl", ".global")
	add(dirLocal, ".local")
	add(dirWeak, ".weak")
	add(dirVisibility, ".hidden", ".internal", ".protected")
	add(dirType, ".type")
	add(dirSize, ".size")
	add(dirSet(false), ".set", ".equ")
	add(dirSet(true), ".equiv", ".eqv")
	add(dirComm, ".comm", ".common")
	add(dirLcomm, ".lcomm")
	add(dirFile, ".file")
	add(dirIdent, ".ident")
}

func flowDirectives(add func(func(*assembler, *scanner) *Error, ...string)) {
	add(dirMacro, ".macro")
	add(dirEndr, ".endm", ".endmacro", ".endr")
	add(dirExitm, ".exitm")
	add(dirPurgem, ".purgem")
	add(dirRept, ".rept", ".rep")
	add(dirIrp, ".irp")
	add(dirIrpc, ".irpc")
	add(dirIf(func(v int64) bool { return v != 0 }), ".if", ".ifne")
	add(dirIf(func(v int64) bool { return v == 0 }), ".ifeq")
	add(dirIf(func(v int64) bool { return v < 0 }), ".iflt")
	add(dirIf(func(v int64) bool { return v <= 0 }), ".ifle")
	add(dirIf(func(v int64) bool { return v >= 0 }), ".ifge")
	add(dirIf(func(v int64) bool { return v > 0 }), ".ifgt")
	add(dirIfdef(true), ".ifdef")
	add(dirIfdef(false), ".ifndef", ".ifnotdef")
	add(dirIfb(true), ".ifb")
	add(dirIfb(false), ".ifnb")
	add(dirIfc(true), ".ifc")
	add(dirIfc(false), ".ifnc")
	add(dirIfeqs(true), ".ifeqs")
	add(dirIfeqs(false), ".ifnes")
	add(dirElse, ".else")
	add(dirElseif, ".elseif")
	add(dirEndif, ".endif")
	add(dirInclude, ".include")
	add(dirError, ".error", ".err", ".abort")
	add(dirWarning, ".warning")
	add(dirEnd, ".end")
	add(dirCode, ".code64", ".code32", ".code16", ".code16gcc")
	add(dirLoc, ".loc")
	add(dirSyntax, ".intel_syntax", ".altmacro", ".intel_mnemonic")
}

// ignoredDirectives neither emit nor change anything here: line numbers,
// listings, and what is the default anyway.
func ignoredDirectives() []string {
	return []string{
		".loc_mark_labels", ".arch", ".att_syntax", ".att_mnemonic", ".noaltmacro", ".allow_index_reg",
		".disallow_index_reg", ".sse_check", ".operand_check",
		".line", ".ln", ".title", ".sbttl", ".list", ".nolist", ".eject", ".psize", ".lflags",
		".optim", ".noopt", ".print", ".addrsig", ".addrsig_sym",
	}
}

func ignore(_ *assembler, s *scanner) *Error {
	s.i = len(s.st.text)
	return nil
}

func dirError(a *assembler, s *scanner) *Error {
	w := firstWord(s.st.text)
	if w != ".error" || s.eof() {
		a.ended = w == ".abort"
		return s.errorAt(0, "%s encountered", w)
	}
	msg, err := s.str()
	if err != nil {
		return err
	}
	return s.errorAt(0, "%s", msg)
}

func dirWarning(a *assembler, s *scanner) *Error {
	msg := []byte(".warning encountered")
	if !s.eof() {
		var err *Error
		if msg, err = s.str(); err != nil {
			return err
		}
	}
	a.warn(s.errorAt(0, "%s", msg))
	return nil
}

func dirEnd(a *assembler, s *scanner) *Error {
	a.ended = true
	s.i = len(s.st.text)
	return nil
}

// dirLoc reads a line number and forgets it. gcc -g lets it define a symbol,
// the number of the view; without a line table that is always 0.
func dirLoc(a *assembler, s *scanner) *Error {
	words := strings.Fields(s.rest())
	s.i = len(s.st.text)
	for i, w := range words[:max(len(words)-1, 0)] {
		if n := words[i+1]; w == "view" && isIdentStart(n[0]) {
			if sym := a.symbol(n); !sym.defined() {
				sym.equ, sym.equDef = constant(0), s.st
			}
		}
	}
	return nil
}

func dirCode(_ *assembler, s *scanner) *Error {
	if w := firstWord(s.st.text); w != ".code64" {
		return s.errorAt(0, "%s is not supported", w).withHint("klpemu runs 64-bit code only")
	}
	return nil
}

func dirSyntax(_ *assembler, s *scanner) *Error {
	w := firstWord(s.st.text)
	return s.errorAt(0, "%s is not supported", w).withHint("write AT&T syntax, as gcc -S does")
}

// include reads a file through Options.Include.
func (a *assembler) include(s *scanner) (string, []byte, *Error) {
	s.skip()
	at := s.i
	name, err := s.str()
	if err != nil {
		return "", nil, err
	}
	if a.opt.Include == nil {
		return "", nil, s.errorAt(at, "cannot read %q: including files is not available here", name)
	}
	b, ferr := a.opt.Include(string(name))
	if ferr != nil {
		return "", nil, s.errorAt(at, "cannot read %q: %v", name, ferr)
	}
	return string(name), b, nil
}

func dirInclude(a *assembler, s *scanner) *Error {
	name, b, err := a.include(s)
	if err != nil {
		return err
	}
	if err := a.enter(".include"); err != nil {
		return err
	}
	stmts, err := split(name, b)
	if err != nil {
		return err
	}
	x := &expansion{what: "file included", at: s.st}
	for i := range stmts {
		stmts[i].from = x
	}
	a.in.push(stmts, nil)
	return nil
}
