package asm

import (
	"bytes"
	"strings"
	"testing"
)

// expanded is what `func NAME` stands for, in gas's own words.
const expanded = `
	.p2align 4
	.globl	read_pair
	.type	read_pair, @function
read_pair:
	.cfi_startproc
	endbr64
.Lsite:	call	__fentry__
	.section __mcount_loc, "a", @progbits
	.quad	.Lsite
	.previous
	push	%rbx
	.cfi_def_cfa_offset 16
	.cfi_offset %rbx, -16
	mov	%rdi, %rax
	pop	%rbx
	.cfi_def_cfa_offset 8
	ret
	.cfi_endproc
	.size	read_pair, .-read_pair
`

// TestFunc compares the func extension with what it stands for.
func TestFunc(t *testing.T) {
	body := expanded[strings.Index(expanded, "\tpush"):strings.Index(expanded, "\t.cfi_endproc")]
	got, err := Assemble("x.s", []byte("func read_pair\n"+body+"endfunc\n"))
	if err != nil {
		t.Fatal(err)
	}
	want, err := Assemble("x.s", []byte(expanded))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("func differs from its expansion:\n%s", lineDiff(dump(t, want), dump(t, got)))
	}
}

// TestFuncOptions checks what the options leave out.
func TestFuncOptions(t *testing.T) {
	tests := []struct{ line, text string }{
		{"func f", "f30f1efae800000000c3"},
		{"func f, local", "f30f1efae800000000c3"},
		{"func f, noendbr", "e800000000c3"},
		{"func f, notrace", "f30f1efac3"},
		{"func f, notrace, noendbr", "c3"},
	}
	for _, tt := range tests {
		if got, err := oneLine(t, tt.line+"\nret\nendfunc"); err != nil || got != tt.text {
			t.Errorf("%s: got %s %v, want %s", tt.line, got, err, tt.text)
		}
	}
}

// TestInclude reads files through the caller.
func TestInclude(t *testing.T) {
	o := Options{Include: func(name string) ([]byte, error) { return []byte(".byte " + name[1:]), nil }}
	object, err := o.Assemble("x.s", []byte(".include \"a7\"\n.incbin \"b1\", 1, 4\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(textOf(t, object)); got != "\x07byte" {
		t.Errorf("got %q", got)
	}
}
