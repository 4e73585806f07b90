#pragma once
#define SIGHUP 1
#define SIGINT 2
#define SIGUSR1 10
#define SIGSEGV 11
#define SIGTERM 15
typedef void (*sighandler_t)(int);
#define SIG_DFL ((sighandler_t)0)
#define SIG_IGN ((sighandler_t)1)
sighandler_t signal(int signum, sighandler_t handler);
int kill(int pid, int signum);
