package cpu

// allForms returns the instruction table. Rows of one opcode are tried in
// order. The operand letters are those of SDM volume 2, A.2, with one letter for
// the place and one for the size; in addition:
//
//	A  al, ax, eax or rax        c  cl            d  dx
//	Z  register in the opcode    R  register in ModRM.rm
//	i  second immediate          s  segment register in the opcode
//	1  the constant one          V, W  vector register, vector register or memory
//
// Sizes: b w d q o are 1, 2, 4, 8 and 16 bytes, v is the operand size, z at most
// four bytes of it, y four bytes or, with REX.W, eight.
func allForms() []Form {
	var all []Form
	for _, part := range [][]Form{
		aluForms(), moveForms(), arithForms(), shiftForms(), bitForms(),
		branchForms(), stringForms(), systemForms(), hintForms(), bmiForms(),
		vectorForms(),
	} {
		all = append(all, part...)
	}
	return all
}

// hex2 renders an opcode byte.
func hex2(b int) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[b>>4&15], digits[b&15]})
}

// aluForms are the eight operations that share one encoding pattern.
func aluForms() []Form {
	var all []Form
	for i, op := range [...]struct {
		name string
		fn   binaryFunc
	}{
		{"add", aluAdd}, {"or", aluOr}, {"adc", aluAdc}, {"sbb", aluSbb},
		{"and", aluAnd}, {"sub", aluSub}, {"xor", aluXor}, {"cmp", aluCmp},
	} {
		exec, attr := execBinary(op.fn), lockable
		if op.name == "cmp" {
			exec, attr = execCompare(op.fn), 0
		}
		digit := " /" + string(rune('0'+i))
		all = append(all, []Form{
			{Enc: hex2(8*i) + " /r", Ops: "Eb,Gb", Name: op.name, exec: exec, attr: attr},
			{Enc: hex2(8*i+1) + " /r", Ops: "Ev,Gv", Name: op.name, exec: exec, attr: attr},
			{Enc: hex2(8*i+2) + " /r", Ops: "Gb,Eb", Name: op.name, exec: exec},
			{Enc: hex2(8*i+3) + " /r", Ops: "Gv,Ev", Name: op.name, exec: exec},
			{Enc: hex2(8*i + 4), Ops: "Ab,Ib", Name: op.name, exec: exec},
			{Enc: hex2(8*i + 5), Ops: "Av,Iz", Name: op.name, exec: exec},
			{Enc: "80" + digit, Ops: "Eb,Ib", Name: op.name, exec: exec, attr: attr},
			{Enc: "81" + digit, Ops: "Ev,Iz", Name: op.name, exec: exec, attr: attr},
			{Enc: "83" + digit, Ops: "Ev,Ib", Name: op.name, exec: exec, attr: attr},
		}...)
	}
	return all
}

func moveForms() []Form {
	return []Form{
		{Enc: "88 /r", Ops: "Eb,Gb", Name: "mov", exec: execMov},
		{Enc: "89 /r", Ops: "Ev,Gv", Name: "mov", exec: execMov},
		{Enc: "8a /r", Ops: "Gb,Eb", Name: "mov", exec: execMov},
		{Enc: "8b /r", Ops: "Gv,Ev", Name: "mov", exec: execMov},
		{Enc: "8c /r", Ops: "Ev,Sw", Name: "mov", exec: execMovFromSeg},
		{Enc: "8e /r", Ops: "Sw,Ew", Name: "mov", exec: execMovToSeg},
		{Enc: "a0", Ops: "Ab,Ob", Name: "movabs", exec: execMov},
		{Enc: "a1", Ops: "Av,Ov", Name: "movabs", exec: execMov},
		{Enc: "a2", Ops: "Ob,Ab", Name: "movabs", exec: execMov},
		{Enc: "a3", Ops: "Ov,Av", Name: "movabs", exec: execMov},
		{Enc: "b0 +r", Ops: "Zb,Ib", Name: "mov", exec: execMov},
		{Enc: "b8 +r", Ops: "Zv,Iv", Name: "mov", exec: execMov},
		{Enc: "c6 /0", Ops: "Eb,Ib", Name: "mov", exec: execMov},
		{Enc: "c7 /0", Ops: "Ev,Iz", Name: "mov", exec: execMov},
		{Enc: "none 0f c3 /r", Ops: "My,Gy", Name: "movnti", exec: execMov, attr: onlyMem | reads32},
		{Enc: "63 /r", Ops: "Gv,Ez", Name: "movslq", exec: execMovsx},
		{Enc: "0f b6 /r", Ops: "Gv,Eb", Name: "movzb", exec: execMovzx},
		{Enc: "0f b7 /r", Ops: "Gv,Ew", Name: "movzw", exec: execMovzx},
		{Enc: "0f be /r", Ops: "Gv,Eb", Name: "movsb", exec: execMovsx},
		{Enc: "0f bf /r", Ops: "Gv,Ew", Name: "movsw", exec: execMovsx},
		{Enc: "f2 0f 38 f0 /r", Ops: "Gy,Eb", Name: "crc32b", exec: execCRC32},
		{Enc: "f2 0f 38 f1 /r", Ops: "Gy,Ev", Name: "crc32", exec: execCRC32},
		{Enc: "np 0f 38 f0 /r", Ops: "Gv,Mv", Name: "movbe", exec: execMovbe, attr: onlyMem},
		{Enc: "np 0f 38 f1 /r", Ops: "Mv,Gv", Name: "movbe", exec: execMovbe, attr: onlyMem},
		{Enc: "8d /r", Ops: "Gv,Mv", Name: "lea", exec: execLea, attr: onlyMem},
		{Enc: "86 /r", Ops: "Eb,Gb", Name: "xchg", exec: execXchg, attr: lockable},
		{Enc: "87 /r", Ops: "Ev,Gv", Name: "xchg", exec: execXchg, attr: lockable},
		{Enc: "f3 90", Name: "pause", exec: execNop},
		{Enc: "90 +r", Ops: "Zv,Av", Name: "xchg", exec: execXchgA},
		{Enc: "0f 40 +cc /r", Ops: "Gv,Ev", Name: "cmov*", exec: execCmov},
		{Enc: "0f 90 +cc /r", Ops: "Eb", Name: "set*", exec: execSetcc},
		{Enc: "0f c8 +r", Ops: "Zv", Name: "bswap", exec: execBswap},
		{Enc: "98", Name: "cbtw", exec: execExtendA},
		{Enc: "99", Name: "cwtd", exec: execExtendD},
		{Enc: "9e", Name: "sahf", exec: execSahf},
		{Enc: "9f", Name: "lahf", exec: execLahf},
		{Enc: "d7", Name: "xlat", exec: execXlat},
		{Enc: "50 +r", Ops: "Zv", Name: "push", exec: execPush, attr: def64},
		{Enc: "58 +r", Ops: "Zv", Name: "pop", exec: execPop, attr: def64},
		{Enc: "68", Ops: "Iz", Name: "push", exec: execPush, attr: def64},
		{Enc: "6a", Ops: "Ib", Name: "push", exec: execPush, attr: def64},
		{Enc: "ff /6", Ops: "Ev", Name: "push", exec: execPush, attr: def64},
		{Enc: "8f /0", Ops: "Ev", Name: "pop", exec: execPop, attr: def64},
		{Enc: "0f a0", Ops: "sw", Name: "push", exec: execPushSeg, attr: def64},
		{Enc: "0f a8", Ops: "sw", Name: "push", exec: execPushSeg, attr: def64},
		{Enc: "0f a1", Ops: "sw", Name: "pop", exec: execPopSeg, attr: def64},
		{Enc: "0f a9", Ops: "sw", Name: "pop", exec: execPopSeg, attr: def64},
		{Enc: "9c", Name: "pushf", exec: execPushf, attr: def64},
		{Enc: "9d", Name: "popf", exec: execPopf, attr: def64},
		{Enc: "c8", Ops: "Iw,ib", Name: "enter", exec: execEnter, attr: def64},
		{Enc: "c9", Name: "leave", exec: execLeave, attr: def64},
	}
}

func arithForms() []Form {
	return []Form{
		{Enc: "84 /r", Ops: "Eb,Gb", Name: "test", exec: execCompare(aluAnd)},
		{Enc: "85 /r", Ops: "Ev,Gv", Name: "test", exec: execCompare(aluAnd)},
		{Enc: "a8", Ops: "Ab,Ib", Name: "test", exec: execCompare(aluAnd)},
		{Enc: "a9", Ops: "Av,Iz", Name: "test", exec: execCompare(aluAnd)},
		{Enc: "f6 /0", Ops: "Eb,Ib", Name: "test", exec: execCompare(aluAnd)},
		{Enc: "f6 /1", Ops: "Eb,Ib", Name: "test", exec: execCompare(aluAnd)},
		{Enc: "f7 /0", Ops: "Ev,Iz", Name: "test", exec: execCompare(aluAnd)},
		{Enc: "f7 /1", Ops: "Ev,Iz", Name: "test", exec: execCompare(aluAnd)},
		{Enc: "f6 /2", Ops: "Eb", Name: "not", exec: execNot, attr: lockable},
		{Enc: "f7 /2", Ops: "Ev", Name: "not", exec: execNot, attr: lockable},
		{Enc: "f6 /3", Ops: "Eb", Name: "neg", exec: execNeg, attr: lockable},
		{Enc: "f7 /3", Ops: "Ev", Name: "neg", exec: execNeg, attr: lockable},
		{Enc: "fe /0", Ops: "Eb", Name: "inc", exec: execInc, attr: lockable},
		{Enc: "ff /0", Ops: "Ev", Name: "inc", exec: execInc, attr: lockable},
		{Enc: "fe /1", Ops: "Eb", Name: "dec", exec: execDec, attr: lockable},
		{Enc: "ff /1", Ops: "Ev", Name: "dec", exec: execDec, attr: lockable},
		{Enc: "f6 /4", Ops: "Eb", Name: "mul", exec: execMul},
		{Enc: "f7 /4", Ops: "Ev", Name: "mul", exec: execMul},
		{Enc: "f6 /5", Ops: "Eb", Name: "imul", exec: execImul1},
		{Enc: "f7 /5", Ops: "Ev", Name: "imul", exec: execImul1},
		{Enc: "0f af /r", Ops: "Gv,Ev", Name: "imul", exec: execImul2},
		{Enc: "69 /r", Ops: "Gv,Ev,Iz", Name: "imul", exec: execImul3},
		{Enc: "6b /r", Ops: "Gv,Ev,Ib", Name: "imul", exec: execImul3},
		{Enc: "f6 /6", Ops: "Eb", Name: "div", exec: execDiv},
		{Enc: "f7 /6", Ops: "Ev", Name: "div", exec: execDiv},
		{Enc: "f6 /7", Ops: "Eb", Name: "idiv", exec: execIdiv},
		{Enc: "f7 /7", Ops: "Ev", Name: "idiv", exec: execIdiv},
		{Enc: "0f b0 /r", Ops: "Eb,Gb", Name: "cmpxchg", exec: execCmpxchg, attr: lockable},
		{Enc: "0f b1 /r", Ops: "Ev,Gv", Name: "cmpxchg", exec: execCmpxchg, attr: lockable},
		{Enc: "0f c0 /r", Ops: "Eb,Gb", Name: "xadd", exec: execXadd, attr: lockable},
		{Enc: "0f c1 /r", Ops: "Ev,Gv", Name: "xadd", exec: execXadd, attr: lockable},
		{Enc: "0f c7 /1", Ops: "My", Name: "cmpxchg8b", exec: execCmpxchgPair, attr: lockable | onlyMem | reads32},
		{Enc: "66 0f 38 f6 /r", Ops: "Gy,Ey", Name: "adcx", exec: execAdx, attr: reads32},
		{Enc: "f3 0f 38 f6 /r", Ops: "Gy,Ey", Name: "adox", exec: execAdx, attr: reads32},
	}
}

func shiftForms() []Form {
	var all []Form
	for i, op := range [...]struct {
		name string
		fn   shiftFunc
	}{
		{"rol", shiftRol}, {"ror", shiftRor}, {"rcl", shiftRcl}, {"rcr", shiftRcr},
		{"shl", shiftShl}, {"shr", shiftShr}, {"shl", shiftShl}, {"sar", shiftSar},
	} {
		exec, digit := execShift(op.fn), " /"+string(rune('0'+i))
		all = append(all, []Form{
			{Enc: "c0" + digit, Ops: "Eb,Ib", Name: op.name, exec: exec},
			{Enc: "c1" + digit, Ops: "Ev,Ib", Name: op.name, exec: exec},
			{Enc: "d0" + digit, Ops: "Eb,1b", Name: op.name, exec: exec},
			{Enc: "d1" + digit, Ops: "Ev,1b", Name: op.name, exec: exec},
			{Enc: "d2" + digit, Ops: "Eb,cb", Name: op.name, exec: exec},
			{Enc: "d3" + digit, Ops: "Ev,cb", Name: op.name, exec: exec},
		}...)
	}
	return append(all, []Form{
		{Enc: "0f a4 /r", Ops: "Ev,Gv,Ib", Name: "shld", exec: execShld},
		{Enc: "0f a5 /r", Ops: "Ev,Gv,cb", Name: "shld", exec: execShld},
		{Enc: "0f ac /r", Ops: "Ev,Gv,Ib", Name: "shrd", exec: execShrd},
		{Enc: "0f ad /r", Ops: "Ev,Gv,cb", Name: "shrd", exec: execShrd},
	}...)
}

func bitForms() []Form {
	return []Form{
		{Enc: "0f a3 /r", Ops: "Ev,Gv", Name: "bt", exec: execBt(bitTest)},
		{Enc: "0f ab /r", Ops: "Ev,Gv", Name: "bts", exec: execBt(bitSet), attr: lockable},
		{Enc: "0f b3 /r", Ops: "Ev,Gv", Name: "btr", exec: execBt(bitReset), attr: lockable},
		{Enc: "0f bb /r", Ops: "Ev,Gv", Name: "btc", exec: execBt(bitFlip), attr: lockable},
		{Enc: "0f ba /4", Ops: "Ev,Ib", Name: "bt", exec: execBt(bitTest)},
		{Enc: "0f ba /5", Ops: "Ev,Ib", Name: "bts", exec: execBt(bitSet), attr: lockable},
		{Enc: "0f ba /6", Ops: "Ev,Ib", Name: "btr", exec: execBt(bitReset), attr: lockable},
		{Enc: "0f ba /7", Ops: "Ev,Ib", Name: "btc", exec: execBt(bitFlip), attr: lockable},
		{Enc: "f3 0f b8 /r", Ops: "Gv,Ev", Name: "popcnt", exec: execPopcnt},
		{Enc: "f3 0f bc /r", Ops: "Gv,Ev", Name: "tzcnt", exec: execTzcnt},
		{Enc: "f3 0f bd /r", Ops: "Gv,Ev", Name: "lzcnt", exec: execLzcnt},
		{Enc: "0f bc /r", Ops: "Gv,Ev", Name: "bsf", exec: execBsf},
		{Enc: "0f bd /r", Ops: "Gv,Ev", Name: "bsr", exec: execBsr},
	}
}

func branchForms() []Form {
	return []Form{
		{Enc: "70 +cc", Ops: "Jb", Name: "j*", exec: execJcc, attr: force64},
		{Enc: "0f 80 +cc", Ops: "Jz", Name: "j*", exec: execJcc, attr: force64},
		{Enc: "eb", Ops: "Jb", Name: "jmp", exec: execJmp, attr: force64 | ends},
		{Enc: "e9", Ops: "Jz", Name: "jmp", exec: execJmp, attr: force64 | ends},
		{Enc: "ff /4", Ops: "Ev", Name: "jmp", exec: execJmp, attr: force64 | ends},
		{Enc: "e8", Ops: "Jz", Name: "call", exec: execCall, attr: force64 | ends},
		{Enc: "ff /2", Ops: "Ev", Name: "call", exec: execCall, attr: force64 | ends},
		{Enc: "c3", Name: "ret", exec: execRet, attr: force64 | ends},
		{Enc: "c2", Ops: "Iw", Name: "ret", exec: execRet, attr: force64 | ends},
		{Enc: "e0", Ops: "Jb", Name: "loopne", exec: execLoop, attr: force64},
		{Enc: "e1", Ops: "Jb", Name: "loope", exec: execLoop, attr: force64},
		{Enc: "e2", Ops: "Jb", Name: "loop", exec: execLoop, attr: force64},
		{Enc: "e3", Ops: "Jb", Name: "jrcxz", exec: execLoop, attr: force64},
		{Enc: "cc", Name: "int3", exec: execInt, attr: ends},
		{Enc: "cd", Ops: "Ib", Name: "int", exec: execInt, attr: ends},
		{Enc: "f1", Name: "int1", exec: execInt, attr: ends},
		{Enc: "cf", Name: "iret", exec: execIret, attr: ends | serialize},
		{Enc: "cb", Name: "lret", exec: execLret, attr: ends | serialize},
		{Enc: "ca", Ops: "Iw", Name: "lret", exec: execLret, attr: ends | serialize},
		{Enc: "ff /3", Ops: "Mv", Name: "lcall", exec: execFar, attr: ends | onlyMem | serialize},
		{Enc: "ff /5", Ops: "Mv", Name: "ljmp", exec: execFar, attr: ends | onlyMem | serialize},
		{Enc: "0f 0b", Name: "ud2", exec: execUD, attr: ends},
		{Enc: "0f b9 /r", Ops: "Gv,Ev", Name: "ud1", exec: execUD, attr: ends},
		{Enc: "0f ff /r", Ops: "Gv,Ev", Name: "ud0", exec: execUD, attr: ends},
	}
}

func stringForms() []Form {
	return []Form{
		{Enc: "a4", Name: "movsb", exec: execMovs, attr: repString | byteSize},
		{Enc: "a5", Name: "movs", exec: execMovs, attr: repString},
		{Enc: "a6", Name: "cmpsb", exec: execCmps, attr: repCond | byteSize},
		{Enc: "a7", Name: "cmps", exec: execCmps, attr: repCond},
		{Enc: "aa", Name: "stosb", exec: execStos, attr: repString | byteSize},
		{Enc: "ab", Name: "stos", exec: execStos, attr: repString},
		{Enc: "ac", Name: "lodsb", exec: execLods, attr: repString | byteSize},
		{Enc: "ad", Name: "lods", exec: execLods, attr: repString},
		{Enc: "ae", Name: "scasb", exec: execScas, attr: repCond | byteSize},
		{Enc: "af", Name: "scas", exec: execScas, attr: repCond},
		{Enc: "6c", Name: "insb", exec: execIns, attr: repString | byteSize},
		{Enc: "6d", Name: "ins", exec: execIns, attr: repString},
		{Enc: "6e", Name: "outsb", exec: execOuts, attr: repString | byteSize},
		{Enc: "6f", Name: "outs", exec: execOuts, attr: repString},
	}
}
