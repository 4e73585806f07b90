/* Every way to get from one function into another. */
#include "guest.h"

/* Nested calls. */

noinline int inner(int x)
{
	return x + 3;
}

noinline int middle(int x)
{
	return inner(x) * 2;
}

noinline int outer(int x)
{
	return middle(x) + 1;
}

/* Recursion: of one function, and of two in turn (Hofstadter's sequences). */

noinline long fib(long n)
{
	return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

noinline int male(int n);

noinline int female(int n)
{
	return n == 0 ? 1 : n - male(female(n - 1));
}

noinline int male(int n)
{
	return n == 0 ? 0 : n - female(male(n - 1));
}

struct node {
	struct node *left, *right;
	int value;
};

static struct node leaves[] = {
	{ NULL, NULL, 1 }, { NULL, NULL, 3 }, { NULL, NULL, 5 },
};

static struct node low = { &leaves[0], &leaves[1], 2 };

struct node the_tree = { &low, &leaves[2], 4 };

noinline int sum_tree(const struct node *n)
{
	if (!n)
		return 0;
	return sum_tree(n->left) + n->value + sum_tree(n->right);
}

noinline int sum_the_tree(void)
{
	return sum_tree(&the_tree);
}

/* A switch that becomes a table of jumps. */

noinline int classify(int c)
{
	switch (c) {
	case 0: return 10;
	case 1: return 21;
	case 2: return 32;
	case 3: return inner(c);
	case 4: return 54;
	case 5: return middle(c);
	case 6: return 76;
	case 7: return outer(c);
	case 8: return 98;
	default: return -1;
	}
}

/* Callbacks through function pointers. */

noinline int op_add(int a, int b) { return a + b; }
noinline int op_sub(int a, int b) { return a - b; }
noinline int op_mul(int a, int b) { return a * b; }
noinline int op_div(int a, int b) { return b ? a / b : 0; }

struct op {
	const char *name;
	int (*fn)(int a, int b);
};

static const struct op ops[] = {
	{ "add", op_add }, { "sub", op_sub }, { "mul", op_mul }, { "div", op_div },
};

/* A tail call through a pointer: an indirect jump. */
noinline int apply(int (*fn)(int a, int b), int a, int b)
{
	return fn(a, b);
}

noinline int calculate(unsigned int op, int a, int b)
{
	if (op >= sizeof(ops) / sizeof(ops[0]))
		return -22;
	printk("calculate: %s %d %d\n", ops[op].name, a, b);
	return apply(ops[op].fn, a, b);
}

noinline int fold(const int *v, int n, int (*fn)(int a, int b), int start)
{
	for (int i = 0; i < n; i++)
		start = fn(start, v[i]);
	return start;
}

static const int numbers[] = { 1, 2, 3, 4, 5 };

noinline int fold_numbers(unsigned int op, int start)
{
	if (op >= sizeof(ops) / sizeof(ops[0]))
		return -22;
	return fold(numbers, 5, ops[op].fn, start);
}
