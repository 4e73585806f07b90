package cpu

// A cpuidLeaf is one answer of cpuid.
type cpuidLeaf struct {
	leaf, sub          uint32
	eax, ebx, ecx, edx uint32
}

// cpuidModel is the CPU that guests see: vendor "KlpEmuKlpEmu", family 6, with
// the integer extensions that the instruction table has and no FPU, SSE or AVX.
func cpuidModel() []cpuidLeaf {
	const (
		featC = 1<<13 | 1<<22 | 1<<23 | 1<<30 | 1<<31              // cx16 movbe popcnt rdrand hypervisor
		featD = 1<<4 | 1<<5 | 1<<6 | 1<<8 | 1<<13 | 1<<15 | 1<<19  // tsc msr pae cx8 pge cmov clflush
		featB = 1<<0 | 1<<3 | 1<<7 | 1<<8 | 1<<9 | 1<<18 | 1<<19 | // fsgsbase bmi1 smep bmi2 erms rdseed adx
			1<<20 | 1<<23 | 1<<24 // smap clflushopt clwb
		feat7C = 1 << 22                       // rdpid
		feat7D = 1<<14 | 1<<20                 // serialize ibt
		extC   = 1<<0 | 1<<5 | 1<<8            // lahf lzcnt prefetchw
		extD   = 1<<11 | 1<<20 | 1<<27 | 1<<29 // syscall nx rdtscp lm
	)
	return []cpuidLeaf{
		{leaf: 0, eax: 7, ebx: 0x45706c4b, edx: 0x6c4b756d, ecx: 0x756d4570},
		{leaf: 1, eax: 0x000606a6, ebx: 0x00000800, ecx: featC, edx: featD},
		{leaf: 7, ebx: featB, ecx: feat7C, edx: feat7D},
		{leaf: 0x80000000, eax: 0x80000008},
		{leaf: 0x80000001, ecx: extC, edx: extD},
		{leaf: 0x80000002, eax: 0x706c656b, ebx: 0x7620756d, ecx: 0x75706376}, // "klpemu vcpu"
		{leaf: 0x80000008, eax: 0x302e},
	}
}

// execCpuid answers from the model; a leaf that is not in it is all zeros. The
// APIC number in leaf 1 is the CPU's own.
func execCpuid(c *VCPU, _ *Inst) *Fault {
	leaf, sub := uint32(c.r[RAX]), uint32(c.r[RCX])
	a, b, cx, d := CPUID(leaf, sub)
	if leaf == 1 {
		b |= uint32(c.id) << 24
	}
	c.r[RAX], c.r[RBX], c.r[RCX], c.r[RDX] = uint64(a), uint64(b), uint64(cx), uint64(d)
	return nil
}

// CPUID is what cpuid answers for a leaf on every CPU, but for the number of
// the CPU in leaf 1.
func CPUID(leaf, sub uint32) (eax, ebx, ecx, edx uint32) {
	for _, l := range cpuidModel() {
		if l.leaf == leaf && (leaf != 7 || l.sub == sub) {
			return l.eax, l.ebx, l.ecx, l.edx
		}
	}
	return 0, 0, 0, 0
}
