/* The whole API of shadow variables, with pointers told apart by number. */
#include "module.h"

#define OBJECTS 3
#define IDS 2
#define ID(i) (0x1234ul + (i))

struct object {
	int i;
};

/* Every pointer that is printed has a number, in the order of first mention. */
static const void *seen[32];
static int seen_count;

static int ptr_id(const void *p)
{
	int i;

	if (!p)
		return 0;
	for (i = 1; i <= seen_count; i++)
		if (seen[i] == p)
			return i;
	seen[++seen_count] = p;
	return seen_count;
}

static int shadow_ctor(void *obj, void *data, void *ctor_data)
{
	int **sv = data, **var = ctor_data;

	if (!var)
		return -EINVAL;
	*sv = *var;
	pr_info("%s: PTR%d -> PTR%d\n", "shadow_ctor", ptr_id(sv), ptr_id(*var));
	return 0;
}

static void shadow_dtor(void *obj, void *data)
{
	int **sv = data;

	pr_info("%s(obj=PTR%d, shadow_data=PTR%d)\n", "shadow_dtor", ptr_id(obj), ptr_id(sv));
}

static void *shadow_get(void *obj, unsigned long id)
{
	int **sv = klp_shadow_get(obj, id);

	pr_info("klp_shadow_get(obj=PTR%d, id=0x%lx) = PTR%d\n", ptr_id(obj), id, ptr_id(sv));
	return sv;
}

static void *shadow_alloc(const char *name, void *obj, unsigned long id, int **var)
{
	int **sv;

	sv = name[11] == 'a' ? klp_shadow_alloc(obj, id, sizeof(*var), GFP_KERNEL, shadow_ctor, var)
			     : klp_shadow_get_or_alloc(obj, id, sizeof(*var), GFP_KERNEL, shadow_ctor, var);
	pr_info("%s(obj=PTR%d, id=0x%lx, size=%lx, gfp_flags=GFP_KERNEL), ctor=PTR%d, ctor_data=PTR%d = PTR%d\n",
		name, ptr_id(obj), id, sizeof(*var), ptr_id(shadow_ctor), ptr_id(*var), ptr_id(sv));
	return sv;
}

static void shadow_free(void *obj, unsigned long id)
{
	klp_shadow_free(obj, id, shadow_dtor);
	pr_info("klp_shadow_free(obj=PTR%d, id=0x%lx, dtor=PTR%d)\n", ptr_id(obj), id, ptr_id(shadow_dtor));
}

static void shadow_free_all(unsigned long id)
{
	klp_shadow_free_all(id, NULL);
	pr_info("klp_shadow_free_all(id=0x%lx, dtor=PTR%d)\n", id, ptr_id(NULL));
}

static struct object objects[OBJECTS];
static int fields[OBJECTS][IDS];
static int *vars[OBJECTS][IDS];
static int **shadows[OBJECTS][IDS];

static int expect(int **sv, int i, int id)
{
	if (!sv || sv != shadows[i][id] || *sv != vars[i][id])
		return -EINVAL;
	pr_info("  got expected PTR%d -> PTR%d result\n", ptr_id(sv), ptr_id(*sv));
	return 0;
}

static int expect_null(void *sv)
{
	if (sv)
		return -EINVAL;
	pr_info("  got expected NULL result\n");
	return 0;
}

static int run(void)
{
	int i, id;

	if (expect_null(shadow_get(&objects[0], ID(0))))
		return -EINVAL;
	for (i = 0; i < OBJECTS; i++)
		for (id = 0; id < IDS; id++) {
			vars[i][id] = &fields[i][id];
			/* The first and the last object get their first variable by the other way. */
			shadows[i][id] = shadow_alloc(i != 1 && id == 0 ? "klp_shadow_get_or_alloc" : "klp_shadow_alloc",
						      &objects[i], ID(id), &vars[i][id]);
		}
	for (i = 0; i < OBJECTS; i++)
		for (id = 0; id < IDS; id++)
			if (expect(shadow_get(&objects[i], ID(id)), i, id))
				return -EINVAL;
	for (i = 0; i < OBJECTS; i++)
		if (expect(shadow_alloc("klp_shadow_get_or_alloc", &objects[i], ID(0), &vars[i][0]), i, 0))
			return -EINVAL;
	for (i = 0; i < OBJECTS; i++) {
		shadow_free(&objects[i], ID(0));
		if (expect_null(shadow_get(&objects[i], ID(0))))
			return -EINVAL;
	}
	for (i = 0; i < OBJECTS; i++)
		if (expect(shadow_get(&objects[i], ID(1)), i, 1))
			return -EINVAL;
	shadow_free_all(ID(1));
	for (i = 0; i < OBJECTS; i++)
		if (expect_null(shadow_get(&objects[i], ID(1))))
			return -EINVAL;
	return 0;
}

static int test_klp_shadow_vars_init(void)
{
	int ret;

	ptr_id(NULL);
	ret = run();
	klp_shadow_free_all(ID(0), NULL);
	klp_shadow_free_all(ID(1), NULL);
	return ret;
}

static void test_klp_shadow_vars_exit(void)
{
}

module_init(test_klp_shadow_vars_init);
module_exit(test_klp_shadow_vars_exit);
MODULE_LICENSE("GPL");
