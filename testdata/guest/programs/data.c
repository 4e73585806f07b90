/* Functions with tables, structures, strings and pointers to functions. */

static unsigned int crc_table[256];
static unsigned char composite[1000];
static const char text[] = "the quick brown fox jumps over the lazy dog";
static const short weights[] = { 3, -1, 4, -1, 5, -9, 2, -6 };

unsigned int crc32(unsigned long x)
{
	unsigned int crc = 0xffffffff;

	if (!crc_table[1]) {
		for (unsigned int i = 0; i < 256; i++) {
			unsigned int c = i;

			for (int k = 0; k < 8; k++)
				c = c & 1 ? 0xedb88320 ^ c >> 1 : c >> 1;
			crc_table[i] = c;
		}
	}
	for (int i = 0; i < 8; i++, x >>= 8)
		crc = crc_table[(crc ^ x) & 0xff] ^ crc >> 8;
	return ~crc;
}

int primes_below(int n)
{
	int count = 0;

	if (n > 1000)
		n = 1000;
	for (int i = 0; i < n; i++)
		composite[i] = 0;
	for (int i = 2; i < n; i++) {
		if (composite[i])
			continue;
		count++;
		for (int k = i * i; k < n; k += i)
			composite[k] = 1;
	}
	return count;
}

int count_letter(int c)
{
	int n = 0;

	for (const char *p = text; *p; p++)
		n += *p == c;
	return n;
}

unsigned long hash_text(unsigned long seed)
{
	unsigned long h = seed ^ 0xcbf29ce484222325;

	for (const char *p = text; *p; p++)
		h = (h ^ (unsigned char)*p) * 0x100000001b3;
	return h;
}

struct item {
	long key;
	short weight;
	char tag;
};

static void sort_items(struct item *v, int n, int (*before)(const struct item *, const struct item *))
{
	for (int i = 1; i < n; i++) {
		struct item t = v[i];
		int k = i;

		for (; k > 0 && before(&t, &v[k - 1]); k--)
			v[k] = v[k - 1];
		v[k] = t;
	}
}

static int by_key(const struct item *a, const struct item *b) { return a->key < b->key; }
static int by_weight(const struct item *a, const struct item *b) { return a->weight < b->weight; }
static int by_tag(const struct item *a, const struct item *b) { return a->tag > b->tag; }

static int (*const orders[])(const struct item *, const struct item *) = { by_key, by_weight, by_tag };

long sorted(unsigned int order, unsigned long seed)
{
	struct item v[8];
	long digest = 0;

	for (int i = 0; i < 8; i++) {
		seed = seed * 6364136223846793005 + 1442695040888963407;
		v[i].key = (long)seed >> 40;
		v[i].weight = weights[i] * (short)(seed >> 50 & 7);
		v[i].tag = (char)('a' + i);
	}
	sort_items(v, 8, orders[order % 3]);
	for (int i = 0; i < 8; i++)
		digest = digest * 10 + (v[i].tag - 'a');
	return digest;
}

/* A calculator for reverse Polish notation: a switch over characters. */
static long evaluate(const char *s)
{
	long stack[16];
	int n = 0;

	for (; *s; s++) {
		switch (*s) {
		case '0' ... '9':
			stack[n++] = *s - '0';
			break;
		case '+': n--; stack[n - 1] += stack[n]; break;
		case '-': n--; stack[n - 1] -= stack[n]; break;
		case '*': n--; stack[n - 1] *= stack[n]; break;
		case '/': n--; stack[n - 1] /= stack[n]; break;
		case '%': n--; stack[n - 1] %= stack[n]; break;
		case '<': n--; stack[n - 1] <<= stack[n]; break;
		case '>': n--; stack[n - 1] >>= stack[n]; break;
		case '~': stack[n - 1] = ~stack[n - 1]; break;
		case '!': stack[n - 1] = !stack[n - 1]; break;
		}
	}
	return stack[0];
}

static const char *const expressions[] = {
	"34+", "99*9*7-", "12<34<56<++", "93/8%~", "77*6-5>!", "91-2/3%4*5+6-",
};

long calculate(unsigned int n)
{
	return evaluate(expressions[n % 6]);
}

long matrix_trace(int n)
{
	long a[4][4], b[4][4], trace = 0;

	for (int i = 0; i < 4; i++)
		for (int k = 0; k < 4; k++)
			a[i][k] = i * n + k, b[i][k] = i - k * n;
	for (int i = 0; i < 4; i++)
		for (int k = 0; k < 4; k++)
			trace += a[i][k] * b[k][i];
	return trace;
}
