/* The module's part: it uses a structure of the kernel. */
struct in_base {
	long first;
	int second;
};
struct in_module {
	char c;
	struct in_base base;
	struct in_base *p;
};
struct in_module in_module;
