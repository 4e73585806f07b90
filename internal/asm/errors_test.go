package asm

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestErrors checks place, message and hint of what users get wrong.
func TestErrors(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"register", "\tmovl %eax, %ebxx", "x.s:1:13: unknown register %ebxx (did you mean %ebx?)"},
		{"mnemonic", "nop\n mvo $1, %eax", "x.s:2:2: unknown instruction mvo (did you mean mov?)"},
		{"directive", ".globel foo", "x.s:1:1: unknown directive .globel (did you mean .global?)"},
		{"operand count", "mov $1", "x.s:1:1: mov does not take 1 operands (it takes 2)"},
		{"redefinition", "foo: nop\nfoo: nop", "x.s:2:1: symbol foo is already defined"},
		{"immediate", "add $0x123456789, %rax", "x.s:1:5: immediate 0x123456789 does not fit in a signed 32-bit field (load it into a register with movabs first)"},
		{"displacement", "mov 0x80000000(%rbx), %eax", "x.s:1:5: displacement 0x80000000 does not fit in a signed 32-bit field (load the address into a register with movabs first)"},
		{"register sizes", "mov %eax, %rcx", "x.s:1:11: %eax and %rcx differ in size"},
		{"suffix", "movb %eax, %cl", "x.s:1:6: %eax has 32 bits, but movb works on 8"},
		{"size", "push %eax", "x.s:1:1: push does not take these operands (%eax has 32 bits, which push cannot use)"},
		{"vector", "movups %xmm0, %xmm1", "x.s:1:1: movups belongs to SSE, AVX or x87, which are not supported (compile with -mgeneral-regs-only)"},
		{"vector register", "mov %xmm0, %rax", "x.s:1:5: register %xmm0 belongs to SSE, AVX or x87, which are not supported (compile with -mgeneral-regs-only)"},
		{"high byte", "mov %ah, %r8b", "x.s:1:1: %ah cannot stand in an instruction that needs a REX prefix (use al, bl, cl or dl)"},
		{"lock", "lock mov %eax,(%rax)", "x.s:1:6: lock cannot stand before mov (it needs a read-modify-write instruction with a memory destination)"},
		{"rep", "rep add %eax,%eax", "x.s:1:5: rep cannot stand before add"},
		{"index", "mov (%rax,%rsp), %eax", "x.s:1:5: %rsp cannot be an index"},
		{"scale", "mov (%rax,%rbx,3), %eax", "x.s:1:16: bad scale 3 (use 1, 2, 4 or 8)"},
		{"leftover", ".byte 1 2", "x.s:1:9: unexpected `2' after the end of the operands"},
		{"string", ".ascii \"abc", "x.s:1:8: string is not terminated (close it with \")"},
		{"comment", "nop /* never", "x.s:1:5: comment is not terminated (close it with */)"},
		{"section flag", ".section .x,\"aq\"", "x.s:1:15: unknown section flag 'q' (flags are awxMSGToeRl and ?)"},
		{"section type", ".section .x,\"a\",@progbit", "x.s:1:17: unknown section type @progbit (did you mean progbits?)"},
		{"alignment", ".align 3", "x.s:1:8: bad alignment 3 (use a power of two)"},
		{"division", ".long 1/0", "x.s:1:8: division by zero"},
		{"difference", ".quad foo - bar", "x.s:1:7: the difference of foo and bar is not known (the second symbol must be a label of the same section as this field)"},
		{"local label", "jmp .Lnowhere", "x.s:1:5: local label .Lnowhere is not defined"},
		{"forward", "jmp 1f", "x.s:1:5: there is no label 1: after this line (1b refers to one before it)"},
		{"backward", "jmp 1b\n1:", "x.s:1:5: there is no label 1: before this line (1f refers to one after it)"},
		{"short jump", "loop far\n.skip 200\nfar:", "x.s:1:6: value 200 does not fit in 8 bits (this jump reaches -128 to 127 bytes only)"},
		{"circle", ".set a, b\n.set b, a\n.quad a", "x.s:1:1: the value of a cannot be computed (it depends on itself or on symbols of several sections)"},
		{"bss", ".bss\n.byte 1", "x.s:2:1: section .bss holds only zeros (put data with values in .data or .rodata)"},
		{"condition", ".if foo\n.endif", "x.s:1:5: the condition must be a number that is known here (it uses a symbol that is not, or not yet, a constant)"},
		{"no endif", ".if 1\nnop", "x.s:1:1: .if without .endif"},
		{"no endr", "nop\n.rept 3\nnop", "x.s:2:1: .rept without .endr"},
		{"no endproc", ".cfi_startproc\nnop", "x.s:1:1: .cfi_startproc without .cfi_endproc"},
		{"cfi outside", ".cfi_def_cfa_offset 8", "x.s:1:1: .cfi_def_cfa_offset outside of a procedure (begin with .cfi_startproc)"},
		{"in a macro", ".macro m r\n mov $1, %\\r\n.endm\nm eex", "x.s:2:10: unknown register %eex (did you mean %eax?)\n\tin macro m at x.s:4:1"},
		{"macro argument", ".macro m a:req\n.endm\nm", "x.s:3:1: macro m needs a value for a"},
		{"user error", ".error \"no\"", "x.s:1:1: no"},
		{"intel", ".intel_syntax noprefix", "x.s:1:1: .intel_syntax is not supported (write AT&T syntax, as gcc -S does)"},
		{"32 bit", ".code32", "x.s:1:1: .code32 is not supported (klpemu runs 64-bit code only)"},
		{"include", ".include \"a\"", "x.s:1:10: cannot read \"a\": including files is not available here"},
		{"func", "func f\nret", "x.s:1:1: func f without endfunc"},
		{"func twice", "func f\nfunc g\nret\nendfunc", "x.s:2:1: func inside of func f (close it with endfunc)"},
		{"org", ".skip 8\n.org 4", "x.s:2:6: .org cannot go back from 0x8 to 0x4"},
		{"swing", "a: .skip 10-(b-a)\nb:", "x.s:1:10: the layout does not settle (two sizes depend on each other; break the circle)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Assemble("x.s", []byte(tt.src))
			got := "no error"
			if err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Assemble(%q) (-want +got):\n%s", tt.src, diff)
			}
		})
	}
}

// TestErrorsAreCollected checks that several errors come at once, in order,
// and not without end.
func TestErrorsAreCollected(t *testing.T) {
	_, err := Assemble("x.s", []byte("bad1\njmp .Lx\nbad2\n"))
	var list ErrorList
	if !errors.As(err, &list) {
		t.Fatalf("got %T", err)
	}
	var lines []int
	for _, e := range list {
		lines = append(lines, e.Line)
	}
	if diff := cmp.Diff([]int{1, 3}, lines); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if _, err = Assemble("x.s", []byte(strings.Repeat("bad\n", 50))); strings.Count(err.Error(), "\n") != 9 {
		t.Errorf("want ten errors, got %v", err)
	}
}

// TestWarnings checks that what gas warns about is passed on, and assembled.
func TestWarnings(t *testing.T) {
	var got []string
	o := Options{Warn: func(e *Error) { got = append(got, e.Error()) }}
	if _, err := o.Assemble("x.s", []byte("inc (%rax)\n.byte 300\nmov $0x123456789,%eax\njmp foo(%rip)\n.warning \"w\"\n")); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"x.s:1:1: inc shows no operand size, taken as incl (write the suffix)",
		"x.s:2:7: value 0x12c does not fit in 1 bytes and is cut",
		"x.s:3:5: immediate 0x123456789 does not fit in 32 bits and is cut",
		"x.s:4:5: indirect jmp without *",
		"x.s:5:1: w",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}
