// Runs a benchmark kernel under Unicorn, for the table in docs/performance.md:
//
//	unicorn IMAGE KERNEL ARG ROUNDS [step]
//
// prints the checksum and the microseconds of CPU time of all rounds, as the
// native program does. With step it executes one instruction a call.
#include <elf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unicorn/unicorn.h>

#define PAGE 4096ull
#define STOP 0x9f000000ull
#define STACK 0x90000000ull

static void check(uc_err e, const char *what)
{
	if (e != UC_ERR_OK) {
		fprintf(stderr, "%s: %s\n", what, uc_strerror(e));
		exit(1);
	}
}

static char *image;

// Maps the image's segments and returns the address of a function.
static uint64_t load(uc_engine *uc, const char *name)
{
	Elf64_Ehdr *eh = (void *)image;
	Elf64_Phdr *ph = (void *)(image + eh->e_phoff);
	Elf64_Shdr *sh = (void *)(image + eh->e_shoff);
	for (int i = 0; i < eh->e_phnum; i++) {
		if (ph[i].p_type != PT_LOAD || !ph[i].p_memsz)
			continue;
		uint64_t start = ph[i].p_vaddr & -PAGE, end = (ph[i].p_vaddr + ph[i].p_memsz + PAGE - 1) & -PAGE;
		check(uc_mem_map(uc, start, end - start, UC_PROT_ALL), "map");
		check(uc_mem_write(uc, ph[i].p_vaddr, image + ph[i].p_offset, ph[i].p_filesz), "write");
	}
	for (int i = 0; i < eh->e_shnum; i++) {
		if (sh[i].sh_type != SHT_SYMTAB)
			continue;
		Elf64_Sym *s = (void *)(image + sh[i].sh_offset);
		const char *str = image + sh[sh[i].sh_link].sh_offset;
		for (uint64_t k = 0; k < sh[i].sh_size / sizeof *s; k++)
			if (!strcmp(str + s[k].st_name, name))
				return s[k].st_value;
	}
	fprintf(stderr, "no symbol %s\n", name);
	exit(1);
}

int main(int argc, char **argv)
{
	if (argc < 5)
		return 2;
	FILE *f = fopen(argv[1], "rb");
	if (!f) {
		perror(argv[1]);
		return 1;
	}
	fseek(f, 0, SEEK_END);
	long size = ftell(f);
	rewind(f);
	image = malloc(size);
	if (fread(image, 1, size, f) != (size_t)size)
		return 1;
	uint64_t arg = strtoull(argv[3], 0, 0), rounds = strtoull(argv[4], 0, 0), sum = 0;
	int step = argc > 5;
	uc_engine *uc;
	check(uc_open(UC_ARCH_X86, UC_MODE_64, &uc), "open");
	uint64_t entry = load(uc, argv[2]);
	check(uc_mem_map(uc, STACK, 4 * PAGE, UC_PROT_READ | UC_PROT_WRITE), "map");
	check(uc_mem_map(uc, STOP, PAGE, UC_PROT_ALL), "map");
	clock_t start = 0;
	for (uint64_t i = 0; i <= rounds; i++) { // the first is not counted: it translates
		uint64_t sp = STACK + 4 * PAGE - 8, stop = STOP, pc = entry;
		if (i == 1)
			start = clock();
		uc_mem_write(uc, sp, &stop, 8);
		uc_reg_write(uc, UC_X86_REG_RSP, &sp);
		uc_reg_write(uc, UC_X86_REG_RDI, &arg);
		do {
			check(uc_emu_start(uc, pc, STOP, 0, step), "run");
			uc_reg_read(uc, UC_X86_REG_RIP, &pc);
		} while (pc != STOP);
		uint64_t v;
		uc_reg_read(uc, UC_X86_REG_RAX, &v);
		if (i)
			sum += v;
	}
	printf("%llu %ld\n", (unsigned long long)sum, (long)((clock() - start) * (1000000.0 / CLOCKS_PER_SEC)));
	return 0;
}
