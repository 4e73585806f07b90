/* Version 3 of the change of state. */
#define STATE_VERSION 3
#include "lp_state.h"
