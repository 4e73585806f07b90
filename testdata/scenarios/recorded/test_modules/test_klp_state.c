/* The first version of the change. */
#define STATE_VERSION 1
#include "state.h"
