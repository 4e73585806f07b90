/* A pre_patch callback that tells its object and refuses, as the demo's does with pre_patch_ret=-19. */
#include "kernel.h"

extern int pre_patch_callback(struct klp_object *obj);

int refusing_pre_patch_callback(struct klp_object *obj)
{
	pre_patch_callback(obj);
	return -19; /* -ENODEV */
}
