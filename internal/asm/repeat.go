package asm

func repeatOpeners() []string { return []string{".rept", ".irp", ".irpc", ".rep"} }
func repeatClosers() []string { return []string{".endr"} }

// enter checks the nesting before a repetition is pushed.
func (a *assembler) enter(what string) *Error {
	if len(a.in.stack) >= maxInputDepth {
		return newError(a.st, 0, "%s is nested more than %d deep", what, maxInputDepth)
	}
	return nil
}

// dirRept is .rept COUNT ... .endr.
func dirRept(a *assembler, s *scanner) *Error {
	n, nerr := s.absolute("the count of .rept")
	body, err := a.collect(repeatOpeners(), repeatClosers())
	if err != nil {
		return err
	}
	if nerr != nil {
		return nerr
	}
	if n < 0 {
		return s.errorAt(0, "the count of .rept is negative: %d", n)
	}
	if err := a.enter(".rept"); err != nil {
		return err
	}
	if err := s.end(); err != nil || len(body) == 0 {
		return err
	}
	at := s.st
	a.in.push(nil, func() []stmt {
		if n == 0 {
			return nil
		}
		n--
		return a.round(at, body, nil, ".rept")
	})
	return nil
}

// round makes the statements of one repetition.
func (a *assembler) round(at *stmt, body []stmt, args []binding, what string) []stmt {
	a.st = at
	out, err := a.substitute(body, args, what)
	a.report(err)
	return out
}

// dirIrp is .irp PARAM, VALUE... ... .endr.
func dirIrp(a *assembler, s *scanner) *Error {
	name := s.word()
	s.accept(',')
	var values []string
	var verr *Error
	for !s.eof() && verr == nil {
		var v string
		v, verr = s.macroArg()
		values = append(values, v)
		s.accept(',')
	}
	return a.irp(s, ".irp", name, values, verr)
}

// dirIrpc is .irpc PARAM, CHARACTERS ... .endr.
func dirIrpc(a *assembler, s *scanner) *Error {
	name := s.word()
	s.accept(',')
	var values []string
	text, verr := s.macroArg()
	for i := range len(text) {
		values = append(values, text[i:i+1])
	}
	return a.irp(s, ".irpc", name, values, verr)
}

func (a *assembler) irp(s *scanner, what, name string, values []string, verr *Error) *Error {
	body, err := a.collect(repeatOpeners(), repeatClosers())
	switch {
	case err != nil:
		return err
	case verr != nil:
		return verr
	case name == "":
		return s.errorAt(0, "%s wants a parameter name", what)
	}
	if err := a.enter(what); err != nil || len(body) == 0 {
		return err
	}
	if len(values) == 0 {
		values = []string{""}
	}
	const perValue = 16 // about what a value costs us
	a.expanded += perValue * int64(len(values))
	at := s.st
	a.in.push(nil, func() []stmt {
		if len(values) == 0 {
			return nil
		}
		v := values[0]
		values = values[1:]
		return a.round(at, body, []binding{{name, v}}, what)
	})
	return nil
}

// dirExitm is .exitm: leave the macro now.
func dirExitm(a *assembler, s *scanner) *Error {
	conds, ok := a.in.leaveMacro()
	if !ok {
		return s.errorAt(0, ".exitm outside of a macro")
	}
	a.conds = a.conds[:min(conds, len(a.conds))]
	return nil
}

// dirPurgem is .purgem NAME.
func dirPurgem(a *assembler, s *scanner) *Error {
	at := s.i
	name := s.word()
	if a.macros[name] == nil {
		return s.errorAt(at, "there is no macro %s", name).suggest(name, sortedKeys(a.macros))
	}
	delete(a.macros, name)
	return nil
}

func dirEndr(_ *assembler, s *scanner) *Error {
	return s.errorAt(0, "%s closes nothing", firstWord(s.st.text))
}
