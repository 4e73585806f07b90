package machine

import (
	"testing"

	"klpemu/internal/asm"
)

// koSource is what modpost makes of a module: the struct module, with the
// module's name and the relocated pointers to its init and exit.
const koSource = `
	.section .modinfo,"a"
	.asciz "license=GPL"
	.asciz "vermagic=6.12.117+deb12-cloud-amd64 SMP preempt mod_unload modversions "
	.text
	.globl init_module, cleanup_module
	.type init_module, @function
init_module:
	call __fentry__
	movl $42, state(%rip)
	xorl %eax, %eax
	jmp __x86_return_thunk
	.size init_module, .-init_module
	.type cleanup_module, @function
cleanup_module:
	jmp __x86_return_thunk
	.size cleanup_module, .-cleanup_module
	.data
	.globl state
state:	.long 0
	.section .gnu.linkonce.this_module,"aw"
	.globl __this_module
	.type __this_module, @object
	.align 64
__this_module:
	.zero 24
	.asciz "its_name"
	.zero 0x138-(.-__this_module)
	.quad init_module
	.zero 0x4b0-(.-__this_module)
	.quad cleanup_module
	.zero 0x500-(.-__this_module)
	.size __this_module, .-__this_module
`

func TestKoNameInitExit(t *testing.T) {
	data, err := asm.Assemble("x.s", []byte(koSource))
	if err != nil {
		t.Fatal(err)
	}
	m := bootTest(t, Config{CPUs: 1})
	if err := m.Insmod(ModuleSource{Ko: data}); err != nil {
		t.Fatal(err)
	}
	const name = "its_name"
	mod := m.Module(name)
	got, err := m.mem.Load(m.Symbols(name, "state")[0], 4)
	if err != nil || got != 42 || mod.exit != m.Symbols(name, "cleanup_module")[0] {
		t.Errorf("init left %d (%v), exit is %x; want 42 and %x", got, err, mod.exit, m.Symbols(name, "cleanup_module")[0])
	}
	if err := m.Rmmod(name); err != nil {
		t.Error(err)
	}
}
