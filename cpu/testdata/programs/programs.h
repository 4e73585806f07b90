// Shared by the test programs: fixed-width names, scratch memory, the string
// functions that gcc calls.
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
typedef signed char i8;
typedef short i16;
typedef int i32;
typedef long i64;
typedef unsigned __int128 u128;
typedef __int128 i128;

#define NOINLINE __attribute__((noinline))

extern u8 arena[65536];

void *memcpy(void *, const void *, u64);
void *memmove(void *, const void *, u64);
void *memset(void *, int, u64);
int memcmp(const void *, const void *, u64);
u64 strlen(const char *);

static inline u64 rnd(u64 *s)
{
	u64 x = *s;
	x ^= x << 13; x ^= x >> 7; x ^= x << 17;
	return *s = x;
}
