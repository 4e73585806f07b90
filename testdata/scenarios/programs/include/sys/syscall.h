#pragma once
#define SYS_read 0
#define SYS_write 1
#define SYS_mmap 9
#define SYS_brk 12
#define SYS_rt_sigaction 13
#define SYS_rt_sigreturn 15
#define SYS_pause 34
#define SYS_nanosleep 35
#define SYS_getpid 39
#define SYS_exit 60
#define SYS_kill 62
#define SYS_uname 63
#define SYS_exit_group 231
