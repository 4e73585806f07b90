package cpu

// undefinedFlags are the flags that are undefined after an instruction (SDM
// volume 2, "Flags Affected" of each; volume 1, table A-2). The differential
// tests do not compare them. Counts are taken from the instruction where they
// are immediate; with a count in cl all of its flags are left out.
func undefinedFlags(in *Inst) uint64 {
	const afterLogic = FlagAF
	const mulFlags = FlagSF | FlagZF | FlagAF | FlagPF
	switch in.Name {
	case "and", "or", "xor", "test":
		return afterLogic
	case "andn", "blsr", "blsmsk", "blsi", "bzhi":
		return FlagAF | FlagPF
	case "bextr":
		return FlagAF | FlagSF | FlagPF
	case "mul", "imul":
		return mulFlags
	case "div", "idiv":
		return arithFlags
	case "shl", "shr", "sar":
		return FlagAF | shiftOverflow(in, 1)
	case "rol", "ror", "rcl", "rcr":
		return shiftOverflow(in, 1)
	case "shld", "shrd":
		return FlagAF | shiftOverflow(in, 2)
	case "bt", "bts", "btr", "btc":
		return FlagOF | FlagSF | FlagAF | FlagPF
	case "bsf", "bsr":
		return FlagCF | FlagOF | FlagSF | FlagAF | FlagPF
	case "tzcnt", "lzcnt":
		return FlagOF | FlagSF | FlagPF | FlagAF
	}
	return 0
}

// shiftOverflow is OF unless the shift is by one: undefined for other counts.
// For counts of at least the operand size CF is undefined too.
func shiftOverflow(in *Inst, i int) uint64 {
	if in.Args[i].Kind == ArgOne {
		return 0
	}
	f := uint64(FlagOF)
	if in.Size < 4 {
		f |= FlagCF
	}
	if in.Name == "shld" || in.Name == "shrd" {
		if in.Size == 2 { // counts above 16: everything is undefined
			return arithFlags
		}
	}
	return f
}
