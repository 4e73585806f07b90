package asm

// tableGeneral has moves and arithmetic. Rows of one name stand in the order
// in which gas prefers them; see row for the notation.
const tableGeneral = `
mov           bwlq mobig,a    A0 w mo
mov           bwlq a,mobig    A2 w mo
mov           bwlq r,rm       88 w /r
mov           bwlq rm,r       8A w /r
mov           b    i,r        B0 +r ib
mov           wl   i,r        B8 +r iz
mov           q    i,r        C7 /0 iz
mov           bwlq i,m        C6 w /0 iz
mov           q    iq,r       B8 +r iq
mov           wl   sreg,r     8C /r
mov           q    sreg,r     8C /r nw
mov           w    sreg,m     8C /r n66
mov           wlq  r,sreg     8E /r n66 nw
mov           w    m,sreg     8E /r n66
mov           q    cr,r64     0F 20 /r nw
mov           q    dr,r64     0F 21 /r nw
mov           q    r64,cr     0F 22 /r nw
mov           q    r64,dr     0F 23 /r nw
movabs        q    iq,r       B8 +r iq
movabs        bwlq mo,a       A0 w mo
movabs        bwlq a,mo       A2 w mo
movnti        lq   r,m        0F C3 /r
movbe         wlq  m,r        0F 38 F0 /r
movbe         wlq  r,m        0F 38 F1 /r
movdiri       lq   r,m        0F 38 F9 /r
movdir64b     -    m,r64      p66 0F 38 F8 /r
enqcmd        -    m,r64      pF2 0F 38 F8 /r
enqcmds       -    m,r64      pF3 0F 38 F8 /r
movzb         wlq  rm8,r      0F B6 /r
movzw         lq   rm16,r     0F B7 /r
movzx         =wlq rm8,r      0F B6 /r
movzx         =lq  rm16,r     0F B7 /r
movsb         wlq  rm8,r      0F BE /r
movsw         lq   rm16,r     0F BF /r
movsl         q    rm32,r     63 /r
movsx         =wlq rm8,r      0F BE /r
movsx         =lq  rm16,r     0F BF /r
movsx         =q   rm32,r     63 /r
movsxd        =q   rm32,r     63 /r
movsxd        =l   rm32,r     63 /r
xchg          wlq  r,a        90 +r
xchg          wlq  a,r        90 +r
xchg          bwlq r,rm       86 w /r lock
xchg          bwlq rm,r       86 w /r lock
lea           wlq  m,r        8D /r
cmov{cc}      wlq  rm,r       0F 40+n /r
set{cc}       b    rm         0F 90+n /0
bswap         lq   r          0F C8 +r
push          wQ   r          50 +r nw
push          wQ   i8s        6A ib nw
push          wQ   i          68 iz nw
push          wQ   fs         0F A0 nw
push          wQ   gs         0F A8 nw
push          wQ   rm         FF /6 nw
pop           wQ   r          58 +r nw
pop           wQ   fs         0F A1 nw
pop           wQ   gs         0F A9 nw
pop           wQ   rm         8F /0 nw
pushf         wQ   -          9C nw
popf          wQ   -          9D nw
enter         wQ   iw,ib      C8 iw ib nw
leave         wQ   -          C9 nw

add|or|adc|sbb|and|sub|xor|-   bwlq r,rm    00+8n w /r lock
add|or|adc|sbb|and|sub|xor|-   bwlq rm,r    02+8n w /r
add|or|adc|sbb|and|sub|xor|-   wlq  i8s,rm  83 /n ib lock
add|or|adc|sbb|and|sub|xor|-   bwlq i,a     04+8n w iz
add|or|adc|sbb|and|sub|xor|-   bwlq i,rm    80 w /n iz lock
-|-|-|-|-|-|-|cmp              bwlq r,rm    00+8n w /r
-|-|-|-|-|-|-|cmp              bwlq rm,r    02+8n w /r
-|-|-|-|-|-|-|cmp              wlq  i8s,rm  83 /n ib
-|-|-|-|-|-|-|cmp              bwlq i,a     04+8n w iz
-|-|-|-|-|-|-|cmp              bwlq i,rm    80 w /n iz
test          bwlq r,rm       84 w /r
test          bwlq rm,r       84 w /r
test          bwlq i,a        A8 w iz
test          bwlq i,rm       F6 w /0 iz
inc|dec       bwlq rm         FE w /n lock
-|-|not|neg   bwlq rm         F6 w /n lock
-|-|-|-|mul|imul|div|idiv      bwlq rm      F6 w /n
-|-|-|-|-|-|div|idiv           bwlq rm,a    F6 w /n
imul          wlq  rm,r       0F AF /r
imul          wlq  i8s,rm,r   6B /r ib
imul          wlq  i,rm,r     69 /r iz
imul          wlq  i8s,rr     6B /r ib
imul          wlq  i,rr       69 /r iz
cmpxchg       bwlq r,rm       0F B0 w /r lock
xadd          bwlq r,rm       0F C0 w /r lock
cmpxchg8b     -    m          0F C7 /1 lock
cmpxchg8b     q    m          0F C7 /1 nw lock
cmpxchg16b    -    m          rexw 0F C7 /1 lock
adcx          lq   rm,r       p66 0F 38 F6 /r
adox          lq   rm,r       pF3 0F 38 F6 /r

cbtw=cbw      -    -          p66 98
cwtl=cwde     -    -          98
cltq=cdqe     -    -          rexw 98
cwtd=cwd      -    -          p66 99
cltd=cdq      -    -          99
cqto=cqo      -    -          rexw 99
nop           -    -          90
nop           wlq  rm         0F 1F /0
lahf          -    -          9F
sahf          -    -          9E
clc           -    -          F8
stc           -    -          F9
cmc           -    -          F5
cld           -    -          FC
std           -    -          FD
`

// tableString has the string instructions, with and without the operands that
// a disassembler shows.
const tableString = `
movs          bwlq -          A4 w rep
movs          bwlq xs,xd      A4 w rep
cmps          bwlq -          A6 w rep
cmps          bwlq xd,xs      A6 w rep
stos          bwlq -          AA w rep
stos          bwlq xd         AA w rep
stos          bwlq a,xd       AA w rep
lods          bwlq -          AC w rep
lods          bwlq xs         AC w rep
lods          bwlq xs,a       AC w rep
scas          bwlq -          AE w rep
scas          bwlq xd         AE w rep
scas          bwlq xd,a       AE w rep
ins           bwl  -          6C w rep
ins           bwl  dx,xd      6C w rep
outs          bwl  -          6E w rep
outs          bwl  xs,dx      6E w rep
xlat          -    -          D7
xlat          b    -          D7
in            bwl  ib,a       E4 w ib
in            bwl  dx,a       EC w
in            bwl  ib         E4 w ib
in            bwl  dx         EC w
out           bwl  a,ib       E6 w ib
out           bwl  a,dx       EE w
out           bwl  ib         E6 w ib
out           bwl  dx         EE w
`
