// Runs every program natively: with no arguments the table of results, with a
// name, a count and a number of rounds that one in a loop, for timing.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef unsigned long u64;
#define PROGRAMS(X) \
X(k_recursion) X(k_crc32) X(k_sieve) X(k_quicksort) X(k_matrix) \
 X(k_sha256) X(k_bytes) X(k_list) X(k_tree) X(k_vm) \
 X(k_muldiv) X(k_atomics) X(k_indirect) X(k_bits) X(p_fnv_siphash) \
 X(p_sorts) X(p_bignum) X(p_int128) X(p_bittricks) X(p_lz) \
 X(p_alloc) X(p_jumptable) X(p_strings) X(p_interp) X(p_atomic_ops) \
 X(p_structs) X(p_divisions) X(p_shifts)
#define DECLARE(f) u64 f(u64);
#define ROW(f) { #f, f },
PROGRAMS(DECLARE)
static const struct { const char *name; u64 (*fn)(u64); } all[] = { PROGRAMS(ROW) };

int main(int argc, char **argv)
{
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
		if (argc < 4) {
			for (u64 n = 1; n < 4; n++)
				printf("%s %lu %lu\n", all[i].name, n, all[i].fn(n));
		} else if (!strcmp(argv[1], all[i].name)) {
			u64 n = strtoul(argv[2], 0, 0), s = 0;
			clock_t t = clock();
			for (int k = atoi(argv[3]); k--;)
				s += all[i].fn(n);
			printf("%lu %lu\n", s, (u64)(clock() - t) * (1000000 / CLOCKS_PER_SEC));
		}
	}
}
