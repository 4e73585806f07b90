/* Callbacks of a livepatch; the argument is a struct klp_object. */
#include "guest.h"

int patched_times;

int cb_pre_patch(void *obj)
{
	printk("callbacks: pre_patch\n");
	return 0;
}

void cb_post_patch(void *obj)
{
	patched_times++;
	printk("callbacks: post_patch, %d\n", patched_times);
}

void cb_pre_unpatch(void *obj)
{
	printk("callbacks: pre_unpatch\n");
}

void cb_post_unpatch(void *obj)
{
	printk("callbacks: post_unpatch\n");
}

/* A pre_patch that refuses: -ENODEV. */
int cb_refuse(void *obj)
{
	return -19;
}
