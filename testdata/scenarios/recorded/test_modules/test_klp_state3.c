/* A livepatch that is compatible with the second version. */
#define STATE_VERSION 2
#define TAKES_OVER
#include "state.h"
