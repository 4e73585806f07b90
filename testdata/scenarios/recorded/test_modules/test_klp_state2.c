/* The second version of the change takes the first one over. */
#define STATE_VERSION 2
#define TAKES_OVER
#include "state.h"
