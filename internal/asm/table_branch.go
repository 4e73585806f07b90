package asm

// tableBranch has jumps, calls and traps.
const tableBranch = `
jmp           -    rel        EB jmp
jmp           q    rel        EB jmp nw
jmp           wQ   *rm        FF /4 nw
j{cc}         -    rel        70+n jcc
call          -    rel        E8 rel32
call          q    rel        E8 rel32 nw
call          wQ   *rm        FF /2 nw
ljmp          wL   *m         FF /5
lcall         wL   *m         FF /3
ret           wQ   -          C3 nw
ret           wQ   iw         C2 iw nw
lret          wlq  -          CB
lret          wlq  iw         CA iw
iret          wlq  -          CF
loopne=loopnz|loope=loopz|loop|jrcxz  -  rel  E0+n rel8
-|-|-|jecxz   -    rel        p67 E0+n rel8
xbegin        -    rel        C7 F8 rel32
int3          -    -          CC
int           -    ib         CD ib
int1          -    -          F1
ud2           -    -          0F 0B
ud2a          -    -          0F 0B
ud1           wlq  rm,r       0F B9 /r
ud2b          wlq  rm,r       0F B9 /r
ud0           wlq  rm,r       0F FF /r
endbr64       -    -          F3 0F 1E FA
endbr32       -    -          F3 0F 1E FB
syscall       -    -          0F 05
sysret        lq   -          0F 07
sysenter      -    -          0F 34
sysexit       lq   -          0F 35
hlt           -    -          F4
pause         -    -          F3 90
`
