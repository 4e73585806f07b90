/* Control flow: switches, loops, recursion, calls through pointers. */
extern int emit(int, const char *, ...);

int classify(int x)
{
	switch (x) {
	case 0: return emit(1, "zero");
	case 1: return 5;
	case 2: return x * 7;
	case 3: return emit(3, "three");
	case 4: return 12;
	case 5: return emit(8, "five");
	case 6: return 99;
	default: return -1;
	}
}

int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

static int (*volatile op)(int) = fib;
int indirect(int x) { return op(x) + op(x + 1); }

int tail(int x) { return x ? indirect(x - 1) : fib(3); }

int nested(const int *m, int rows, int cols)
{
	int best = -1;
	for (int i = 0; i < rows; i++)
		for (int j = 0; j < cols; j++) {
			if (m[i * cols + j] < 0)
				goto out;
			if (m[i * cols + j] > best)
				best = m[i * cols + j];
		}
out:
	return best;
}

int interp(const unsigned char *code, long *stack)
{
	static void *const table[] = { &&halt, &&push, &&add, &&dup, &&jnz };
	int pc = 0, sp = 0;
	goto *table[code[pc++]];
push:	stack[sp++] = code[pc++]; goto *table[code[pc++]];
add:	sp--; stack[sp - 1] += stack[sp]; goto *table[code[pc++]];
dup:	stack[sp] = stack[sp - 1]; sp++; goto *table[code[pc++]];
jnz:	pc = stack[--sp] ? code[pc] : pc + 1; goto *table[code[pc++]];
halt:	return stack[sp - 1];
}

__attribute__((weak)) int replaceable(void) { return 1; }
int alias(void) __attribute__((alias("replaceable")));
__attribute__((section(".init.text"))) int init_only(void) { return replaceable() + alias(); }
__attribute__((cold)) int unlikely_path(int x) { return emit(x, "cold"); }
int likely_path(int x) { return __builtin_expect(x == 77, 0) ? unlikely_path(x) : x; }
