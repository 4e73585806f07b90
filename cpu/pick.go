package cpu

func pickALU(n int) picker {
	return func(o *op, in *Inst) uint16 {
		if form, ok := o.operands(in); ok {
			return hotALU[n][form][sizeIndex(in.Size)]
		}
		return opSlow
	}
}

func pickMov(o *op, in *Inst) uint16 {
	if form, ok := o.operands(in); ok {
		return hotMov[form][sizeIndex(in.Size)]
	}
	return opSlow
}

func pickStep(n int) picker {
	return func(o *op, in *Inst) uint16 {
		o.d = uint8(in.Args[0].Reg)
		switch in.Args[0].Kind {
		case ArgReg:
			return hotStep[n][0][sizeIndex(in.Size)]
		case ArgMem:
			return hotStep[n][1+o.indexed()][sizeIndex(in.Size)]
		}
		return opSlow
	}
}

func pickUnary(codes *[4]uint16) picker {
	return func(o *op, in *Inst) uint16 {
		if in.Args[0].Kind != ArgReg {
			return opSlow
		}
		o.d = uint8(in.Args[0].Reg)
		return codes[sizeIndex(in.Size)]
	}
}

func pickImul(o *op, in *Inst) uint16 {
	w, ok := wideIndex(in.Size)
	if !ok || in.NArgs < 2 || in.NArgs == 3 && in.Args[1].Kind != ArgReg {
		return opSlow
	}
	form, _ := o.operands(in)
	if in.NArgs == 3 {
		return hotImul[3][w]
	}
	if form != formRR {
		form--
	}
	return hotImul[form][w]
}

func pickDivide(codes *[2]uint16) picker {
	return func(o *op, in *Inst) uint16 {
		w, ok := wideIndex(in.Size)
		if !ok || in.Args[0].Kind != ArgReg {
			return opSlow
		}
		o.d = uint8(in.Args[0].Reg)
		return codes[w]
	}
}

func pickLea(o *op, in *Inst) uint16 {
	w, ok := wideIndex(in.Size)
	if !ok || in.Mem.Seg != noSeg {
		return opSlow
	}
	o.d = uint8(in.Args[0].Reg)
	return hotLea[o.indexed()][w]
}

func pickExtend(signed, from int) picker {
	return func(o *op, in *Inst) uint16 {
		w, ok := wideIndex(in.Size)
		if !ok || from == 2 && w == 0 {
			return opSlow
		}
		form, ok := o.operands(in)
		if !ok {
			return opSlow
		}
		if form != formRR {
			form--
		}
		return hotExtend[signed][from][w][form]
	}
}

func pickExtendA(_ *op, in *Inst) uint16 {
	if in.Size == 8 {
		return opCltq
	}
	return opSlow
}

func pickExtendD(_ *op, in *Inst) uint16 {
	switch in.Size {
	case 8:
		return opCqto
	case 4:
		return opCltd
	}
	return opSlow
}

func pickXchg(o *op, in *Inst) uint16 {
	if in.Opcode == 0x90 && in.Args[0].Reg == RAX {
		return opNop
	}
	if in.Args[0].Kind == ArgMem {
		return pickAtomic(&hotXchgM)(o, in)
	}
	w, ok := wideIndex(in.Size)
	if !ok {
		return opSlow
	}
	o.operands(in)
	return hotXchg[w]
}

func pickAtomic(codes *[2]uint16) picker {
	return func(o *op, in *Inst) uint16 {
		w, ok := wideIndex(in.Size)
		form, _ := o.operands(in)
		if !ok || form != formMR {
			return opSlow
		}
		return codes[w]
	}
}

func pickPush(o *op, in *Inst) uint16 {
	if in.Size != 8 {
		return opSlow
	}
	o.d, o.imm = uint8(in.Args[0].Reg), uint64(in.Imm)
	switch in.Args[0].Kind {
	case ArgReg:
		return opPushR
	case ArgImm:
		return opPushI
	}
	return opSlow
}

func pickPop(o *op, in *Inst) uint16 {
	if in.Size != 8 || in.Args[0].Kind != ArgReg {
		return opSlow
	}
	o.d = uint8(in.Args[0].Reg)
	return opPopR
}

func pickLeave(_ *op, in *Inst) uint16 {
	if in.Size == 8 {
		return opLeave
	}
	return opSlow
}

func pickShift(n int) picker {
	return func(o *op, in *Inst) uint16 {
		w, ok := wideIndex(in.Size)
		if !ok || in.Args[0].Kind != ArgReg {
			return opSlow
		}
		o.d = uint8(in.Args[0].Reg)
		if in.Args[1].Kind == ArgReg {
			return hotShift[n][1][w]
		}
		k := uint8(1)
		if in.Args[1].Kind == ArgImm {
			k = uint8(in.Imm) & (8*in.Size - 1)
		}
		if k == 0 {
			return opSlow
		}
		o.k = k
		return hotShift[n][0][w]
	}
}

func pickShiftx(n int) picker {
	return func(o *op, in *Inst) uint16 {
		w, ok := wideIndex(in.Size)
		if !ok || in.Args[1].Kind != ArgReg {
			return opSlow
		}
		o.d, o.s, o.x = uint8(in.Args[0].Reg), uint8(in.Args[1].Reg), uint8(in.Args[2].Reg)
		return hotShiftx[n][w]
	}
}

func pickBswap(o *op, in *Inst) uint16 {
	w, ok := wideIndex(in.Size)
	if !ok {
		return opSlow
	}
	o.d = uint8(in.Args[0].Reg)
	return hotBswap[w]
}

func pickBt(o *op, in *Inst) uint16 {
	w, ok := wideIndex(in.Size)
	form, _ := o.operands(in)
	if !ok || form > formRI {
		return opSlow
	}
	return hotBt[form][w]
}

func pickScan(codes *[2]uint16) picker {
	return func(o *op, in *Inst) uint16 {
		w, ok := wideIndex(in.Size)
		form, _ := o.operands(in)
		if !ok || form != formRR {
			return opSlow
		}
		return codes[w]
	}
}

func pickSet(o *op, in *Inst) uint16 {
	if in.Args[0].Kind != ArgReg {
		return opSlow
	}
	o.d = uint8(in.Args[0].Reg)
	return hotSet[in.cond()]
}

func pickCmov(o *op, in *Inst) uint16 {
	w, ok := wideIndex(in.Size)
	form, _ := o.operands(in)
	switch {
	case ok && form == formRR:
		return hotCmov[in.cond()][w]
	case ok && form == formRM:
		return hotCmov[in.cond()][w+2]
	}
	return opSlow
}

func pickJcc(_ *op, in *Inst) uint16 { return hotJcc[in.cond()] }

func pickJmp(o *op, in *Inst) uint16 {
	o.d = uint8(in.Args[0].Reg)
	switch in.Args[0].Kind {
	case ArgRel:
		return opJmp
	case ArgReg:
		return opJmpR
	}
	return [2]uint16{opJmpMB, opJmpMX}[o.indexed()]
}

func pickCall(o *op, in *Inst) uint16 {
	o.d, o.imm = uint8(in.Args[0].Reg), o.rip+uint64(o.len)
	switch in.Args[0].Kind {
	case ArgRel:
		return opCall
	case ArgReg:
		return opCallR
	}
	return [2]uint16{opCallMB, opCallMX}[o.indexed()]
}

func pickRet(o *op, in *Inst) uint16 {
	o.imm = 8 + uint64(uint16(in.Imm))
	return opRet
}

func pickNop(*op, *Inst) uint16 { return opNop }
