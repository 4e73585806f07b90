/* Structures of every shape that a layout is read of. */
typedef unsigned long ulong_t;
struct forward;

struct inner {
	int a;
	char b[3];
};

enum choice { one, two };

struct outer {
	void *pointer;
	const volatile ulong_t *const qualified;
	ulong_t word;
	unsigned int low : 3;
	unsigned int high : 13;
	_Bool flag : 1;
	struct {
		short in_struct;
		union {
			long in_union;
			char bytes[5][7];
		};
	};
	struct inner inner;
	struct inner array[2];
	enum choice choice;
	int (*function)(struct forward *);
	struct forward *forward;
	double real;
	char tail[];
};

struct declared_only;

struct outer outer;
struct declared_only *declared_only;
