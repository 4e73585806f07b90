package obj

import (
	"debug/elf"
	"fmt"
	"sort"
)

// patchableSite decides whether an entry of __patchable_function_entries is a
// call site. The entry points at the first nop, which lies before the symbol
// if the compiler was asked for padding:
//
//	=5       f: [endbr64] 5 nops              a site
//	=16,11   11 nops  f: [endbr64] 5 nops     a site at the 5 nops
//	=16,16   16 nops  f: [endbr64]            padding, no site
func (f *linkFile) patchableSite(s *Section, off uint64) (fileSite, bool, error) {
	fn := f.functionFor(s, off)
	if fn == nil {
		return fileSite{}, false, nil
	}
	p := max(off, fn.Value)
	if p == fn.Value && isEndbr(s.Data[p:]) {
		p += endbrSize
	}
	b := s.Data[p:]
	if nopBytes(b, siteSize) < siteSize {
		return fileSite{}, false, nil
	}
	if !nopsEndAt(b, siteSize) {
		return fileSite{}, false, fmt.Errorf("call site %s+%#x of %s: no nop ends at 5 bytes in % x; ask the compiler for 5 nops",
			printable(s.Name), p, printable(fn.Name), b[:min(len(b), 16)])
	}
	return fileSite{s, p, SitePatchable}, true, nil
}

// functionFor finds the function that an entry belongs to: the one it lies in,
// else the next one if only nops are between.
func (f *linkFile) functionFor(s *Section, off uint64) *FileSymbol {
	funcs := f.functions(s)
	next := sort.Search(len(funcs), func(i int) bool { return funcs[i].Value > off })
	if next > 0 {
		if y := funcs[next-1]; off == y.Value || off-y.Value < y.Size {
			return y
		}
	}
	if next == len(funcs) {
		return nil
	}
	y := funcs[next]
	const mostPadding = 4096
	pad := y.Value - off
	if pad > mostPadding || !nopsEndAt(s.Data[off:], int(pad)) {
		return nil
	}
	return y
}

// functions returns the functions of a section by address.
func (f *linkFile) functions(s *Section) []*FileSymbol {
	if f.funcs == nil {
		f.funcs = make([][]*FileSymbol, len(f.Sections))
		for _, y := range f.Symbols {
			if y.Type == elf.STT_FUNC && y.inSection() {
				f.funcs[y.Section] = append(f.funcs[y.Section], y)
			}
		}
		for _, fs := range f.funcs {
			sort.SliceStable(fs, func(i, j int) bool { return fs[i].Value < fs[j].Value })
		}
	}
	return f.funcs[s.Index]
}
