/* A parameter of each type, and one with functions of its own. */
#include "module.h"

static int number = 7;
static unsigned int unsigned_number;
static short small;
static unsigned long mask = 0xff;
static unsigned int hex = 0x1f;
static bool flag;
static bool off = true;
static char *text;
static int list[3];
static unsigned int listed;
static int hidden;

module_param(number, int, 0644);
module_param(unsigned_number, uint, 0644);
module_param(small, short, 0644);
module_param(mask, ulong, 0444);
module_param(hex, hexint, 0444);
module_param(flag, bool, 0644);
module_param(off, invbool, 0644);
module_param(text, charp, 0644);
module_param_array(list, int, &listed, 0644);
module_param(hidden, int, 0);

static int twice_set(const char *val, const struct kernel_param *kp)
{
	pr_info("set to %s\n", val);
	if (val[0] == 'x')
		return -ENOENT;
	return 0;
}

static int twice_get(char *buffer, const struct kernel_param *kp)
{
	buffer[0] = '0' + 2 * *(int *)kp->arg % 10;
	buffer[1] = '\n';
	return 2;
}

static const struct kernel_param_ops twice_ops = { .set = twice_set, .get = twice_get };
module_param_cb(twice, &twice_ops, &hidden, 0644);

static int params_init(void)
{
	pr_info("number %d, flag %d, off %d, text %s, listed %u, hidden %d\n", number, flag, off, text, listed, hidden);
	return 0;
}

static void params_exit(void)
{
}

module_init(params_init);
module_exit(params_exit);
