/* Version 2 of the change of state. */
#define STATE_VERSION 2
#include "lp_state.h"
