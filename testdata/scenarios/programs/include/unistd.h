#pragma once
long syscall(long number, ...);
long write(int fd, const void *from, unsigned long size);
long read(int fd, void *to, unsigned long size);
int getpid(void);
int pause(void);
unsigned int sleep(unsigned int seconds);
void _exit(int status) __attribute__((noreturn));
