package kmod

// Features tells which of the features of asm/cpufeatures.h a CPU has, by what
// its cpuid answers: those that are bits of a leaf, and those that Linux sets by
// itself on every x86-64. Mitigations are for CPUs with bugs, which the modeled
// one has none of; nor is it a guest of Xen, KVM or another hypervisor that
// kernels know.
func Features(cpuid func(leaf, sub uint32) (eax, ebx, ecx, edx uint32)) func(feature int) bool {
	words := make(map[int]uint32)
	_, _, words[4], words[0] = cpuid(1, 0)
	_, words[9], words[16], words[18] = cpuid(7, 0)
	_, _, words[6], words[1] = cpuid(0x80000001, 0)
	const (
		repGood = 1 << 16
		always  = 1 << 21
		nopl    = 1 << 20
	)
	words[3] = repGood | always | nopl
	return func(feature int) bool { return words[feature/32]>>(feature%32)&1 != 0 }
}
