/* A new getpid. */
#define MODNAME "test_klp_syscall"
#include "kernel.h"

long lp_sys_getpid(void *regs)
{
	barrier();
	return current->pid;
}
