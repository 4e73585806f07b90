/* Version 1 of the change of state. */
#define STATE_VERSION 1
#include "lp_state.h"
