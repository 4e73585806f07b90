#include "lab_klp.h"
