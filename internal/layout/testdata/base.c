/* The kernel's part of BTF that is split. */
struct in_base {
	long first;
	int second;
};
struct in_base in_base;
