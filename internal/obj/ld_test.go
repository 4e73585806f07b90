package obj

import (
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const ldSource = `
	.text
	.globl _start
_start:
	mov var@GOTPCREL(%rip), %rax
	mov var@GOTPCREL(%rip), %r9
	mov var@GOTPCREL(%rip), %r15
	test %r8, var@GOTPCREL(%rip)
	add var@GOTPCREL(%rip), %rdx
	adc var@GOTPCREL(%rip), %rbx
	cmp var@GOTPCREL(%rip), %r10
	xor var@GOTPCREL(%rip), %rsi
	sub var@GOTPCREL(%rip), %r12
	call *far@GOTPCREL(%rip)
	jmp *far@GOTPCREL(%rip)
	call far@PLT
	jmp far
	je far
	lea var(%rip), %rdi
	mov $var, %rdi
	movabs $var, %rdi
	cmpq $var+3, var+8(%rip)
	mov table(,%rax,8), %rax
	jmp *table(,%rax,8)
	mov weak, %eax
	incl common(%rip)
	ret
	.p2align 4
	.globl far
far:
	call _start
	ret
	.weak weak
	.comm common,8,8
	.section .rodata,"a"
	.globl table
table:
	.quad _start, far, far+1, var, .text
	.quad far - .
	.long far - ., var - .
	.data
	.globl var
var:
	.quad var, table+4, common, weak
`

const ldScript = `SECTIONS {
	. = %#x;
	.text : { *(.text) }
	. = ALIGN(4096);
	.rodata : { *(.rodata) }
	. = ALIGN(4096);
	.data : { *(.data) }
	. = ALIGN(4096);
	.bss : { *(.bss) *(COMMON) }
	.got : { *(.got) *(.got.plt) }
}`

// TestAgainstLD links one object with GNU ld and compares every byte.
func TestAgainstLD(t *testing.T) {
	for _, tool := range []string{"as", "ld"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	for _, base := range []uint64{LowBase, kernelBase} {
		t.Run(fmt.Sprintf("%#x", base), func(t *testing.T) {
			dir := t.TempDir()
			path := func(name string) string { return filepath.Join(dir, name) }
			for name, text := range map[string]string{"a.s": ldSource, "a.lds": fmt.Sprintf(ldScript, base)} {
				if err := os.WriteFile(path(name), []byte(text), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			run(t, "as", "-mrelax-relocations=yes", "-o", path("a.o"), path("a.s"))
			run(t, "ld", "-static", "-T", path("a.lds"), "-o", path("a.out"), path("a.o"))
			im := link(t, Options{Base: base}, parseFile(t, path("a.o")))
			ref, err := elf.Open(path("a.out"))
			if err != nil {
				t.Fatal(err)
			}
			defer ref.Close()
			for _, name := range []string{".text", ".rodata", ".data"} {
				s := ref.Section(name)
				want, err := s.Data()
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, im.bytes(s.Addr, len(want))); diff != "" {
					t.Errorf("%s at %#x (-ld +klpemu):\n%s", name, s.Addr, diff)
				}
			}
		})
	}
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Skipf("%s: %v\n%s", name, err, out)
	}
}
