/* Wants what nobody has, and one thing that it can do without. */
#include "module.h"

int not_exported(int n);
int nowhere(void);
int nowhere_else(void);
int __attribute__((weak)) maybe(void);

int init_module(void) { return (maybe ? maybe() : 0) + not_exported(1) + nowhere() + nowhere_else(); }
void cleanup_module(void) {}
