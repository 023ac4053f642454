#include "core/kernel.h"

struct kernel kernel;
struct kernel_facts kernel_facts K_SEALED;
