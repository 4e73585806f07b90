package ftrace

import (
	"encoding/binary"
	"fmt"
)

// Template is one of the two common trampolines, ftrace_caller and
// ftrace_regs_caller: guest bytes from Start to End, the place of the load of
// the ops pointer (op_ptr) and of the call of the handler. Jump is the jnz to
// the call of a direct function, 0 where there is none.
type Template struct {
	Start, OpPtr, Call, Jump, End uint64
}

// Text is where trampolines live: module space, executable and read-only.
type Text interface {
	// Alloc reserves size bytes within reach of a rel32 from kernel text.
	Alloc(size uint64) (uint64, error)
	// Publish makes the bytes at addr executable; from is the range of the
	// template that they copy, whose unwind data describes them too.
	Publish(addr uint64, code []byte, from Template) error
	// Free gives the space back.
	Free(addr, size uint64)
}

// Trampoline is the copy of a template that belongs to one ops
// (arch/x86, create_trampoline).
type Trampoline struct {
	Addr, Size uint64
	Regs       bool // copied from ftrace_regs_caller
	call       uint64
}

// Lengths of what follows the copied bytes: `ret; int3` and the ops pointer.
const (
	retSize = 2
	ptrSize = 8

	opLoadSize = 7 // mov disp32(%rip), %rdx
)

// createTrampoline makes the ops' own trampoline: a copy of its template that
// loads the ops pointer from its end and calls target.
func (f *Ftrace) createTrampoline(o *Ops, target uint64) (*Trampoline, error) {
	tmpl := f.caller
	regs := o.Flags&OpsSaveRegs != 0
	if regs {
		tmpl = f.regsCaller
	}
	n := tmpl.End - tmpl.Start
	code := make([]byte, n, n+retSize+ptrSize)
	if err := f.mem.Read(tmpl.Start, code); err != nil {
		return nil, fmt.Errorf("ftrace: trampoline template: %w", err)
	}
	if tmpl.Jump != 0 { // no direct function is called from here
		copy(code[tmpl.Jump-tmpl.Start:], []byte{0x66, 0x90})
	}
	code = append(code, 0xc3, int3)
	code = binary.LittleEndian.AppendUint64(code, o.Addr)
	addr, err := f.text.Alloc(uint64(len(code)))
	if err != nil {
		return nil, err
	}
	opAt := tmpl.OpPtr - tmpl.Start
	disp := uint32(n + retSize - (opAt + opLoadSize))
	binary.LittleEndian.PutUint32(code[opAt+3:], disp)
	callAt := tmpl.Call - tmpl.Start
	call, ok := callTo(addr+callAt, target)
	if !ok {
		f.text.Free(addr, uint64(len(code)))
		return nil, fmt.Errorf("ftrace: handler %x is out of reach of trampoline %x", target, addr)
	}
	copy(code[callAt:], call[:])
	if err := f.text.Publish(addr, code, tmpl); err != nil {
		f.text.Free(addr, uint64(len(code)))
		return nil, err
	}
	return &Trampoline{Addr: addr, Size: uint64(len(code)), Regs: regs, call: addr + callAt}, nil
}

func (f *Ftrace) freeTrampoline(o *Ops) {
	if t := o.trampoline; t != nil {
		f.text.Free(t.Addr, t.Size)
		o.trampoline = nil
	}
}
