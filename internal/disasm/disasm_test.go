package disasm

import (
	"encoding/hex"
	"strings"
	"testing"
)

func TestInsn(t *testing.T) {
	sym := func(addr uint64) (string, uint64, bool) {
		if addr >= 0xffffffff81000040 && addr < 0xffffffff81000080 {
			return "read_pair", 0xffffffff81000040, true
		}
		return "", 0, false
	}
	const pc = 0xffffffff81000000
	tests := []struct{ code, want string }{
		{"e83b000000", "call   ffffffff81000040 <read_pair>"},
		{"e943000000", "jmp    ffffffff81000048 <read_pair+0x8>"},
		{"0f84fa000000", "je     ffffffff81000100"},
		{"4889e5", "mov    %rsp,%rbp"},
		{"f30f1efa", "endbr64"},
		{"0f1f440000", "nopl   0x0(%rax,%rax,1)"},
		{"662e0f1f840000000000", "cs nopw 0x0(%rax,%rax,1)"},
		{"90", "nop"}, {"6690", "xchg   %ax,%ax"}, {"c3", "ret"}, {"cc", "int3"}, {"c9", "leave"},
		{"488b0539000000", "mov    0x39(%rip),%rax        # ffffffff81000040 <read_pair>"},
		{"65482b042528000000", "sub    %gs:0x28,%rax"},
		{"f0480fb117", "lock cmpxchg %rdx,(%rdi)"},
		{"f348ab", "rep stos %rax,%es:(%rdi)"},
		{"f3a4", "rep movsb %ds:(%rsi),%es:(%rdi)"},
		{"f2ae", "repnz scas %es:(%rdi),%al"},
		{"48c7c0ffffffff", "mov    $0xffffffffffffffff,%rax"},
		{"48b88877665544332211", "movabs $0x1122334455667788,%rax"},
		{"4883c480", "add    $0xffffffffffffff80,%rsp"},
		{"83c480", "add    $0xffffff80,%esp"},
		{"c74424fc01000000", "movl   $0x1,-0x4(%rsp)"},
		{"ff24c500000081", "jmp    *-0x7f000000(,%rax,8)"},
		{"3effe0", "notrack jmp *%rax"},
		{"ff5008", "call   *0x8(%rax)"},
		{"0fb6c0", "movzbl %al,%eax"}, {"480fbe00", "movsbq (%rax),%rax"}, {"4863d0", "movslq %eax,%rdx"},
		{"4898", "cltq"}, {"4899", "cqto"}, {"99", "cltd"},
		{"d1f8", "sar    %eax"}, {"d3e0", "shl    %cl,%eax"}, {"c1e004", "shl    $0x4,%eax"}, {"d328", "shrl   %cl,(%rax)"},
		{"0f9400", "sete   (%rax)"},
		{"ffc0", "inc    %eax"}, {"48ff0f", "decq   (%rdi)"},
		{"9c", "pushf"}, {"9d", "popf"}, {"48cf", "iretq"},
		{"0f01c1", "vmcall"}, {"0f01ca", "clac"}, {"0fc7f8", "rdseed %eax"},
		{"c4e2fbf6d1", "mulx   %rcx,%rax,%rdx"},
		{"2e0f8700000000", "ja,pn  ffffffff81000007"},
		{"0f0b", "ud2"}, {"06", "(bad)"}, {"48", ".byte 0x48"},
		{"0f28c1", "movaps %xmm1,%xmm0"},
	}
	for _, tt := range tests {
		code, err := hex.DecodeString(tt.code)
		if err != nil {
			t.Fatal(err)
		}
		got, n := Insn(code, pc, sym)
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.code, got, tt.want)
		}
		if bad := strings.HasPrefix(tt.want, "(") || strings.HasPrefix(tt.want, "."); !bad && n != len(code) {
			t.Errorf("%s: length %d, want %d", tt.code, n, len(code))
		}
	}
}

// Whatever the bytes are, the disassembler makes progress and stays inside them.
func FuzzInsn(f *testing.F) {
	f.Add([]byte{0x0f, 0x1f, 0x44, 0, 0})
	f.Add([]byte{0xc4, 0xe2, 0xfb, 0xf6, 0xd1})
	f.Add([]byte{0x66, 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, code []byte) {
		text, n := Insn(code, 0xffffffff81000000, nil)
		if n < 0 || n > len(code) || len(code) > 0 && (n == 0 || text == "") {
			t.Errorf("% x: %q, length %d", code, text, n)
		}
	})
}
