/* Not marked as a livepatch. */
#define NOT_MARKED
#include "lab_klp.h"
