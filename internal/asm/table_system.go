package asm

// tableSystem has what kernels use beyond ordinary code.
const tableSystem = `
cli           -    -          FA
sti           -    -          FB
cpuid         -    -          0F A2
rdtsc         -    -          0F 31
rdtscp        -    -          0F 01 F9
rdpmc         -    -          0F 33
rdmsr         -    -          0F 32
wrmsr         -    -          0F 30
swapgs        -    -          0F 01 F8
clac          -    -          0F 01 CA
stac          -    -          0F 01 CB
lfence        -    -          0F AE E8
mfence        -    -          0F AE F0
sfence        -    -          0F AE F8
serialize     -    -          0F 01 E8
clts          -    -          0F 06
invd          -    -          0F 08
wbinvd        -    -          0F 09
wbnoinvd      -    -          F3 0F 09
rsm           -    -          0F AA
getsec        -    -          0F 37
monitor       -    -          0F 01 C8
mwait         -    -          0F 01 C9
monitorx      -    -          0F 01 FA
mwaitx        -    -          0F 01 FB
clzero        -    -          0F 01 FC
rdpru         -    -          0F 01 FD
xgetbv        -    -          0F 01 D0
xsetbv        -    -          0F 01 D1
rdpkru        -    -          0F 01 EE
wrpkru        -    -          0F 01 EF
encls         -    -          0F 01 CF
enclu         -    -          0F 01 D7
enclv         -    -          0F 01 C0
pconfig       -    -          0F 01 C5
xend          -    -          0F 01 D5
xtest         -    -          0F 01 D6
xabort        -    ib         C6 F8 ib
vmcall        -    -          0F 01 C1
vmlaunch      -    -          0F 01 C2
vmresume      -    -          0F 01 C3
vmxoff        -    -          0F 01 C4
vmfunc        -    -          0F 01 D4
vmrun         -    -          0F 01 D8
vmmcall       -    -          0F 01 D9
vmload        -    -          0F 01 DA
vmsave        -    -          0F 01 DB
stgi          -    -          0F 01 DC
clgi          -    -          0F 01 DD
skinit        -    -          0F 01 DE
invlpga       -    -          0F 01 DF
invlpgb       -    -          0F 01 FE
tlbsync       -    -          0F 01 FF
vmread        q    r,rm       0F 78 /r nw
vmwrite       q    rm,r       0F 79 /r nw
vmptrld       -    m          0F C7 /6
vmptrst       -    m          0F C7 /7
vmclear       -    m          p66 0F C7 /6
vmxon         -    m          pF3 0F C7 /6
invept        -    m,r64      p66 0F 38 80 /r
invvpid       -    m,r64      p66 0F 38 81 /r
invpcid       -    m,r64      p66 0F 38 82 /r
invlpg        -    m          0F 01 /7
sgdt|sidt|lgdt|lidt           -   m     0F 01 /n
sgdt|sidt|lgdt|lidt           q   m     0F 01 /n nw
smsw          w    r          0F 01 /4
smsw          w    m          0F 01 /4 n66
smsw          lq   r          0F 01 /4
lmsw          w    rm         0F 01 /6 n66
sldt|str      w    r          0F 00 /n
sldt|str      lq   r          0F 00 /n nw
sldt|str      w    m          0F 00 /n n66
-|-|lldt|ltr|verr|verw        w   rm    0F 00 /n n66
-|-|lar|lsl   wlq  r,r        0F 00+n /r
-|-|lar|lsl   wlq  rm16,r     0F 00+n /r
-|-|lss|-|lfs|lgs             wl  m,r   0F B0+n /r
rdrand        =wlq  r          0F C7 /6
rdseed        =wlq  r          0F C7 /7
rdpid         =q   r          pF3 0F C7 /7 nw
rdfsbase|rdgsbase|wrfsbase|wrgsbase  =lq r  pF3 0F AE /n
ptwrite       lq   rm         pF3 0F AE /4
umonitor      =q   r          pF3 0F AE /6 nw
tpause        =l   r          p66 0F AE /6
umwait        =l   r          pF2 0F AE /6
prefetchnta|prefetcht0|prefetcht1|prefetcht2  -  m  0F 18 /n
prefetch|prefetchw|prefetchwt1    -   m     0F 0D /n
clflush       -    m          0F AE /7
clflushopt    -    m          p66 0F AE /7
clwb          -    m          p66 0F AE /6
cldemote      -    m          0F 1C /0
fxsave|fxrstor|ldmxcsr|stmxcsr|xsave|xrstor|xsaveopt               -  m  0F AE /n
fxsave64|fxrstor64|-|-|xsave64|xrstor64|xsaveopt64                 -  m  rexw 0F AE /n
-|-|-|xrstors|xsavec|xsaves   -   m     0F C7 /n
-|-|-|xrstors64|xsavec64|xsaves64 - m   rexw 0F C7 /n
rdsspd        -    r32        pF3 0F 1E /1
rdsspq        -    r64        pF3 rexw 0F 1E /1
incsspd       -    r32        pF3 0F AE /5
incsspq       -    r64        pF3 rexw 0F AE /5
saveprevssp   -    -          F3 0F 01 EA
setssbsy      -    -          F3 0F 01 E8
rstorssp      -    m          pF3 0F 01 /5
clrssbsy      -    m          pF3 0F AE /6
wrssd         -    r32,m      0F 38 F6 /r
wrssq         -    r64,m      rexw 0F 38 F6 /r
wrussd        -    r32,m      p66 0F 38 F5 /r
wrussq        -    r64,m      p66 rexw 0F 38 F5 /r
fwait=wait    -    -          9B
fninit        -    -          DB E3
fnclex        -    -          DB E2
finit         -    -          9B DB E3
fnop          -    -          D9 D0
emms          -    -          0F 77
fnstcw        -    m          D9 /7
fldcw         -    m          D9 /5
fnstsw        -    m          DD /7
fnstsw        -    ax         DF E0
vzeroupper    -    -          C5 F8 77
vzeroall      -    -          C5 FC 77
`
