/* A module that patches wait for. */
#define MODNAME "test_klp_callbacks_mod"
#include "kernel.h"

int init_module(void)
{
	pr_info("test_klp_callbacks_mod_init\n");
	return 0;
}

void cleanup_module(void)
{
	pr_info("test_klp_callbacks_mod_exit\n");
}
