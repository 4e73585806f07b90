// runner executes single instructions on the CPU it runs on and reports what
// they did. The differential tests of package cpu build it with
//
//	gcc -O2 -o runner runner.c
//
// and call it as: runner CASES RESULTS. CASES is an array of struct test_case,
// RESULTS receives one struct result for each. A case is entered and left
// through a signal frame, so every register and flag can be set and seen: the
// code pages are filled with int3, and each case ends with a trap or a fault.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <ucontext.h>
#include <unistd.h>

#define CODE 0x10000000ul
#define DATA 0x20000000ul
#define STACK 0x30000000ul
#define CODE_SIZE 0x2000
#define DATA_SIZE 0x2000
#define STACK_SIZE 0x1000
#define MAX_DIFF 80

struct patch { uint64_t addr, value; };

struct test_case {
	uint8_t code[16];
	uint64_t rip, len;
	uint64_t regs[16]; // hardware order
	uint64_t flags;
	struct patch patch[4]; // 8-byte stores before the case; addr 0: none
};

struct diff { uint32_t addr; uint32_t value; };

struct result {
	uint64_t trap, err, cr2, rip, flags;
	uint64_t regs[16];
	uint64_t ndiff; // changed bytes; more than MAX_DIFF are not listed
	struct diff diff[MAX_DIFF];
};

static const int order[16] = {
	REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
	REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15,
};

static struct test_case *cases;
static struct result *results;
static size_t ncases, next_case;
static uint8_t *code_rw;
static uint8_t pattern[DATA_SIZE + STACK_SIZE], before[DATA_SIZE + STACK_SIZE];

static void die(const char *what) { perror(what); exit(2); }

// fill is the initial contents of data and stack; the Go side has the same.
static void fill(void)
{
	uint32_t x = 2463534242u;
	for (size_t i = 0; i < sizeof pattern; i++) {
		x ^= x << 13; x ^= x >> 17; x ^= x << 5;
		pattern[i] = x >> 8;
	}
}

static void enter(ucontext_t *uc)
{
	struct test_case *t = &cases[next_case];
	memcpy((void *)DATA, pattern, DATA_SIZE);
	memcpy((void *)STACK, pattern + DATA_SIZE, STACK_SIZE);
	for (int i = 0; i < 4; i++)
		if (t->patch[i].addr)
			memcpy((void *)t->patch[i].addr, &t->patch[i].value, 8);
	memcpy(before, (void *)DATA, DATA_SIZE);
	memcpy(before + DATA_SIZE, (void *)STACK, STACK_SIZE);
	memset(code_rw, 0xcc, CODE_SIZE);
	memcpy(code_rw + (t->rip - CODE), t->code, t->len);
	for (int i = 0; i < 16; i++)
		uc->uc_mcontext.gregs[order[i]] = t->regs[i];
	uc->uc_mcontext.gregs[REG_RIP] = t->rip;
	uc->uc_mcontext.gregs[REG_EFL] = t->flags;
}

static void compare(struct result *r, uint64_t base, const uint8_t *was, size_t n)
{
	const uint8_t *now = (const uint8_t *)base;
	for (size_t i = 0; i < n; i++) {
		if (now[i] == was[i])
			continue;
		if (r->ndiff < MAX_DIFF)
			r->diff[r->ndiff] = (struct diff){ base + i, now[i] };
		r->ndiff++;
	}
}

static void leave(ucontext_t *uc)
{
	struct result *r = &results[next_case];
	greg_t *g = uc->uc_mcontext.gregs;
	r->trap = g[REG_TRAPNO];
	r->err = g[REG_ERR];
	r->cr2 = r->trap == 14 ? g[REG_CR2] : 0;
	r->rip = g[REG_RIP] - (r->trap == 3);
	r->flags = g[REG_EFL];
	for (int i = 0; i < 16; i++)
		r->regs[i] = g[order[i]];
	compare(r, DATA, before, DATA_SIZE);
	compare(r, STACK, before + DATA_SIZE, STACK_SIZE);
}

static int started;

static void handler(int sig, siginfo_t *si, void *ctx)
{
	ucontext_t *uc = ctx;
	(void)sig; (void)si;
	if (started) {
		leave(uc);
		next_case++;
	}
	started = 1;
	if (next_case == ncases)
		_exit(0);
	enter(uc);
}

static void *map_file(const char *path, int flags, size_t *size, int create)
{
	int fd = open(path, flags, 0644);
	if (fd < 0) die(path);
	if (create) {
		if (ftruncate(fd, *size)) die(path);
	} else {
		struct stat st;
		if (fstat(fd, &st)) die(path);
		*size = st.st_size;
	}
	void *p = mmap(0, *size, PROT_READ | (create ? PROT_WRITE : 0), MAP_SHARED, fd, 0);
	if (p == MAP_FAILED) die(path);
	return p;
}

int main(int argc, char **argv)
{
	if (argc != 3) return 2;
	size_t n, m;
	cases = map_file(argv[1], O_RDONLY, &n, 0);
	ncases = n / sizeof *cases;
	m = ncases * sizeof *results;
	results = map_file(argv[2], O_RDWR | O_CREAT | O_TRUNC, &m, 1);
	fill();
	int fd = memfd_create("code", 0);
	if (fd < 0 || ftruncate(fd, CODE_SIZE)) die("memfd");
	code_rw = mmap(0, CODE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	void *rx = mmap((void *)CODE, CODE_SIZE, PROT_READ | PROT_EXEC, MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0);
	void *d = mmap((void *)DATA, DATA_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	void *s = mmap((void *)STACK, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (code_rw == MAP_FAILED || rx == MAP_FAILED || d == MAP_FAILED || s == MAP_FAILED) die("mmap");
	stack_t alt = { .ss_sp = malloc(1 << 16), .ss_size = 1 << 16 };
	if (sigaltstack(&alt, 0)) die("sigaltstack");
	struct sigaction sa = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };
	int sigs[] = { SIGTRAP, SIGSEGV, SIGILL, SIGFPE, SIGBUS };
	for (int i = 0; i < 5; i++)
		if (sigaction(sigs[i], &sa, 0)) die("sigaction");
	__builtin_trap(); // into the handler, which does not come back here
}
