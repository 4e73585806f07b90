/*
 * Three module notifiers, registered in the order low, high, middle. What they
 * see of the module "exporter" they say; refuse names the one that refuses a
 * coming one.
 */
#include "module.h"

struct notifier_block;
typedef int (*notifier_fn_t)(struct notifier_block *nb, unsigned long action, void *data);
struct notifier_block {
	notifier_fn_t notifier_call;
	struct notifier_block *next;
	int priority;
};
int register_module_notifier(struct notifier_block *nb);
int unregister_module_notifier(struct notifier_block *nb);
#define NOTIFY_DONE 0
#define NOTIFY_OK 1
#define NOTIFY_STOP_MASK 0x8000
#define notifier_from_errno(err) (NOTIFY_STOP_MASK | (NOTIFY_OK - (err)))

static char *refuse = "";
module_param(refuse, charp, 0644);
static bool twice;
module_param(twice, bool, 0444);

static const char *const states[] = { "live", "coming", "going" };

static int tell(const char *who, unsigned long action, struct module *mod)
{
	if (strcmp(mod->name, "exporter"))
		return NOTIFY_DONE;
	pr_info("%s: %s is %s, its state %d, klp_alive %d\n", who, mod->name, states[action], mod->state, mod->klp_alive);
	return action == MODULE_STATE_COMING && !strcmp(refuse, who) ? notifier_from_errno(-19) : NOTIFY_OK;
}

static int low(struct notifier_block *nb, unsigned long action, void *data)
{
	return tell("low", action, data);
}

static int high(struct notifier_block *nb, unsigned long action, void *data)
{
	return tell("high", action, data);
}

static int middle(struct notifier_block *nb, unsigned long action, void *data)
{
	return tell("middle", action, data);
}

static struct notifier_block nb_low = { .notifier_call = low, .priority = -1 };
static struct notifier_block nb_high = { .notifier_call = high, .priority = 10 };
static struct notifier_block nb_middle = { .notifier_call = middle };

static int notifier_init(void)
{
	register_module_notifier(&nb_low);
	register_module_notifier(&nb_high);
	register_module_notifier(&nb_middle);
	if (twice)
		pr_info("registered again: %d\n", register_module_notifier(&nb_low));
	return 0;
}

static void notifier_exit(void)
{
	unregister_module_notifier(&nb_low);
	unregister_module_notifier(&nb_middle);
	pr_info("unregistered: %d\n", unregister_module_notifier(&nb_high));
	pr_info("and again: %d\n", unregister_module_notifier(&nb_high));
}

module_init(notifier_init);
module_exit(notifier_exit);
