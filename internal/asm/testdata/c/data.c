/* Data: every kind of section, initialiser and alignment. */
struct node { struct node *next; int value; char tag; };
static int counter;
int table[16];
static char buffer[100] __attribute__((aligned(64)));
const char *names[] = { "alpha", "beta", "gamma" };
static const struct node leaf = { 0, 7, 'x' };
struct node root = { (struct node *)&leaf, -1, 'r' };
const long constants[] = { 1, -2, 0x123456789abcdef };
__thread int per_thread = 3;
static __thread long per_thread_zero;
int common_block;
extern int elsewhere[];
int *outside = &elsewhere[5];
static const char text[] = "a \"quoted\" string\n\twith \\ and \001";
unsigned short halves[] = { 1, 65535 };
_Bool flag = 1;
long long wide __attribute__((section(".data.cold"))) = 5;

int sum(struct node *n) { int s = 0; for (; n; n = n->next) s += n->value; return s; }
const char *name(int i) { return names[i % 3]; }
int next(void) { return counter++ + ++per_thread + (int)per_thread_zero++; }
char get(int i) { return buffer[i] + text[i]; }
void put(int i, char c) { buffer[i] = c; table[i] = c; common_block++; }
long pick(unsigned i) { return constants[i] + *outside + halves[i] + flag + wide; }
