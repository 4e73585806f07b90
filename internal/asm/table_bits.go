package asm

// tableBits has shifts, bit tests and scans, and BMI.
const tableBits = `
rol|ror|rcl|rcr|shl=sal|shr|-|sar   bwlq one,rm  D0 w /n
rol|ror|rcl|rcr|shl=sal|shr|-|sar   bwlq ib,rm   C0 w /n ib
rol|ror|rcl|rcr|shl=sal|shr|-|sar   bwlq cl,rm   D2 w /n
rol|ror|rcl|rcr|shl=sal|shr|-|sar   bwlq rm      D0 w /n
shld          wlq  ib,r,rm    0F A4 /r ib
shld          wlq  cl,r,rm    0F A5 /r
shld          wlq  r,rm       0F A5 /r
shrd          wlq  ib,r,rm    0F AC /r ib
shrd          wlq  cl,r,rm    0F AD /r
shrd          wlq  r,rm       0F AD /r
bt            wlq  r,rm       0F A3 /r
bt            wlq  ib,rm      0F BA /4 ib
bts           wlq  r,rm       0F AB /r lock
bts           wlq  ib,rm      0F BA /5 ib lock
btr           wlq  r,rm       0F B3 /r lock
btr           wlq  ib,rm      0F BA /6 ib lock
btc           wlq  r,rm       0F BB /r lock
btc           wlq  ib,rm      0F BA /7 ib lock
bsf           wlq  rm,r       0F BC /r
bsr           wlq  rm,r       0F BD /r
tzcnt         wlq  rm,r       pF3 0F BC /r
lzcnt         wlq  rm,r       pF3 0F BD /r
popcnt        wlq  rm,r       pF3 0F B8 /r
crc32         bwl  rm,r32     pF2 0F 38 F0 w /r
crc32         q    rm,r64     pF2 0F 38 F1 /r
crc32         b    rm,r64     pF2 rexw 0F 38 F0 /r

andn          lq   rm,v,r     vex.np.0f38 F2 /r
bextr         lq   v,rm,r     vex.np.0f38 F7 /r
-|blsr|blsmsk|blsi  lq rm,v   vex.np.0f38 F3 /n
bzhi          lq   v,rm,r     vex.np.0f38 F5 /r
pdep          lq   rm,v,r     vex.F2.0f38 F5 /r
pext          lq   rm,v,r     vex.F3.0f38 F5 /r
mulx          lq   rm,v,r     vex.F2.0f38 F6 /r
rorx          lq   ib,rm,r    vex.F2.0f3a F0 /r ib
shlx          lq   v,rm,r     vex.66.0f38 F7 /r
sarx          lq   v,rm,r     vex.F3.0f38 F7 /r
shrx          lq   v,rm,r     vex.F2.0f38 F7 /r
`
