package cpu

import "strings"

// vectorForms name the x87, SSE and AVX instructions. None of them is executed:
// a kernel is built without them, and a fault should say what it met. The names
// are those of the SDM; operands are only as good as finding the length needs.
func vectorForms() []Form {
	all := []Form{
		{Enc: "62", Name: "evex"}, // AVX-512: known by its prefix
		{Enc: "9b", Name: "fwait"},
		{Enc: "0f 77", Name: "emms"},
		{Enc: "vex none 0f 77", Name: "vzeroupper"},
	}
	all = append(all, x87Forms()...)
	all = append(all, stateForms()...)
	for _, line := range strings.Split(strings.TrimSpace(sseNames), "\n") {
		all = append(all, sseForms(strings.Fields(line))...)
	}
	for i := range all {
		all[i].attr |= isVector
	}
	return all
}

// x87Forms are opcodes d8 to df: a name for each ModRM.reg with memory, one name
// for the register forms.
func x87Forms() []Form {
	names := [8]string{
		"fadd fmul fcom fcomp fsub fsubr fdiv fdivr", "fld fld fst fstp fldenv fldcw fnstenv fnstcw",
		"fiadd fimul ficom ficomp fisub fisubr fidiv fidivr", "fild fisttp fist fistp fldx fld fstpx fstp",
		"fadd fmul fcom fcomp fsub fsubr fdiv fdivr", "fld fisttp fst fstp frstor fnsave fnsave fnstsw",
		"fiadd fimul ficom ficomp fisub fisubr fidiv fidivr", "fild fisttp fist fistp fbld fild fbstp fistp",
	}
	var all []Form
	for i, list := range names {
		for reg, name := range strings.Fields(list) {
			all = append(all, Form{Enc: hex2(0xd8+i) + " /" + string(rune('0'+reg)), Ops: "Md", Name: name, attr: onlyMem})
		}
		all = append(all, Form{Enc: hex2(0xd8+i) + " /r", Name: strings.Fields(list)[0]})
	}
	return all
}

// stateForms save and load the FPU's state, in groups that have integer rows, too.
func stateForms() []Form {
	var all []Form
	for reg, name := range strings.Fields("fxsave fxrstor ldmxcsr stmxcsr xsave xrstor xsaveopt") {
		all = append(all, Form{Enc: "none 0f ae /" + string(rune('0'+reg)), Ops: "Md", Name: name, attr: onlyMem})
	}
	for i, name := range [...]string{"xrstors", "xsavec", "xsaves"} {
		all = append(all, Form{Enc: "none 0f c7 /" + string(rune('3'+i)), Ops: "Md", Name: name, attr: onlyMem})
	}
	return all
}

// sseForms are the rows of one line of sseNames: opcode, then a name for each
// mandatory prefix; "-" is none. The same encoding under VEX has a v in front.
func sseForms(f []string) []Form {
	opcode, ops := f[0], "Vo,Wo"
	if strings.HasSuffix(opcode, "i") {
		opcode, ops = opcode[:len(opcode)-1], "Vo,Wo,Ib"
	}
	escape := "0f "
	if len(opcode) == 4 {
		escape, opcode = "0f "+opcode[:2]+" ", opcode[2:]
	}
	var all []Form
	for i, prefix := range [...]string{"none ", "66 ", "f3 ", "f2 "} {
		if i+1 >= len(f) || f[i+1] == "-" {
			continue
		}
		enc, name := prefix+escape+opcode+" /r", f[i+1]
		if name[0] != 'v' {
			all = append(all, Form{Enc: enc, Ops: ops, Name: name})
			name = "v" + name
		}
		all = append(all, Form{Enc: "vex " + enc, Ops: ops, Name: name})
	}
	return all
}

// sseNames: opcode ("i": with an immediate), then the names without prefix, with
// 66, f3 and f2.
const sseNames = `
10 movups movupd movss movsd
11 movups movupd movss movsd
12 movlps movlpd movsldup movddup
13 movlps movlpd
14 unpcklps unpcklpd
15 unpckhps unpckhpd
16 movhps movhpd movshdup
17 movhps movhpd
28 movaps movapd
29 movaps movapd
2a cvtpi2ps cvtpi2pd cvtsi2ss cvtsi2sd
2b movntps movntpd
2c cvttps2pi cvttpd2pi cvttss2si cvttsd2si
2d cvtps2pi cvtpd2pi cvtss2si cvtsd2si
2e ucomiss ucomisd
2f comiss comisd
50 movmskps movmskpd
51 sqrtps sqrtpd sqrtss sqrtsd
52 rsqrtps - rsqrtss
53 rcpps - rcpss
54 andps andpd
55 andnps andnpd
56 orps orpd
57 xorps xorpd
58 addps addpd addss addsd
59 mulps mulpd mulss mulsd
5a cvtps2pd cvtpd2ps cvtss2sd cvtsd2ss
5b cvtdq2ps cvtps2dq cvttps2dq
5c subps subpd subss subsd
5d minps minpd minss minsd
5e divps divpd divss divsd
5f maxps maxpd maxss maxsd
60 punpcklbw punpcklbw
61 punpcklwd punpcklwd
62 punpckldq punpckldq
63 packsswb packsswb
64 pcmpgtb pcmpgtb
65 pcmpgtw pcmpgtw
66 pcmpgtd pcmpgtd
67 packuswb packuswb
68 punpckhbw punpckhbw
69 punpckhwd punpckhwd
6a punpckhdq punpckhdq
6b packssdw packssdw
6c - punpcklqdq
6d - punpckhqdq
6e movd movd
6f movq movdqa movdqu
70i pshufw pshufd pshufhw pshuflw
71i psrlw psrlw
72i psrld psrld
73i psrlq psrlq
74 pcmpeqb pcmpeqb
75 pcmpeqw pcmpeqw
76 pcmpeqd pcmpeqd
7c - haddpd - haddps
7d - hsubpd - hsubps
7e movd movd movq
7f movq movdqa movdqu
c2i cmpps cmppd cmpss cmpsd
c4i pinsrw pinsrw
c5i pextrw pextrw
c6i shufps shufpd
d0 - addsubpd - addsubps
d1 psrlw psrlw
d2 psrld psrld
d3 psrlq psrlq
d4 paddq paddq
d5 pmullw pmullw
d6 - movq movq2dq movdq2q
d7 pmovmskb pmovmskb
d8 psubusb psubusb
d9 psubusw psubusw
da pminub pminub
db pand pand
dc paddusb paddusb
dd paddusw paddusw
de pmaxub pmaxub
df pandn pandn
e0 pavgb pavgb
e1 psraw psraw
e2 psrad psrad
e3 pavgw pavgw
e4 pmulhuw pmulhuw
e5 pmulhw pmulhw
e6 - cvttpd2dq cvtdq2pd cvtpd2dq
e7 movntq movntdq
e8 psubsb psubsb
e9 psubsw psubsw
ea pminsw pminsw
eb por por
ec paddsb paddsb
ed paddsw paddsw
ee pmaxsw pmaxsw
ef pxor pxor
f0 - - - lddqu
f1 psllw psllw
f2 pslld pslld
f3 psllq psllq
f4 pmuludq pmuludq
f5 pmaddwd pmaddwd
f6 psadbw psadbw
f7 maskmovq maskmovdqu
f8 psubb psubb
f9 psubw psubw
fa psubd psubd
fb psubq psubq
fc paddb paddb
fd paddw paddw
fe paddd paddd
3800 pshufb pshufb
3801 phaddw phaddw
3802 phaddd phaddd
3803 phaddsw phaddsw
3804 pmaddubsw pmaddubsw
3805 phsubw phsubw
3806 phsubd phsubd
3808 psignb psignb
3809 psignw psignw
380a psignd psignd
380b pmulhrsw pmulhrsw
380c - vpermilps
380d - vpermilpd
3810 - pblendvb
3813 - vcvtph2ps
3814 - blendvps
3815 - blendvpd
3816 - vpermps
3817 - ptest
3818 - vbroadcastss
3819 - vbroadcastsd
381a - vbroadcastf128
381c pabsb pabsb
381d pabsw pabsw
381e pabsd pabsd
3820 - pmovsxbw
3821 - pmovsxbd
3822 - pmovsxbq
3823 - pmovsxwd
3824 - pmovsxwq
3825 - pmovsxdq
3828 - pmuldq
3829 - pcmpeqq
382a - movntdqa
382b - packusdw
382c - vmaskmovps
382d - vmaskmovpd
3830 - pmovzxbw
3831 - pmovzxbd
3832 - pmovzxbq
3833 - pmovzxwd
3834 - pmovzxwq
3835 - pmovzxdq
3836 - vpermd
3837 - pcmpgtq
3838 - pminsb
3839 - pminsd
383a - pminuw
383b - pminud
383c - pmaxsb
383d - pmaxsd
383e - pmaxuw
383f - pmaxud
3840 - pmulld
3841 - phminposuw
3845 - vpsrlv
3846 - vpsravd
3847 - vpsllv
3858 - vpbroadcastd
3859 - vpbroadcastq
385a - vbroadcasti128
3878 - vpbroadcastb
3879 - vpbroadcastw
388c - vpmaskmov
388e - vpmaskmov
3896 - vfmaddsub132p
3898 - vfmadd132p
3899 - vfmadd132s
389a - vfmsub132p
389c - vfnmadd132p
389d - vfnmadd132s
38a8 - vfmadd213p
38a9 - vfmadd213s
38b8 - vfmadd231p
38b9 - vfmadd231s
38c8 sha1nexte
38c9 sha1msg1
38ca sha1msg2
38cb sha256rnds2
38cc sha256msg1
38cd sha256msg2
38db - aesimc
38dc - aesenc
38dd - aesenclast
38de - aesdec
38df - aesdeclast
3a00i - vpermq
3a01i - vpermpd
3a02i - vpblendd
3a04i - vpermilps
3a05i - vpermilpd
3a06i - vperm2f128
3a08i - roundps
3a09i - roundpd
3a0ai - roundss
3a0bi - roundsd
3a0ci - blendps
3a0di - blendpd
3a0ei - pblendw
3a0fi palignr palignr
3a14i - pextrb
3a15i - pextrw
3a16i - pextrd
3a17i - extractps
3a18i - vinsertf128
3a19i - vextractf128
3a20i - pinsrb
3a21i - insertps
3a22i - pinsrd
3a38i - vinserti128
3a39i - vextracti128
3a40i - dpps
3a41i - dppd
3a42i - mpsadbw
3a44i - pclmulqdq
3a46i - vperm2i128
3a4ai - vblendvps
3a4bi - vblendvpd
3a4ci - vpblendvb
3a60i - pcmpestrm
3a61i - pcmpestri
3a62i - pcmpistrm
3a63i - pcmpistri
3acci sha1rnds4
3adfi - aeskeygenassist
`
